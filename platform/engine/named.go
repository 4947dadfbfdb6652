package engine

import (
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// collectionField is the field by which step types name a collection.
const collectionField = "collection"

// Collections lists the collections that the steps of a workflow name, sorted.
func (r *Registry) Collections(steps doc.Array) []string {
	var names []string
	for i, s := range steps {
		definition, _ := s.(doc.Object)
		kind := doc.String(definition, "type")
		t, known := r.Get(kind)
		if !known || !slices.ContainsFunc(t.Fields, func(f Field) bool { return f.Name == collectionField }) {
			continue
		}
		_, values := liftFields(definition, kind, i)
		if name := doc.String(values, collectionField); name != "" && !strings.Contains(name, "{{") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// CheckFilter refuses a filter that uses what an author's filter may not, whoever
// wrote it.
func CheckFilter(filter doc.Object) error {
	_, err := parseConditions("filter", filter)
	return err
}
