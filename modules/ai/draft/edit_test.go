package draft_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/ai/draft"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// kept is a stored workflow with much that no declaration knows.
const kept = `{"steps":[
 {"id":"a","type":"input","position":{"x":1,"y":2},"width":10,"data":{"label":"In","fields":{"variables":[{"name":"email","hint":"?"}]},"pass":true,"_isNew":true}},
 {"id":"f","type":"dbFind","data":{"label":"Look","fields":{"collection":"users","filters":{"email":"{{email}}"},"outputVar":"user","color":"red"}}},
 {"id":"z","type":"mystery","data":{"label":"?","fields":{"k":1}}},
 {"id":"r","type":"response","data":{"label":"Out","fields":{"status":200,"body":{"user":"{{user}}","mail":"{{email}}"}}}}],
 "edges":[{"id":"1","source":"a","target":"f","type":"animated"},{"id":"2","source":"f","target":"z"},{"id":"3","source":"z","target":"r"}]}`

func edit(t *testing.T, answer string) (*draft.Change, []draft.Problem) {
	t.Helper()
	v, err := doc.Decode([]byte(kept))
	require.NoError(t, err)
	stored := v.(doc.Object)
	c, problems := draft.Edit(engine.Steps, doc.List(stored, "steps"), doc.List(stored, "edges"), extract(t, answer))
	before, _ := doc.Decode([]byte(kept))
	require.Equal(t, json(before), json(stored), "what was stored is not changed in place")
	return c, problems
}

func node(t *testing.T, c *draft.Change, id string) doc.Object {
	t.Helper()
	for _, n := range c.Nodes {
		if doc.String(n.(doc.Object), "id") == id {
			return n.(doc.Object)
		}
	}
	t.Fatalf("no node %q in %s", id, json(c.Nodes))
	return nil
}

func TestEditKeepsWhatIsStored(t *testing.T) {
	c, problems := edit(t, `{"addedNodes":[{"id":"f","type":"delay","seconds":1}],"addedEdges":[{"source":"a","target":"f"},{"source":"f","target":"z"}],"reasoning":"a pause"}`)
	require.Empty(t, problems)
	rules(t, c.Nodes, c.Edges)
	assert.Equal(t, "a pause", c.Reasoning)
	require.Len(t, c.Added, 1)
	assert.Equal(t, 2, c.EdgesAdded)
	fresh := node(t, c, c.Added[0])
	assert.Equal(t, `{"label":"Delay","fields":{"seconds":1},"_isNew":true}`, json(doc.Child(fresh, "data")))
	assert.Equal(t, `{"id":"a","type":"input","position":{"x":1,"y":2},"width":10,"data":{"label":"In","fields":{"variables":[{"name":"email","hint":"?"}]},"pass":true}}`, json(node(t, c, "a")))
	assert.Equal(t, `{"collection":"users","filters":{"email":"{{email}}"},"outputVar":"user","color":"red"}`, json(doc.Child(doc.Child(node(t, c, "f"), "data"), "fields")))
	assert.Contains(t, json(c.Edges), `{"id":"1","source":"a","target":"f","type":"animated"}`)
}

func TestEditChangesByID(t *testing.T) {
	c, problems := edit(t, `{"changedNodes":[{"id":"f","data":{"label":"Look up","fields":{"findType":"many"}}}]}`)
	require.Empty(t, problems)
	assert.JSONEq(t, `{"id":"f","type":"dbFind","data":{"label":"Look up","fields":{"findType":"many","collection":"users","filters":{"email":"{{email}}"},"outputVar":"user","output":"user","color":"red"}}}`, json(node(t, c, "f")))
	assert.Empty(t, c.Added)
}

func TestEditRemoves(t *testing.T) {
	c, problems := edit(t, `{"removedNodes":["f"],"reasoning":"not needed"}`)
	require.Empty(t, problems)
	rules(t, c.Nodes, c.Edges)
	assert.Equal(t, []string{"f"}, c.Removed)
	assert.JSONEq(t, `{"mail":"{{email}}"}`, json(doc.Child(doc.Child(doc.Child(node(t, c, "r"), "data"), "fields"), "body")), "the answer no longer holds what the step had set")
}

func TestEditTakesVariablesAlong(t *testing.T) {
	c, problems := edit(t, `{"addedNodes":[{"type":"dbInsert","collection":"logs","data":{"phone":"{{phone}}"}}]}`)
	require.Empty(t, problems)
	assert.JSONEq(t, `[{"name":"email","hint":"?"},{"name":"phone","type":"string"}]`, json(doc.List(doc.Child(doc.Child(node(t, c, "a"), "data"), "fields"), "variables")))
}

func TestEditsThatCannotBeUsed(t *testing.T) {
	for name, tc := range map[string]struct{ answer, text string }{
		"nothing":                  {`{"foo":1}`, "changes nothing"},
		"no such node":             {`{"removedNodes":["q"]}`, "changes nothing"},
		"everything goes":          {`{"removedNodes":["a","f","z","r"]}`, "no steps"},
		"most is lost":             {`{"nodes":[{"id":"r","type":"response","data":{"fields":{"body":{}}}}],"edges":[]}`, "without saying so"},
		"a new node that is wrong": {`{"addedNodes":[{"id":"n","type":"dbFind"}]}`, "collection"},
		"a filter loses its value": {`{"removedNodes":["f"],"changedNodes":[],"addedNodes":[{"id":"d","type":"dbDelete","collection":"x","filter":{"_id":"{{user._id}}"}}]}`, "{{user._id}}"},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := edit(t, tc.answer)
			require.NotEmpty(t, problems)
			assert.Contains(t, problems[0].String(), tc.text)
		})
	}
}

func TestEditOfFlatSteps(t *testing.T) {
	v, err := doc.Decode([]byte(`[{"id":"a","type":"dbFind","collection":"users","filters":{},"output":"u"},{"type":"response","status":200,"body":{"u":"{{u}}"}}]`))
	require.NoError(t, err)
	c, problems := draft.Edit(engine.Steps, v.(doc.Array), nil, extract(t, `{"addedNodes":[{"type":"delay","seconds":1}]}`))
	require.Empty(t, problems)
	assert.Equal(t, "dbFind delay response", types(c.Nodes))
	assert.Equal(t, `{"id":"a","type":"dbFind","collection":"users","filters":{},"output":"u"}`, json(c.Nodes[0]))
	for i, err := range engine.Steps.Broken(c.Nodes) {
		t.Errorf("step %d: %s", i, err)
	}
}
