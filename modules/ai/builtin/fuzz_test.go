package builtin_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/ai/builtin"
	"github.com/orchestrix/orchestrix/modules/ai/draft"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/llm"
)

// most is how long an answer may be, whatever was asked.
const most = 64 << 10

// Whatever is written gives a graph that compiles, as it is and through the
// pipeline, and so does whatever is asked of that graph.
func FuzzAnswers(f *testing.F) {
	for _, r := range append(append(append(accounts(), documents()...), mixed()...), changes()...) {
		f.Add(r.ask, r.change)
	}
	f.Add("{{{{}}}}\"'“”‘{{x", "\xff\xfe with \x00, and and and of of by by")
	f.Add("create a {{a}} with {{b.c}} and \"$where\", '__proto__' and a.b by \"_id\"", "add field \"$set\" and remove step 99999999999999999999")
	f.Add("Update my", "delete my, update mine")
	f.Add("create a tag", "remove the name field")
	f.Add("create a task with priority (\"$x\", {{y}}) and size one of \"${z}\", 'input.a', b", "add a status field (\"$x\", \"{{token}}\")")
	f.Add("GET /{x}/$y?_id={{a}}&b=$c PUT /users/:1 updates $z", "only the current user's, my {{x}} filter on {{y}} instead")
	f.Add("0", "rspond 200")
	f.Add("send an email to ops@corp.io saying \"look at ${a {{b c}} d} and ${${${e f} g} h}\"", "respond with ${a {{b c}} d}")
	f.Add("create a task with priority (\"$x\", {{y}}) and size one of \"${ z w}\", 'i", "add a status field (\"${a b}\", done)")
	f.Add("a list of all bob@corp's pets", "list @'s pets")
	f.Add("send an email to ops@corp.io saying \"Look at {{\x931server}} and {{token}} and {{a.b}}\"", "respond with {{ {{x}} {{created._id}}")
	f.Add("set a task's state to \"${x} $y {{z.a}} {{_}} {{token}}\" by id", "filter by state \"$x\" and remove the id field")
	f.Fuzz(func(t *testing.T, ask, change string) {
		made := generate(t, ask, nil, nil)
		nodes, edges := doc.List(made, "nodes"), doc.List(made, "edges")
		require.Less(t, len(doc.MarshalJSON(made)), most)
		checkGraph(t, nodes, edges)
		d, problems := draft.New(engine.Steps, made)
		require.Empty(t, problems, "%q", ask)
		checkGraph(t, d.Nodes, d.Edges)
		next := generate(t, change, d.Nodes, d.Edges)
		require.Less(t, len(doc.MarshalJSON(next)), 4*most)
		after, edges := apply(next, d.Nodes, d.Edges)
		checkGraph(t, after, edges)
		if c, problems := draft.Edit(engine.Steps, d.Nodes, d.Edges, next); !untouched(next) {
			require.Empty(t, problems, "%q > %q", ask, change)
			checkGraph(t, c.Nodes, c.Edges)
		}
	})
}

func untouched(change doc.Object) bool {
	for _, key := range []string{"addedNodes", "removedNodeIds", "changedNodes"} {
		if len(doc.List(change, key)) > 0 {
			return false
		}
	}
	return true
}

