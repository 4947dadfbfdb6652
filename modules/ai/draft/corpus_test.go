package draft_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/ai/draft"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// signup is what most answers of the corpus mean.
const signup = "input inputValidation dbInsert jwtGenerate response"

// want is what must become of an answer: the types in order, and what its notes
// or problems must say.
type want struct{ types, notes, problem string }

// wanted are the answers of the corpus that are not a whole sign-up without a
// note.
var wanted = map[string]want{
	"bare-templates": {types: "input dbFind response"}, "comments": {types: "input dbInsert response"},
	"config-fields": {types: "input dbFind response"}, "constants": {types: "input dbInsert response"},
	"cut-before-edges": {types: signup, notes: "cut off"}, "cut-in-edges": {types: signup, notes: "cut off"},
	"cut-in-fence": {types: "input inputValidation dbInsert response", notes: "a response was missing"},
	"cut-in-node":  {types: signup, notes: "a response was missing"}, "cut-in-string": {types: signup, notes: "cut off"},
	"doubled-braces": {types: "input response"}, "duplicate-ids": {types: signup, notes: "is taken"},
	"edges-broken": {types: signup, notes: "leads nowhere"}, "edges-missing-one": {types: signup, notes: `"step3" had no way in`},
	"filter-pairs": {types: "input dbFind response"}, "flat-nodes": {types: "input dbInsert response"},
	"hash-step": {types: "input dbInsert response", notes: "which is hashed"}, "inner-quotes": {types: "input emailSend response"},
	"json-schema": {types: "input inputValidation response"}, "literals": {types: "input dbUpdate dbDelete response"},
	"long-12":                {types: "input inputValidation dbFind dbInsert dbInsert dbInsert jwtGenerate emailSend emailSend delay dbFind response"},
	"missing-comma-one-line": {types: "input dbFind response"}, "no-input": {types: "input dbFind response", notes: "takes category"},
	"no-labels":   {types: "input authMiddleware dbUpdate response", notes: "had no body"},
	"no-response": {types: signup, notes: "a response was missing"}, "raw-newlines": {types: "input emailSend response"},
	"react-flow": {types: "input dbFind response"}, "response-in-the-middle": {types: "input emailSend response", notes: "no edge may leave"},
	"rules-dialects": {types: "input inputValidation response", notes: "lookaround"},
	"shuffled":       {types: signup, notes: "in which they run"}, "single-quotes-apostrophe": {types: "input emailSend response"},
	"strings-only": {types: "input authMiddleware response", notes: "had no body"}, "template-dialects": {types: "input dbInsert emailSend response", notes: "takes source"},
	"two-responses":       {types: "input dbFind response", notes: `response "bad" is left out`},
	"type-names":          {types: "input inputValidation userLogin jwtGenerate delay emailSend response", notes: "had no password"},
	"undeclared-variable": {types: "input dbInsert response", notes: "takes phone"}, "unknown-type": {types: signup, notes: "teleport"},

	"edit-added": {types: "input inputValidation dbInsert jwtGenerate emailSend response"}, "edit-taken-id": {types: "input inputValidation dbInsert jwtGenerate emailSend response", notes: "is taken"},
	"edit-after-response": {types: "input inputValidation dbInsert jwtGenerate emailSend response", notes: "no edge may leave"},
	"edit-no-edges":       {types: "input authMiddleware inputValidation dbInsert jwtGenerate response"},
	"edit-removed":        {types: "input inputValidation dbInsert response", notes: "removed step"}, "edit-changed": {types: signup},
	"edit-whole": {types: "input inputValidation dbInsert jwtGenerate emailSend response"}, "edit-renumbered": {types: "input inputValidation dbInsert jwtGenerate emailSend response"},
	"edit-additions-in-nodes": {types: "input inputValidation dbInsert jwtGenerate emailSend response", notes: "as additions"},
	"edit-second-response":    {types: signup, notes: "twice"}, "edit-cut": {types: "input inputValidation dbInsert jwtGenerate emailSend response", notes: "cut off"},

	"bad-refusal": {problem: "no JSON"}, "bad-empty": {problem: "no JSON"}, "bad-html": {problem: "no steps"},
	"bad-no-nodes": {problem: "no steps"}, "bad-reserved-collection": {problem: "belongs to the platform"},
}

func TestCorpus(t *testing.T) {
	all := answers(t)
	require.GreaterOrEqual(t, len(all), 80)
	stored := good(t, all["clean"])
	usable := 0
	for name, text := range all {
		t.Run(name, func(t *testing.T) {
			w, special := wanted[name]
			if !special {
				w.types = signup
			}
			d, problem := outcome(name, text, stored)
			if w.problem != "" {
				assert.Contains(t, problem, w.problem)
				return
			}
			require.Empty(t, problem)
			usable++
			assert.Equal(t, w.types, types(d.Nodes))
			rules(t, d.Nodes, d.Edges)
			for i, err := range engine.Steps.Broken(d.Nodes) {
				t.Errorf("step %d is broken: %s", i, err)
			}
			if notes := strings.Join(d.Notes, "\n"); w.notes == "" {
				assert.Empty(t, notes)
			} else {
				assert.Contains(t, notes, w.notes)
			}
		})
	}
	assert.GreaterOrEqual(t, 100*usable, 95*len(all), "%d of %d answers give a workflow", usable, len(all))
}

// outcome is what becomes of an answer, and why it cannot be used.
func outcome(name, text string, stored *draft.Draft) (*draft.Draft, string) {
	o, err := draft.Extract(text)
	if err != nil {
		return nil, err.Error()
	}
	var problems []draft.Problem
	var d *draft.Draft
	if strings.HasPrefix(name, "edit-") {
		var c *draft.Change
		c, problems = draft.Edit(engine.Steps, stored.Nodes, stored.Edges, o)
		d = &c.Draft
	} else {
		d, problems = draft.New(engine.Steps, o)
	}
	if len(problems) > 0 {
		return d, problems[0].String()
	}
	return d, ""
}
