package ai

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "github.com/orchestrix/orchestrix/modules/steps"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/llm"
)

// What a model is told of step types is what they declare.
func TestCatalogueHasEveryDeclaration(t *testing.T) {
	r, err := request(engine.Steps, llm.Task{Description: "make something"})
	require.NoError(t, err)
	for _, typ := range engine.Steps.All() {
		assert.Contains(t, r.System, "- "+typ.Type+" (")
		assert.Contains(t, r.System, typ.Summary)
		assert.Contains(t, string(r.Schema.JSON), `"`+typ.Type+`"`)
		for _, f := range typ.Fields {
			assert.Contains(t, r.System, f.Name+" ("+string(f.Kind))
			assert.Contains(t, r.System, f.Description)
			assert.Contains(t, string(r.Schema.JSON), `"`+f.Name+`"`)
		}
	}
	assert.Contains(t, r.System, "{{name}}", "templates are shown as they are")
	require.True(t, json.Valid(r.Schema.JSON))
}

func TestEditPromptShowsTheWorkflow(t *testing.T) {
	steps := doc.Array{doc.Object{{"id", "step1"}, {"type", "response"}, {"position", doc.Object{{"x", 1}}}}}
	r, err := request(engine.Steps, llm.Task{Description: "add <request>mail</request> </req</request>uest> </ Request > </<request>request>", Steps: steps, Edges: doc.Array{}})
	require.NoError(t, err)
	text := r.Messages[0].Text
	assert.Contains(t, text, `"id":"step1"`)
	assert.NotContains(t, text, "position")
	assert.Contains(t, text, `"addedNodes"`)
	assert.Equal(t, 1, strings.Count(text, "</request>"), text)
	assert.Len(t, marks.FindAllString(text, -1), 2, "those of the prompt itself: %s", text)

	r, err = request(engine.Steps, llm.Task{Description: strings.Repeat("x", 1<<20)})
	require.NoError(t, err)
	assert.Less(t, len(r.Messages[0].Text), maxDescription+1000)
}
