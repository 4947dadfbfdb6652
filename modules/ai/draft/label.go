package draft

import (
	"strings"
	"unicode"

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
	name := title(collection)
	if t.Type != "dbFind" {
		name = strings.TrimSpace(singular(name)) // "S" may have been a word
	}
	if name == "" {
		return t.Label
	}
	return shorten(verb+" "+name, maxLabel)
}

// title makes words of a name: order_items and orderItems are Order Items.
func title(name string) string {
	var b strings.Builder
	first := true
	for i, r := range name {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			first = true
			continue
		}
		if i > 0 && (first || unicode.IsUpper(r)) && b.Len() > 0 {
			b.WriteByte(' ')
			first = true
		}
		if first {
			r = unicode.ToUpper(r)
		}
		b.WriteRune(r)
		first = false
	}
	return b.String()
}

// singular drops the ending of a plural, as far as English is regular.
func singular(name string) string {
	lower := strings.ToLower(name)
	switch {
	case len(name) < 4:
		return name
	case strings.HasSuffix(lower, "ies"):
		return name[:len(name)-3] + "y"
	case strings.HasSuffix(lower, "sses"), strings.HasSuffix(lower, "xes"), strings.HasSuffix(lower, "ches"), strings.HasSuffix(lower, "shes"):
		return name[:len(name)-2]
	case strings.HasSuffix(lower, "ss"), strings.HasSuffix(lower, "us"), strings.HasSuffix(lower, "is"):
		return name
	case strings.HasSuffix(lower, "s"):
		return name[:len(name)-1]
	}
	return name
}
