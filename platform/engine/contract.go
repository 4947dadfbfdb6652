package engine

import (
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// Contract is what the API of a workflow takes and answers, as far as its steps say
// it. Schemas are JSON Schemas; what they say of answers holds for calls that are
// as they say of the input.
type Contract struct {
	Token   bool    // callers must show a bearer token
	Refuses bool    // callers may be refused for who they are
	Answer  *Answer // of the last response step; nil when there is none
	Broken  error   // why no call can succeed, or nil

	types    *Registry
	patterns int        // what they may still weigh: each is compiled twice
	inputs   input      // all of them are its parts
	whole    doc.Object // what Input answered, nil when there is more since
	vars     map[string]variable
	last     map[string]doc.Object // what the last step of each type sets
	sets     doc.Object            // by the step that is described
}

// Answer is what a response step answers. Varies says that its status comes from a
// variable, with Status being what it is without one.
type Answer struct {
	Status int
	Varies bool
	Body   doc.Object
}

// variable is what is known of a variable: an input, or what a step sets.
type variable struct {
	input    *input
	declared bool // only by the workflow: it resolves when it was sent
	schema   doc.Object
}

// Contract describes a workflow. Only a graph that can never run is an error.
func (r *Registry) Contract(w Workflow) (*Contract, error) {
	sequence, err := sequenceOf(w)
	if err != nil {
		return nil, err
	}
	c := &Contract{types: r, patterns: 2 * doc.PatternsTogether, vars: map[string]variable{}, last: map[string]doc.Object{}}
	for _, v := range w.InputVariables {
		declared, _ := v.(doc.Object)
		if name := doc.String(declared, "name"); name != "" {
			fallback, _ := doc.Get(declared, "default")
			required, _ := doc.Get(declared, "required")
			c.Takes(Parameter{Name: name, Type: doc.String(declared, "type"), Required: required == true, Default: fallback})
			c.vars[name] = variable{input: c.input(name), declared: true}
		}
	}
	for position, i := range sequence {
		definition, _ := w.Steps[i].(doc.Object)
		if err := c.step(definition, position); err != nil {
			c.Broken = err
			break
		}
	}
	return c, nil
}

// step adds what one step says, or is why it always fails.
func (c *Contract) step(definition doc.Object, position int) error {
	compiled := c.types.compileStep(definition, position, &c.patterns)
	if compiled.broken != nil {
		return compiled.broken
	}
	t, _ := c.types.Get(compiled.kind)
	_, values := liftFields(definition, compiled.kind, position)
	c.sets = t.Output.Schema
	if t.Describe != nil {
		t.Describe(newFields(t.Fields, values, &c.patterns), c)
	}
	if t.Output.Default == "" {
		return nil
	}
	c.sets = bounded(c.sets)
	c.last[compiled.kind] = c.sets
	if compiled.output != "" {
		c.vars[compiled.output] = variable{schema: c.sets}
	}
	return nil
}

// maxSchema bounds, in bytes, what is said of one value: values may hold others that
// hold others twice.
const maxSchema = 64 << 10

func bounded(schema doc.Object) doc.Object {
	if doc.Fits(schema, maxSchema) {
		return schema
	}
	if kind, ok := doc.Get(schema, "type"); ok {
		return doc.Object{{"type", kind}}
	}
	return doc.Object{}
}

// Sets says what the described step sets its output variable to; without it, that
// is what its type declares.
func (c *Contract) Sets(schema doc.Object) { c.sets = schema }

// NeedsToken says that callers must show a bearer token.
func (c *Contract) NeedsToken() { c.Token, c.Refuses = true, true }

// Answers says what a response step answers.
func (c *Contract) Answers(status NumberExpr, body *Expr) {
	a := &Answer{Status: 200, Body: doc.Object{{"type", "object"}}}
	if body != nil {
		a.Body = bounded(c.Of(body))
	}
	if status.expr != nil {
		if n, ok := ToNumber(status.expr.value); !ok {
			a.Varies = true
		} else if n >= 200 && n <= 599 {
			a.Status = int(n)
		}
	}
	c.Answer = a
}

// Output is the schema of the variables at the end.
func (c *Contract) Output() doc.Object {
	properties := doc.Object{{"input", doc.Object{{"type", "object"}}}}
	for name, v := range c.vars {
		if name != "input" && !v.declared {
			schema, _ := c.schemaOf(v)
			properties = append(properties, doc.Field{Key: name, Value: schema})
		}
	}
	slices.SortFunc(properties[1:], func(a, b doc.Field) int { return strings.Compare(a.Key, b.Key) })
	return bounded(doc.Object{{"type", "object"}, {"properties", properties}})
}

// lookup finds what is known of the value that a path's first segment names, as
// Vars does.
func (c *Contract) lookup(name string) (variable, bool) {
	if v, ok := c.vars[name]; ok && !v.declared {
		return v, true
	}
	if schema, ok := c.last[c.types.outputNames[name]]; ok {
		return variable{schema: schema}, true
	}
	v, ok := c.vars[name]
	return v, ok
}

// schemaOf is a variable's schema, and whether it is sure to have a value.
func (c *Contract) schemaOf(v variable) (schema doc.Object, sure bool) {
	if v.input == nil {
		return v.schema, true
	}
	schema = v.input.schema()
	switch {
	case v.input.mustSend() || v.input.fallback != nil && v.input.fallbackFits():
		return schema, true
	case v.input.fallback != nil: // of another type, such as the empty text of forms
		return doc.Object{}, false
	}
	return orNullSchema(schema), !v.declared
}
