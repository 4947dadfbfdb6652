package draft

import (
	"slices"
	"strconv"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

const (
	maxID    = 64
	maxLabel = 120
)

// readNodes takes over the nodes of an answer.
func (b *builder) readNodes(raw doc.Array) {
	for i, v := range raw {
		if n := b.readNode(v, i); n != nil {
			b.nodes = append(b.nodes, n)
		}
	}
}

func (b *builder) readNode(raw any, at int) *node {
	var o doc.Object
	switch raw := raw.(type) {
	case string: // a list of types
		o = doc.Object{{"type", raw}}
	case doc.Object:
		o = raw
	default:
		b.note("entry %d of the nodes is not an object and is left out", at+1)
		return nil
	}
	n := &node{label: firstText(doc.Child(o, "data"), o, "label"), position: position(o)}
	written := textOf(o, "id")
	n.typ, n.kind = b.typeOf(o)
	if n.typ == nil && n.kind == "" {
		b.note("entry %d of the nodes has no type and is left out", at+1)
		return nil
	}
	n.id = b.takeID(written, at)
	b.name(written, n)
	if n.typ == nil {
		b.dropUnknown(n, o)
		return n
	}
	n.fields = b.fieldsOf(n, o)
	if n.label = strings.TrimSpace(n.label); n.label == "" {
		n.label = defaultLabel(n.typ, n.fields)
	}
	n.label = shorten(n.label, maxLabel)
	return n
}

// typeOf finds the step type of a node: "type" may only say how it is drawn,
// with the step type beside the fields.
func (b *builder) typeOf(o doc.Object) (*engine.StepType, string) {
	first := ""
	for _, part := range []doc.Object{o, doc.Child(o, "data")} {
		for _, key := range []string{"type", "nodeType", "stepType", "kind", "action"} {
			written := doc.String(part, key)
			if t := b.findType(written); t != nil {
				return t, t.Type
			}
			if first == "" {
				first = written
			}
		}
	}
	if first != "" {
		return nil, first
	}
	if t := b.findType(strings.Trim(doc.String(o, "id"), "0123456789_-")); t != nil {
		return t, t.Type
	}
	return nil, ""
}

// takeID gives a node an id that no other has, the written one if possible.
func (b *builder) takeID(written string, at int) string {
	id := written
	if id == "" || len(id) > maxID || b.ids[id] {
		for n := max(at+1, len(b.nodes)+1); ; n++ {
			if id = "step" + strconv.Itoa(n); !b.ids[id] {
				break
			}
		}
		if written != "" {
			b.note("the id %q is taken or too long: the node is now %q", shorten(written, 40), id)
		}
	}
	b.ids[id] = true
	return id
}

// name remembers the id by which the edges of an answer name a node: of two nodes
// with one id they mean the first.
func (b *builder) name(written string, n *node) {
	if _, taken := b.names[written]; written != "" && !taken {
		b.names[written] = n.id
	}
}

// fieldsOf collects what a node says about its step, from wherever it stands,
// and puts it in order.
func (b *builder) fieldsOf(n *node, o doc.Object) doc.Object {
	return newReader(b, n, fieldSources(n.typ, o)).read()
}

// envelope are the names on a node that are not fields of its step.
var envelope = []string{"id", "type", "nodeType", "stepType", "kind", "label", "position", "name", "description", "next", "width", "height", "selected", "dragging", "style", "order", "icon", "_isNew", "_stepNumber", "pass"}

// fieldHolders are the names under which models put a step's fields.
var fieldHolders = []string{"fields", "config", "parameters", "params", "configuration", "settings", "properties", "props", "options", "args", "with", "inputs"}

// fieldSources lists the objects that hold a node's fields, the nearest to the
// contract first.
func fieldSources(t *engine.StepType, o doc.Object) []doc.Object {
	data := doc.Child(o, "data")
	isWrapper := len(data) > 0 && wraps(t, data, o)
	var sources []doc.Object
	if isWrapper {
		sources = holders(t, data)
	}
	sources = append(sources, holders(t, o)...)
	if isWrapper {
		sources = append(sources, doc.Without(data, slices.Concat(envelope, fieldHolders)...))
	}
	if isWrapper || data != nil && len(data) == 0 {
		o = doc.Without(o, "data")
	}
	return append(sources, doc.Without(o, slices.Concat(envelope, fieldHolders)...))
}

// holders are the objects of fields in o.
func holders(t *engine.StepType, o doc.Object) []doc.Object {
	var found []doc.Object
	for _, key := range fieldHolders {
		v, _ := doc.Get(o, key)
		if s, isText := v.(string); isText && strings.HasPrefix(strings.TrimSpace(s), "{") {
			v, _ = decodeText(s)
		}
		switch v := v.(type) {
		case doc.Object:
			found = append(found, v)
		case doc.Array: // the fields of a form, or name and value of each field
			if pairs := fromPairs(v); pairs != nil {
				found = append(found, pairs)
			} else if declared := fieldNamed(t, key); declared != "" {
				found = append(found, doc.Object{{declared, v}})
			}
		}
	}
	return found
}

// wraps tells whether a node's data holds the step's fields, or is itself the
// field "data" of a flat step: {type: dbInsert, collection, data: {...}}.
func wraps(t *engine.StepType, data, o doc.Object) bool {
	for _, key := range append([]string{"label"}, fieldHolders...) {
		if v, ok := doc.Get(data, key); ok {
			if _, isObject := v.(doc.Object); isObject || key == "label" {
				return true
			}
		}
	}
	if !slices.ContainsFunc(t.Fields, func(f engine.Field) bool { return f.Name == "data" && f.Kind != engine.Value }) {
		return true
	}
	for _, f := range o {
		if name := fieldNamed(t, f.Key); name != "" && name != "data" {
			return false
		}
	}
	for _, f := range data {
		if fieldNamed(t, f.Key) != "" {
			return true
		}
	}
	return false
}

func position(o doc.Object) any {
	p := doc.Child(o, "position")
	x, _ := doc.Get(p, "x")
	y, _ := doc.Get(p, "y")
	if isNumber(x) && isNumber(y) {
		return doc.Object{{"x", x}, {"y", y}}
	}
	return nil
}

func isNumber(v any) bool {
	switch v.(type) {
	case int64, int32, float64:
		return true
	}
	return false
}

// textOf is the text or number under key, as text.
func textOf(o doc.Object, key string) string {
	v, _ := doc.Get(o, key)
	return idText(v)
}

func idText(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case int64, int32, float64:
		return engine.Text(v)
	}
	return ""
}

// firstText is the label of a node, wherever it stands.
func firstText(data, o doc.Object, key string) string {
	for _, part := range []doc.Object{data, o} {
		if s := doc.String(part, key); s != "" {
			return s
		}
	}
	for _, other := range []string{"name", "title"} {
		for _, part := range []doc.Object{data, o} {
			if s := doc.String(part, other); s != "" && strings.ContainsRune(s, ' ') {
				return s
			}
		}
	}
	return ""
}
