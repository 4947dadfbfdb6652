package builtin

import (
	"strconv"
	"strings"

	"github.com/orchestrix/orchestrix/modules/ai/nouns"
	"github.com/orchestrix/orchestrix/platform/doc"
)

// compose answers a description with a new workflow.
func compose(text string) doc.Object {
	p := understand(text)
	b := builder{plan: p, outputs: map[string]bool{}}
	steps := b.steps()
	nodes, edges := doc.Array{}, doc.Array{}
	for i, n := range steps {
		id := "step" + strconv.Itoa(i+1)
		nodes = append(nodes, n.canvas(id))
		if i > 0 {
			edges = append(edges, edge("step"+strconv.Itoa(i), id))
		}
	}
	reasoning := "Made by the built-in grammar."
	if len(p.notes) > 0 {
		reasoning = "Made by the built-in grammar: " + strings.Join(p.notes, "; ") + "."
	}
	return doc.Object{{"nodes", nodes}, {"edges", edges}, {"reasoning", reasoning}}
}

// builder makes the steps of a plan.
type builder struct {
	*plan
	vars    fields
	outputs map[string]bool
	nodes   []node
	body    doc.Object
	made    int64 // status of the answer
	user    string
	found   string // output that holds somebody with an e-mail
}

func (b *builder) steps() []node {
	b.vars, b.made = b.vars.add(b.fields...), 200
	if len(b.actions) == 0 && len(b.vars) == 0 && !b.protect && b.message == "" && b.status == 0 {
		return b.echo()
	}
	if b.protect {
		b.found = "currentUser"
	}
	for i := range b.actions {
		b.action(b.actions[i])
	}
	all := make([]node, 0, len(b.nodes)+4)
	response := b.response()
	if len(b.vars) > 0 {
		all = append(all, inputNode(b.vars))
	}
	if b.protect {
		all = append(all, authNode())
	}
	if len(b.vars) > 0 && !b.blind {
		all = append(all, withRules(validationNode(b.vars), rulesIn(b.sentence)))
	}
	return append(append(all, b.nodes...), response)
}

// echo is what a description gives that says nothing the grammar knows.
func (b *builder) echo() []node {
	b.note("the description was not understood, so this workflow answers with the message that it is sent; ask for sign-up, login, create, list, find, update, delete, mail, login protection, a delay or a fixed answer")
	message := field{name: "message", kind: "string", optional: true}
	answer := responseNode(200, doc.Object{{"message", "{{message}}"}})
	answer.label = "Echo (description not understood)"
	return []node{inputNode(fields{message}), answer}
}

// action makes the steps of one action.
func (b *builder) action(a action) {
	switch a.act {
	case signup:
		b.insert(a)
		b.say("message", "User registered")
		b.issue()
	case login:
		b.vars = b.vars.add(named("email"), named("password"))
		b.nodes = append(b.nodes, loginNode())
		b.user, b.found, b.token = "loginResult", "loginResult", true
		b.say("message", "Login successful")
		b.issue()
		b.say("user", "{{loginResult}}")
	case create:
		b.insert(a)
		b.say("message", nouns.Title(nouns.Singular(a.collection))+" created")
		if a.collection == usersCollection {
			b.issue()
		}
	case find, list:
		output := b.output("found", a.collection)
		b.nodes = append(b.nodes, findNode(a, b.filter(a), output))
		b.show(a, output)
		if !a.many && hasEmail(a.collection) {
			b.found = output
		}
	case update:
		output := b.output("updated", a.collection)
		b.nodes = append(b.nodes, updateNode(a, b.filter(a), b.document(a), output))
		b.say("message", nouns.Title(nouns.Singular(a.collection))+" updated")
		b.show(a, output)
		if !a.many && b.found == "" && hasEmail(a.collection) {
			b.found = output
		}
	case remove:
		output := b.output("deleted", a.collection)
		b.nodes = append(b.nodes, deleteNode(a, b.filter(a), output))
		b.say("message", nouns.Title(nouns.Singular(a.collection))+" deleted")
		b.say("deleted", variable(output+".deletedCount"))
	case mail:
		b.nodes = append(b.nodes, b.mail(a))
	case wait:
		if a.seconds > 25 {
			b.note("a published API waits at most 25 seconds; longer delays work in background runs")
		}
		b.nodes = append(b.nodes, delayNode(a.seconds))
	case issue:
		if b.user == "" && len(b.vars) == 0 {
			b.vars = b.vars.add(named("email"))
		}
		b.token = true
		b.issue()
	}
}

