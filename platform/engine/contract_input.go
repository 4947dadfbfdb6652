package engine

import (
	"slices"
	"strconv"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// Parameter is a variable that callers send, as its author declared it.
type Parameter struct {
	Name, Type string
	Required   bool
	Default    any
}

// input is what is known of a value that callers send, and of the values in it.
type input struct {
	name     string
	facts    doc.Object // of JSON Schema, without properties
	required bool
	fallback any
	parts    []*input
	byName   map[string]*input // of parts
}

// typeFacts are what the names of types mean, that authors and forms use.
var typeFacts = map[string]doc.Object{
	"string": {{"type", "string"}}, "text": {{"type", "string"}},
	"number": {{"type", "number"}}, "float": {{"type", "number"}},
	"integer": {{"type", "integer"}}, "int": {{"type", "integer"}},
	"boolean": {{"type", "boolean"}}, "bool": {{"type", "boolean"}},
	"array": {{"type", "array"}}, "list": {{"type", "array"}},
	"object": {{"type", "object"}}, "json": {{"type", "object"}},
	"email": {{"type", "string"}, {"format", "email"}}, "password": {{"type", "string"}, {"format", "password"}},
	"url": {{"type", "string"}, {"format", "uri"}}, "date": {{"type", "string"}}, "datetime": {{"type", "string"}},
}

// Takes adds a variable that callers send and the steps know by its name.
func (c *Contract) Takes(p Parameter) {
	in := c.input(p.Name)
	for _, fact := range typeFacts[strings.ToLower(p.Type)] {
		in.facts = doc.Set(in.facts, fact.Key, fact.Value)
	}
	in.required = in.required || p.Required
	if p.Default != nil {
		in.fallback = p.Default
	}
	if p.Name != "input" { // it would hide the request
		c.vars[p.Name] = variable{input: in}
	}
}

// Demands adds what must hold of the value at a path for a call to succeed, as
// keywords of JSON Schema; minLength and maxLength count the items of a list, too.
// A path that does not lead into the input says nothing of it.
func (c *Contract) Demands(path Path, required bool, facts doc.Object) {
	name, rest := path.root, path.rest
	if name == "input" && len(rest) > 0 {
		name, rest = rest[0], rest[1:]
	} else if c.vars[name].input == nil {
		return
	}
	if slices.ContainsFunc(rest, func(segment string) bool {
		_, err := strconv.Atoi(segment)
		return err == nil || segment == "" || segment == "length"
	}) {
		return
	}
	in := c.input(name)
	for _, segment := range rest {
		in.facts = doc.Set(in.facts, "type", "object")
		in.required = in.required || required
		in = in.part(segment)
	}
	in.required = in.required || required
	for _, fact := range facts {
		in.facts = doc.Set(in.facts, fact.Key, fact.Value)
	}
}

func (c *Contract) input(name string) *input {
	c.whole = nil
	return c.inputs.part(name)
}

func (in *input) part(name string) *input {
	if p := in.byName[name]; p != nil {
		return p
	}
	if in.byName == nil {
		in.byName = map[string]*input{}
	}
	p := &input{name: name}
	in.byName[name] = p
	in.parts = append(in.parts, p)
	return p
}

// mustSend reports whether callers have to send it: what has a default they need
// not, unless it is the empty one that forms make and a rule refuses.
func (in *input) mustSend() bool { return in.required && (in.fallback == nil || in.fallback == "") }

// fallbackFits reports whether the default is of the declared type, if there is one.
func (in *input) fallbackFits() bool {
	kind := doc.String(in.facts, "type")
	switch in.fallback.(type) {
	case string:
		return kind == "" || kind == "string"
	case bool:
		return kind == "" || kind == "boolean"
	case doc.Object:
		return kind == "" || kind == "object"
	case doc.Array:
		return kind == "" || kind == "array"
	case int64, int32:
		return kind == "" || kind == "number" || kind == "integer"
	}
	return kind == "" || kind == "number"
}

// Input is the schema of the variables that callers send.
func (c *Contract) Input() doc.Object {
	if c.whole == nil {
		c.whole = (&input{parts: c.inputs.parts, facts: doc.Object{{"type", "object"}}}).schema()
	}
	return c.whole
}

func (in *input) schema() doc.Object {
	schema := in.sized()
	if in.fallback != nil && in.fallback != "" && in.fallbackFits() {
		schema = append(schema, doc.Field{Key: "default", Value: in.fallback})
	}
	properties, required := doc.Object{}, doc.Array{}
	for _, p := range in.parts {
		properties = append(properties, doc.Field{Key: p.name, Value: p.schema()})
		if p.mustSend() {
			required = append(required, p.name)
		}
	}
	if len(properties) > 0 {
		schema = append(schema, doc.Field{Key: "properties", Value: properties})
	}
	if len(required) > 0 {
		schema = append(schema, doc.Field{Key: "required", Value: required})
	}
	return schema
}

// withImpliedType adds what only some types can be: what has a length is a text or
// a list, say.
func withImpliedType(schema doc.Object) doc.Object {
	for _, implied := range []struct {
		key  string
		kind any
	}{{"pattern", "string"}, {"minimum", "number"}, {"maximum", "number"}, {"minLength", doc.Array{"string", "array"}}, {"maxLength", doc.Array{"string", "array"}}} {
		if _, has := doc.Get(schema, implied.key); has {
			return append(doc.Object{{"type", implied.kind}}, schema...)
		}
	}
	return schema
}

// sized writes the facts with the words for lengths that the type has. What must
// be sent must not be empty, either.
func (in *input) sized() doc.Object {
	schema := slices.Clone(in.facts)
	kind, known := doc.Get(schema, "type")
	if !known {
		schema = withImpliedType(schema)
		kind, known = doc.Get(schema, "type")
	}
	list, isList := kind.(doc.Array)
	if in.required && !known {
		schema = append(schema, doc.Field{Key: "not", Value: doc.Object{{"enum", doc.Array{nil, ""}}}})
	}
	if least, _ := doc.Get(schema, "minLength"); in.required && (kind == "string" || len(list) > 0) && (least == nil || least == int64(0)) {
		schema = doc.Set(schema, "minLength", int64(1))
	}
	if kind != "array" && !isList {
		return schema
	}
	for _, words := range [][2]string{{"minLength", "minItems"}, {"maxLength", "maxItems"}} {
		if n, ok := doc.Get(schema, words[0]); ok {
			schema = doc.Set(schema, words[1], n)
		}
	}
	if kind == "array" {
		return doc.Without(schema, "minLength", "maxLength")
	}
	return schema
}
