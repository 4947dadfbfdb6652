package draft

import (
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// output is the variable that a node sets, or "".
func (n *node) output() string {
	if n.typ == nil || n.typ.Output.Default == "" {
		return ""
	}
	for _, key := range []string{"outputVar", "output"} {
		if s := doc.String(n.fields, key); s != "" {
			return s
		}
	}
	return n.typ.Output.Default
}

// ours reports whether the answer made the node what it is; what was stored and
// not touched is not mended.
func (n *node) ours() bool { return n.typ != nil && (n.stored == nil || n.changed) }

func (n *node) has(field string) bool {
	v, _ := doc.Get(n.fields, field)
	return !isEmpty(v)
}

// inputs are the variables that the input steps take.
func (b *builder) inputs() []string {
	var names []string
	for _, n := range b.nodes {
		if n.kind == inputType {
			for _, v := range doc.List(n.fields, "variables") {
				variable, _ := v.(doc.Object)
				names = append(names, doc.String(variable, "name"))
			}
		}
	}
	return names
}

// logins fills in what a login checks; the input then has to take it.
func (b *builder) logins() {
	for _, n := range b.nodes {
		if n.kind == "userLogin" && n.ours() {
			b.fill(n, "email", "{{email}}")
			b.fill(n, "password", "{{password}}")
		}
	}
}

// fill gives a node a field that it lacks.
func (b *builder) fill(n *node, field string, v any) {
	if n.has(field) || v == nil {
		return
	}
	b.note("%q had no %s and now has one", n.id, field)
	fields := doc.Set(doc.Without(n.fields, "outputVar", "output"), field, v)
	for _, name := range []string{"outputVar", "output"} { // they stand last, as read has them
		if output, has := doc.Get(n.fields, name); has {
			fields = append(fields, doc.Field{Key: name, Value: output})
		}
	}
	n.fields = mirror(n.typ, fields)
}

// repair fills in what a step needs and what can only be meant one way.
func (b *builder) repair() {
	inputs := b.inputs()
	var before []*node
	for _, n := range b.sorted() {
		if n.ours() {
			b.complete(n, inputs, before)
		}
		before = append(before, n)
	}
}

func (b *builder) complete(n *node, inputs []string, before []*node) {
	switch n.kind {
	case "dbInsert":
		b.fill(n, "data", documentOf(inputs))
	case "dbUpdate", "dbDelete":
		b.fill(n, "filter", idFilter(inputs))
	case "emailSend":
		if slices.Contains(inputs, "email") {
			b.fill(n, "to", "{{email}}")
		}
		subject := n.label
		if strings.ContainsAny(subject, "{}$") || strings.TrimSpace(subject) == "" { // not to be read as a variable
			subject = n.typ.Label
		}
		b.fill(n, "subject", subject)
		b.fill(n, "body", "<p>"+doc.String(n.fields, "subject")+"</p>")
	case "inputValidation":
		b.fill(n, "rules", rulesFor(inputs))
	case responseType:
		b.completeResponse(n, before)
	}
}

func documentOf(inputs []string) any {
	var o doc.Object
	for _, name := range inputs {
		if !strings.ContainsAny(name, " $") {
			o = doc.Set(o, name, "{{"+name+"}}")
		}
	}
	if o == nil {
		return nil
	}
	return o
}

// idFilter is the filter of a write whose document can only be the one with the
// id that the request gives.
func idFilter(inputs []string) any {
	for _, name := range []string{"id", "_id"} {
		if slices.Contains(inputs, name) {
			return doc.Object{{"_id", "{{" + name + "}}"}}
		}
	}
	return nil
}

func rulesFor(inputs []string) any {
	var rules doc.Array
	for _, name := range inputs {
		rules = append(rules, doc.Object{{"field", "{{" + name + "}}"}, {"required", true}})
	}
	if rules == nil {
		return nil
	}
	return rules
}

// addResponse adds the answer that the model forgot.
func (b *builder) addResponse() {
	t := b.findType(responseType)
	if t == nil {
		return
	}
	n := &node{typ: t, kind: t.Type, label: t.Label, fields: doc.Object{}}
	n.id = b.takeID("", len(b.nodes))
	b.nodes = append(b.nodes, n)
	b.note("a response was missing and is added")
}

// completeResponse sees to it that there are a status, as a number, and a body:
// the token or the result of the last step that has one. What callers sent, their
// password above all, is never sent back.
func (b *builder) completeResponse(n *node, before []*node) {
	if _, has := doc.Get(n.fields, "body"); !has {
		n.fields = append(n.fields, doc.Field{Key: "body", Value: answerOf(before)})
		b.note("the response %q had no body and now answers with the result", n.id)
	}
	status, _ := doc.Get(n.fields, "status")
	code, ok := engine.ToNumber(status)
	if text, isText := status.(string); !isText && (!ok || code < 200 || code > 599) || text == "" && isText {
		n.fields = doc.Set(n.fields, "status", int64(200))
	}
	slices.SortStableFunc(n.fields, func(x, y doc.Field) int { return strings.Compare(y.Key, x.Key) }) // status, body
}

func answerOf(before []*node) doc.Object {
	body := doc.Object{{"ok", true}}
	for _, n := range slices.Backward(before) {
		switch n.kind {
		case "jwtGenerate":
			return append(body, doc.Field{Key: "token", Value: "{{" + n.output() + "}}"})
		case "dbFind", "dbInsert", "dbUpdate", "dbDelete", "userLogin", "authMiddleware":
			return append(body, doc.Field{Key: n.output(), Value: "{{" + n.output() + "}}"})
		}
	}
	return body
}
