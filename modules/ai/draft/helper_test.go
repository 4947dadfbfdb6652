package draft_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/ai/draft"
	_ "github.com/orchestrix/orchestrix/modules/steps"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

const corpus = "../../../tests/fixtures/llm"

// answers are the messy answers of the corpus, by name.
func answers(t testing.TB) map[string]string {
	t.Helper()
	files, err := filepath.Glob(corpus + "/*.txt")
	require.NoError(t, err)
	all := make(map[string]string, len(files))
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		all[strings.TrimSuffix(filepath.Base(file), ".txt")] = string(text)
	}
	return all
}

func extract(t testing.TB, text string) doc.Object {
	t.Helper()
	o, err := draft.Extract(text)
	require.NoError(t, err)
	return o
}

// read makes a draft of what a model said.
func read(t testing.TB, text string) (*draft.Draft, []draft.Problem) {
	t.Helper()
	return draft.New(engine.Steps, extract(t, text))
}

// good makes a draft that must have no problems.
func good(t testing.TB, text string) *draft.Draft {
	t.Helper()
	d, problems := read(t, text)
	require.Empty(t, problems)
	rules(t, d.Nodes, d.Edges)
	return d
}

// types lists the types of nodes, in order.
func types(nodes doc.Array) string {
	var all []string
	for _, n := range nodes {
		all = append(all, doc.String(n.(doc.Object), "type"))
	}
	return strings.Join(all, " ")
}

func json(v any) string { return string(doc.MarshalJSON(v)) }

// rules are those of the canvas (clients.md, "What generation must give").
func rules(t testing.TB, nodes, edges doc.Array) {
	t.Helper()
	ids, edgeIDs, pairs := map[string]bool{}, map[string]bool{}, map[[2]string]bool{}
	for i, v := range nodes {
		n := v.(doc.Object)
		id := doc.String(n, "id")
		require.NotEmpty(t, id)
		require.False(t, ids[id], "two nodes have the id %q", id)
		ids[id] = true
		data := doc.Child(n, "data")
		label, _ := doc.Get(data, "label")
		require.IsType(t, "", label)
		require.NotEmpty(t, label)
		fields, _ := doc.Get(data, "fields")
		require.IsType(t, doc.Object{}, fields)
		isResponse := doc.String(n, "type") == "response"
		require.Equal(t, i == len(nodes)-1, isResponse, "the response is last, and there is one")
		texts(t, fields.(doc.Object))
	}
	leaves := map[string]bool{}
	for _, v := range edges {
		e := v.(doc.Object)
		id, source, target := doc.String(e, "id"), doc.String(e, "source"), doc.String(e, "target")
		require.NotEmpty(t, id)
		require.False(t, edgeIDs[id], "two edges have the id %q", id)
		edgeIDs[id] = true
		require.True(t, ids[source] && ids[target], "edge %s", id)
		require.False(t, pairs[[2]string{source, target}], "two edges from %q to %q", source, target)
		pairs[[2]string{source, target}] = true
		leaves[source] = true
	}
	for i, v := range nodes {
		id := doc.String(v.(doc.Object), "id")
		require.Equal(t, i < len(nodes)-1, leaves[id], "every node but the response leads on: %q", id)
	}
	require.NoError(t, engine.CheckGraph(nodes, edges))
}

// texts checks what the editors take for texts.
func texts(t testing.TB, fields doc.Object) {
	t.Helper()
	for _, rule := range doc.List(fields, "rules") {
		field, _ := doc.Get(rule.(doc.Object), "field")
		require.IsType(t, "", field)
	}
	if _, written := doc.Get(fields, "filter"); !written {
		return
	}
	for _, name := range []string{"filters", "update"} { // the editor's own copies
		for _, f := range doc.Child(fields, name) {
			require.IsType(t, "", f.Value)
		}
	}
}