// FuzzStored changes workflows that anybody may have saved.
func FuzzStored(f *testing.F) {
	f.Add("add jwt and validation, remove the email step, add the phone", `[{"id":"a","type":"input","data":{"fields":{"variables":[1,{"name":2}]}}},{"id":"a"},3,{"type":"response","body":[1]}]`, `[{"source":"a","target":"a"},4]`)
	f.Add("remove the name field; make email optional", `[{"id":"i","type":"input","variables":[{"name":"name"},{"name":"email"}]},{"id":"v","type":"inputValidation","rules":[5,{"field":"name"}]},{"id":"d","type":"dbInsert","data":"input"},{"id":"r","type":"response","body":"{{name}}"}]`, `[]`)
	f.Add("send a mail and store phone and return the token", `[{"id":"i","type":"dbUpdate","data":{"data":{"a":"b"}},"filter":"input"},{"id":"e","type":"emailSend","to":["a"],"body":7}]`, `[{"source":"i","target":"e"},{"source":"e","target":"i"}]`)
	f.Fuzz(func(t *testing.T, ask, steps, edges string) {
		s, err1 := doc.Decode([]byte(steps))
		e, err2 := doc.Decode([]byte(edges))
		stored, ok := s.(doc.Array)
		if err1 != nil || err2 != nil || !ok || len(stored) == 0 {
			return
		}
		links, _ := e.(doc.Array)
		before := string(doc.MarshalJSON(stored))
		generate(t, ask, stored, links)
		require.Equal(t, before, string(doc.MarshalJSON(stored)), "%q changed what was stored", ask)
	})
}

// Long descriptions, and those that are made to be slow, give bounded answers; how
// long they take is the benchmark's to say.
func TestAnswersAreBounded(t *testing.T) {
	for _, piece := range []string{
		"create a product with name and price and ", "a", "\"", "{{", "'", "with ", "and ", "by email ", "x.", "a@b", "send an email to a@b.co and ", "only logged in users can ", "list of ", "create, read, ",
		"of a ", "wait 5 seconds ", "\n", "ü", "save it in logs ", "field1, field2, ", "not ", "that is ", "1 ", "must be at least 5 ", "(1", "by email and ", "where x is y ", "- ", "GET /users ", "PUT /users/:id updates ", "priority (low, ", "one of a, ", "of the current user ",
	} {
		text := strings.Repeat(piece, 200<<10/len(piece))
		made := generate(t, text, nil, nil)
		checkGraph(t, doc.List(made, "nodes"), doc.List(made, "edges"))
		assert.Less(t, len(doc.MarshalJSON(made)), most, piece)
		change := generate(t, text, doc.List(made, "nodes"), doc.List(made, "edges"))
		assert.Less(t, len(doc.MarshalJSON(change)), 4*most, piece)
	}
}

// A workflow of thousands of steps can be changed, too.
func TestLargeWorkflowsAreBounded(t *testing.T) {
	var steps, edges doc.Array
	for i := range 10_000 {
		id := "s" + string(doc.MarshalJSON(int64(i)))
		steps = append(steps, doc.Object{{"id", id}, {"type", "dbInsert"}, {"data", doc.Object{{"a", "{{a}}"}}}})
		if i > 0 {
			edges = append(edges, doc.Object{{"id", "e" + id}, {"source", doc.String(steps[i-1].(doc.Object), "id")}, {"target", id}})
		}
	}
	for _, ask := range []string{"add validation and jwt and a mail to a@x.org", "remove the insert step", "add the phone field"} {
		generate(t, ask, steps, edges)
		generate(t, ask, steps, nil)
	}
}

func TestProvider(t *testing.T) {
	p := builtin.New()
	assert.Equal(t, "builtin", p.Name())
	answer, err := p.Generate(context.Background(), llm.Request{Messages: []llm.Message{{Role: llm.User, Text: "list all products"}}})
	require.NoError(t, err)
	assert.Equal(t, "builtin", answer.Provider)
	assert.True(t, json.Valid([]byte(answer.Text)))
	assert.Contains(t, answer.Text, "dbFind", "without a task the last message is read")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = p.Generate(ctx, llm.Request{})
	assert.ErrorIs(t, err, context.Canceled)
}

// BenchmarkLongDescription is a description of 200 KB that is all clauses.
func BenchmarkLongDescription(b *testing.B) {
	r := llm.Request{Task: llm.Task{Description: strings.Repeat("create a product with name and price and ", 5000)}}
	for b.Loop() {
		if _, err := builtin.New().Generate(b.Context(), r); err != nil {
			b.Fatal(err)
		}
	}
}
