package openapi

import (
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// maxExample is how deep an example goes: types may hold themselves.
const maxExample = 16

// example makes a value of a schema from the examples that its parts give; ok is
// false when there is nothing to show.
func (s *schemas) example(schema doc.Object, depth int) (value any, ok bool) {
	if depth > maxExample {
		return nil, false
	}
	if given := doc.List(schema, "examples"); len(given) > 0 {
		return given[0], true
	}
	for _, key := range []string{"const", "default"} {
		if v, has := doc.Get(schema, key); has {
			return v, true
		}
	}
	if values := doc.List(schema, "enum"); len(values) > 0 {
		return values[0], true
	}
	if to := doc.String(schema, "$ref"); to != "" {
		return s.example(s.defined[strings.TrimPrefix(to, refTo(""))], depth+1)
	}
	for _, key := range []string{"anyOf", "oneOf", "allOf"} {
		if choices := doc.List(schema, key); len(choices) > 0 {
			first, _ := choices[0].(doc.Object)
			return s.example(first, depth+1)
		}
	}
	return s.exampleOfType(schema, depth)
}

func (s *schemas) exampleOfType(schema doc.Object, depth int) (any, bool) {
	kind := doc.String(schema, "type")
	if kinds := doc.List(schema, "type"); len(kinds) > 0 {
		kind, _ = kinds[0].(string)
	}
	switch kind {
	case "object":
		return s.exampleObject(schema, depth), true
	case "array":
		if item, ok := s.example(doc.Child(schema, "items"), depth+1); ok {
			return doc.Array{item}, true
		}
		return doc.Array{}, true
	case "string":
		return exampleText(schema), true
	case "integer", "number":
		for _, key := range []string{"minimum", "maximum"} {
			if n, has := doc.Get(schema, key); has {
				return n, true
			}
		}
		return int64(1), true
	case "boolean":
		return true, true
	}
	return nil, false
}

// exampleObject shows what must be there, and of the rest what has an example of
// its own.
func (s *schemas) exampleObject(schema doc.Object, depth int) doc.Object {
	required := map[any]bool{}
	for _, name := range doc.List(schema, "required") {
		required[name] = true
	}
	o := doc.Object{}
	for _, f := range doc.Child(schema, "properties") {
		property, _ := f.Value.(doc.Object)
		_, shown := doc.Get(property, "examples")
		if !shown && !required[f.Key] {
			continue
		}
		if value, ok := s.example(property, depth+1); ok || required[f.Key] {
			o = append(o, doc.Field{Key: f.Key, Value: value})
		}
	}
	return o
}

func exampleText(schema doc.Object) string {
	switch doc.String(schema, "format") {
	case "date-time":
		return "2026-02-12T10:00:00.000Z"
	case "email":
		return "ada@example.com"
	case "uuid":
		return "01a2b3c4-d5e6-7890-abcd-ef0123456789"
	case "uri":
		return "https://example.com"
	}
	return fit(schema, "text")
}

// maxPadding keeps examples short where a schema wants much.
const maxPadding = 200

// fit makes an example as long as its schema demands.
func fit(schema doc.Object, text string) string {
	if least, _ := doc.Get(schema, "minLength"); least != nil {
		if n, ok := least.(int64); ok && n <= maxPadding {
			for int64(len(text)) < n {
				text += " text"
			}
		}
	}
	if most, _ := doc.Get(schema, "maxLength"); most != nil {
		if n, ok := most.(int64); ok && n < int64(len(text)) {
			text = text[:n]
		}
	}
	return text
}
