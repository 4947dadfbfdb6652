package draft

import (
	"strings"

	"github.com/orchestrix/orchestrix/platform/data"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/users"
)

// check reports what would make the run fail whatever the request holds.
func (b *builder) check() {
	if len(b.nodes) > maxNodes {
		b.problem("", "the workflow has %d nodes; at most %d are allowed", len(b.nodes), maxNodes)
	}
	steps := make(doc.Array, len(b.nodes))
	for i, n := range b.nodes {
		steps[i] = n.document()
		if n.ours() {
			b.checkNode(n)
		}
	}
	for i, err := range b.types.Broken(steps) {
		if n := b.nodes[i]; n.ours() {
			b.problem(n.id, "%s: %s", n.kind, err)
		}
	}
	edges := make(doc.Array, len(b.edges))
	for i := range b.edges {
		edges[i] = b.edges[i].document()
	}
	if err := engine.CheckGraph(steps, edges); err != nil {
		b.problem("", "%s", err)
	}
}

func (b *builder) checkNode(n *node) {
	if collection := doc.String(n.fields, "collection"); collection != "" && !strings.Contains(collection, "{{") {
		if err := data.CheckName(collection); err != nil {
			b.problem(n.id, "%s", err)
		} else if strings.HasPrefix(collection, "_") {
			b.problem(n.id, "the collection %q may not begin with _", shorten(collection, 40))
		}
	}
	for _, field := range needed[n.kind] {
		if !n.has(field) {
			b.problem(n.id, "%s needs a %s that is not empty", n.kind, field)
		}
	}
	for _, name := range []string{"filter", "filters"} {
		if _, has := doc.Get(doc.Child(n.fields, name), "password"); has && doc.String(n.fields, "collection") == users.Collection {
			b.problem(n.id, "a password cannot be looked up in %s; use a userLogin step with email and password", name)
			return
		}
	}
}

// needed are the fields that must hold something when a step is run.
var needed = map[string][]string{
	"dbInsert":  {"data"},
	"dbUpdate":  {"filter", "data"},
	"dbDelete":  {"filter"},
	"emailSend": {"to", "subject", "body"},
	"userLogin": {"email", "password"},
}
