package openapi

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// describe adds to a schema what the tags of a field say.
func describe(schema doc.Object, tag reflect.StructTag) doc.Object {
	schema = slices.Clone(schema)
	add := func(key string, value any) { schema = doc.Set(schema, key, value) }
	for _, key := range []string{"description", "format"} {
		if text := tag.Get(key); text != "" {
			add(key, text)
		}
	}
	if names := tag.Get("enum"); names != "" {
		values := doc.Array{}
		for name := range strings.SplitSeq(names, ",") {
			values = append(values, valueOf(schema, name))
		}
		add("enum", values)
	}
	for _, key := range []string{"minimum", "maximum"} {
		if text := tag.Get(key); text != "" {
			add(key, valueOf(schema, text))
		}
	}
	if text, ok := tag.Lookup("default"); ok {
		add("default", valueOf(schema, text))
	}
	if tag.Get("required") == "true" {
		schema = addRule(schema, "required")
	}
	for rule := range strings.SplitSeq(tag.Get("validate"), ",") {
		schema = addRule(schema, rule)
	}
	if text, ok := tag.Lookup("example"); ok {
		add("examples", doc.Array{valueOf(schema, text)})
	}
	return schema
}

// addRule adds what a rule of the validator means in JSON Schema. The rest is for
// the answer to say.
func addRule(schema doc.Object, rule string) doc.Object {
	name, value, _ := strings.Cut(rule, "=")
	kind := doc.String(schema, "type")
	switch name {
	case "required":
		if kind == "string" {
			return doc.Set(schema, "minLength", int64(1))
		}
	case "min", "gte":
		return addBound(schema, map[string]string{"string": "minLength", "array": "minItems"}, "minimum", value)
	case "max", "lte":
		return addBound(schema, map[string]string{"string": "maxLength", "array": "maxItems"}, "maximum", value)
	case "email":
		return doc.Set(schema, "format", "email")
	}
	return schema
}

func addBound(schema doc.Object, sized map[string]string, key, value string) doc.Object {
	if n, err := strconv.ParseInt(value, 10, 64); err == nil {
		if of, ok := sized[doc.String(schema, "type")]; ok {
			key = of
		}
		return doc.Set(schema, key, n)
	}
	return schema
}

// valueOf reads the text of a tag as a value of the schema: JSON, unless it is for
// a string.
func valueOf(schema doc.Object, text string) any {
	if doc.String(schema, "type") == "string" {
		return text
	}
	if v, err := doc.Decode([]byte(text)); err == nil {
		return v
	}
	return text
}
