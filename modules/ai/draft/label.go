package draft

import (
	"strings"

	"github.com/orchestrix/orchestrix/modules/ai/nouns"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// defaultLabel is what a node is called when nobody said (http.md, "Generate"):
// the label of its type, with the collection in it when there is one.
func defaultLabel(t *engine.StepType, fields doc.Object) string {
	collection := doc.String(fields, "collection")
	if collection == "" || strings.Contains(collection, "{{") {
		return t.Label
	}
	verb, _, _ := strings.Cut(t.Label, " ")
	if t.Type != "dbFind" {
		collection = nouns.Singular(collection)
	}
	name := nouns.Title(collection)
	if name == "" {
		return t.Label
	}
	return shorten(verb+" "+name, maxLabel)
}
