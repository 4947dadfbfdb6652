package engine

import "github.com/orchestrix/orchestrix/platform/doc"

// Of is the schema of what an expression gives.
func (c *Contract) Of(e *Expr) doc.Object {
	switch e.kind {
	case single, bare:
		return c.ofPath(e)
	case text:
		return doc.Object{{"type", "string"}}
	case object:
		properties, required := make(doc.Object, len(e.keys)), make(doc.Array, len(e.keys))
		for i, key := range e.keys {
			properties[i], required[i] = doc.Field{Key: key, Value: c.Of(&e.values[i])}, key
		}
		schema := doc.Object{{"type", "object"}}
		if len(properties) > 0 {
			schema = append(schema, doc.Field{Key: "properties", Value: properties}, doc.Field{Key: "required", Value: required})
		}
		return schema
	case array:
		items := make(doc.Array, len(e.values))
		for i := range e.values {
			items[i] = c.Of(&e.values[i])
		}
		schema := doc.Object{{"type", "array"}, {"minItems", int64(len(items))}, {"maxItems", int64(len(items))}}
		if len(items) > 0 {
			schema = append(schema, doc.Field{Key: "prefixItems", Value: items})
		}
		return schema
	}
	return constant(e.value)
}

// OfDocument is the schema of a document that is stored, without its password.
func (c *Contract) OfDocument(d *DocumentExpr) doc.Object {
	schema := c.Of(d.expr)
	if doc.String(schema, "type") != "object" {
		schema = doc.Object{{"type", "object"}}
	}
	properties, required := doc.Object{{"_id", doc.Object{{"type", "string"}}}}, doc.Array{"_id"}
	for _, f := range doc.Without(doc.Child(schema, "properties"), "password") {
		properties = doc.Set(properties, f.Key, f.Value)
	}
	for _, name := range doc.List(schema, "required") {
		if name != "password" && name != "_id" {
			required = append(required, name)
		}
	}
	return doc.Object{{"type", "object"}, {"properties", properties}, {"required", required}}
}

// ofPath is what a path gives: what is known of it, and where it may not resolve,
// the text as it was written.
func (c *Contract) ofPath(e *Expr) doc.Object {
	written := constant(e.value)
	root, rest, known := c.rootOf(e.path)
	if !known {
		return written
	}
	schema, sure := c.schemaOf(root)
	for _, segment := range rest {
		var stepSure bool
		schema, stepSure = below(schema, segment)
		sure = sure && stepSure
	}
	switch {
	case len(schema) == 0 || sure:
		return schema
	case doc.String(schema, "type") == "string":
		return doc.Object{{"type", "string"}}
	}
	return doc.Object{{"anyOf", doc.Array{schema, written}}}
}

// rootOf is where a path begins: at a variable, or in the request.
func (c *Contract) rootOf(p Path) (root variable, rest []string, known bool) {
	if p.root != "input" {
		root, known = c.lookup(p.root)
		return root, p.rest, known
	}
	if len(p.rest) == 0 {
		return variable{schema: bounded(c.Input())}, nil, true
	}
	name := p.rest[0]
	if root = c.vars[name]; root.input != nil {
		return root, p.rest[1:], true
	}
	if in := c.inputs.byName[name]; in != nil {
		return variable{input: in, declared: true}, p.rest[1:], true
	}
	return variable{schema: doc.Object{}}, p.rest[1:], true
}

// below is the schema one step down a path, and whether there surely is a value.
func below(schema doc.Object, segment string) (doc.Object, bool) {
	switch kind := doc.String(schema, "type"); {
	case segment == "length" && (kind == "string" || kind == "array"):
		return doc.Object{{"type", "integer"}, {"minimum", int64(0)}}, true
	case segment == "length":
		return doc.Object{}, false
	}
	found, _ := doc.Get(doc.Child(schema, "properties"), segment)
	property, ok := found.(doc.Object)
	if !ok {
		return doc.Object{}, false
	}
	for _, name := range doc.List(schema, "required") {
		if name == segment {
			return property, doc.String(schema, "type") == "object"
		}
	}
	return property, false
}

// constant is the schema of one value.
func constant(v any) doc.Object {
	schema := doc.Object{{"const", v}}
	switch v.(type) {
	case string:
		return append(doc.Object{{"type", "string"}}, schema...)
	case bool:
		return append(doc.Object{{"type", "boolean"}}, schema...)
	case int64, int32, float64:
		return append(doc.Object{{"type", "number"}}, schema...)
	}
	return schema
}

// orNullSchema lets a schema be null, too.
func orNullSchema(schema doc.Object) doc.Object {
	kind := doc.String(schema, "type")
	if kind == "" {
		return doc.Object{}
	}
	return append(doc.Object{{"type", doc.Array{kind, "null"}}}, doc.Without(schema, "type", "const", "enum", "default")...)
}
