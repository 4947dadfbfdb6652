package draft_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/ai/draft"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// FuzzExtract: no text panics, and what is found can be written and read again.
func FuzzExtract(f *testing.F) {
	for _, text := range answers(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, err := draft.Extract(text)
		if err != nil {
			return
		}
		_, err = doc.Decode(doc.MarshalJSON(o))
		require.NoError(t, err)
	})
}

// FuzzNew: whatever an answer holds, the result keeps the rules of the canvas,
// compiles or has problems, and is one that New leaves alone.
func FuzzNew(f *testing.F) {
	for _, text := range answers(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, err := draft.Extract(text)
		if err != nil {
			return
		}
		d, problems := draft.New(engine.Steps, o)
		require.LessOrEqual(t, len(d.Notes), 50)
		if len(d.Nodes) > 0 {
			rules(t, d.Nodes, d.Edges)
		}
		if len(problems) > 0 {
			return
		}
		for i, err := range engine.Steps.Broken(d.Nodes) {
			t.Fatalf("step %d is broken: %s", i, err)
		}
		nodes, edges := json(d.Nodes), json(d.Edges) // as they are now: New may not change them in place either
		again, problems := draft.New(engine.Steps, doc.Object{{"nodes", d.Nodes}, {"edges", d.Edges}})
		require.Empty(t, problems)
		require.Equal(t, nodes, json(again.Nodes))
		require.Equal(t, edges, json(again.Edges))
		require.Empty(t, again.Notes)
	})
}

// FuzzEdit: an edit of a stored workflow keeps the rules too.
func FuzzEdit(f *testing.F) {
	all := answers(f)
	for _, text := range all {
		f.Add(text)
	}
	stored := good(f, all["clean"])
	before := json(stored.Nodes) + json(stored.Edges)
	f.Fuzz(func(t *testing.T, text string) {
		o, err := draft.Extract(text)
		if err != nil {
			return
		}
		c, problems := draft.Edit(engine.Steps, stored.Nodes, stored.Edges, o)
		require.Equal(t, before, json(stored.Nodes)+json(stored.Edges), "the stored workflow was changed in place")
		if len(problems) == 0 {
			rules(t, c.Nodes, c.Edges)
		}
	})
}

func BenchmarkExtractAndNew(b *testing.B) {
	text := answers(b)["long-12"]
	b.ReportAllocs()
	for b.Loop() {
		o, err := draft.Extract(text)
		if err != nil {
			b.Fatal(err)
		}
		if _, problems := draft.New(engine.Steps, o); len(problems) > 0 {
			b.Fatal(problems)
		}
	}
}