func (b *builder) insert(a action) {
	output := b.output("created", a.collection)
	b.nodes = append(b.nodes, insertNode(a.collection, b.document(a), output))
	b.show(a, output)
	b.made = 201
	if a.collection == usersCollection {
		b.user = output
	}
}

// issue signs a token, once, for the user who is known so far.
func (b *builder) issue() {
	if !b.token || b.outputs["token"] {
		return
	}
	b.outputs["token"] = true
	n := tokenNode(b.user)
	if b.user == "" {
		payload := doc.Object{}
		for _, v := range b.vars {
			if v.name != "password" {
				payload = append(payload, doc.Field{Key: v.name, Value: variable(v.name)})
			}
		}
		n.fields = doc.Set(n.fields, "payload", payload)
	}
	b.nodes = append(b.nodes, n)
	b.say("token", "{{token}}")
}

// document is what is stored or set: texts that are variables, or fixed ones.
func (b *builder) document(a action) doc.Object {
	o := doc.Object{}
	for _, f := range a.fields {
		o = append(o, doc.Field{Key: f.name, Value: b.value(f, f.name)})
	}
	if a.own && b.protect && a.act != update || b.protect && a.act == create {
		o = doc.Set(o, "userId", "{{currentUser.userId}}")
	}
	return o
}

// filter finds by the fields that were named; "id" is the document's own.
func (b *builder) filter(a action) doc.Object {
	o := doc.Object{}
	for _, f := range a.by {
		key := f.name
		if key == "id" || strings.EqualFold(key, nouns.Singular(a.collection)+"Id") {
			key = "_id"
		}
		o = append(o, doc.Field{Key: key, Value: b.value(f, f.name)})
	}
	if a.own && (b.protect || b.user == "loginResult") {
		key, who := "userId", "{{currentUser.userId}}"
		if a.collection == usersCollection {
			key = "_id"
		}
		if !b.protect { // who has just logged in
			who = "{{loginResult.userId}}"
		}
		o = doc.Set(o, key, who)
	}
	return o
}

// value is a text for a value: the canvas can hold no other. A number or boolean
// that is fixed is therefore a variable which may have no other value.
func (b *builder) value(f field, name string) string {
	if text, ok := f.fixed.(string); ok {
		return b.settle(text)
	}
	f.name = name
	b.vars = b.vars.add(f)
	return variable(name)
}

// output is a name for what a step gives, that nothing else has.
func (b *builder) output(base, collection string) string {
	name := base
	if b.outputs[name] {
		name = base + strings.ReplaceAll(nouns.Title(collection), " ", "")
	}
	for i := 2; b.outputs[name] || b.taken(name); i++ {
		name = base + strconv.Itoa(i)
	}
	b.outputs[name] = true
	return name
}

func (b *builder) taken(name string) bool {
	for _, a := range b.actions {
		if a.fields.has(name) || a.by.has(name) {
			return true
		}
	}
	return b.vars.has(name)
}

// say adds to the answer what is not there yet.
func (b *builder) say(key, text string) {
	if _, there := doc.Get(b.body, key); !there {
		b.body = append(b.body, doc.Field{Key: key, Value: text})
	}
}

// show adds a result to the answer.
func (b *builder) show(a action, output string) {
	key := nouns.Singular(a.collection)
	if a.many {
		key = a.collection
	}
	if _, there := doc.Get(b.body, key); there {
		key = output
	}
	b.say(key, variable(output))
	if a.act == list {
		b.say("count", variable(output+".length"))
	}
}

// response answers with what the steps found and made.
func (b *builder) response() node {
	status, body := b.made, b.body
	if b.status > 0 {
		status = b.status
	}
	if b.protect && len(body) == 0 {
		body = doc.Object{{"message", "You are logged in"}, {"user", "{{currentUser}}"}}
	}
	if len(body) == 0 {
		for _, v := range b.vars {
			if v.name != "password" {
				body = append(body, doc.Field{Key: v.name, Value: variable(v.name)})
			}
		}
	}
	if b.message != "" {
		body = doc.Set(body, "message", b.settle(b.message))
	}
	if len(body) == 0 && status != 204 {
		body = doc.Object{{"ok", true}}
	}
	return responseNode(status, body)
}
