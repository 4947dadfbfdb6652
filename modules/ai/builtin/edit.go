package builtin

import (
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// edit answers a description with a change of a stored workflow.
func edit(text string, steps, edges doc.Array) doc.Object {
	f := readFlow(steps, edges)
	tokens := tokenize(text)
	f.instead = mentions(tokens, "instead", "should", "rather")
	f.only = mentions(tokens, "only")
	p := &plan{sentence: tokens, editing: true}
	rest, protect := p.mask(tokens, strong)
	if protect {
		f.protect()
		f.done = append(f.done, p.notes...)
	}
	f.refine(tokens)
	if i := f.last("dbFind"); f.only && i >= 0 && (callers(rest) || mentions(rest, "my", "own", "mine")) {
		f.ownOnly(f.steps[i])
	}
	for _, c := range clauses(rest) {
		if len(f.done)+len(f.refused) < maxActions {
			f.change(c)
		}
	}
	if demands := rulesIn(tokens); len(demands) > 0 {
		f.demandRules(demands)
	}
	return f.answer()
}

// change does what one clause asks for.
func (f *flow) change(c clause) {
	if c.refused { // "do not send the email any more"
		if c.act == mail || c.act == validate || c.act == wait {
			f.remove(clause{act: remove, body: append([]token{{text: c.verb, low: c.verb}, {text: kindNames[c.act], low: kindNames[c.act]}}, c.body...)})
		}
		return
	}
	switch c.act {
	case create, none, takes, issue, contact, crud:
		f.add(c)
	case remove:
		f.remove(c)
	case update:
		f.update(c)
	case mail:
		if f.instead && f.last("emailSend") >= 0 {
			f.updateMail(c.body)
			return
		}
		f.addMail(c)
	case wait:
		if i := f.last("delay"); f.instead && i >= 0 {
			f.wait(i, c.body)
			return
		}
		f.addDelay(c.body)
	case reply:
		f.reply(c.body)
	case validate:
		f.validate(fieldsIn(c.body))
	case login, signup:
		if c.verb == "authenticate" && f.first("dbInsert") >= 0 { // "log them in" who have just signed up
			f.addToken()
			return
		}
		f.protect()
	case find, list:
		if f.last("dbFind") < 0 || !strings.HasPrefix(c.verb, "filter") { // else refine has read it
			f.addAction(c)
		}
	}
}

var kindNames = map[act]string{mail: "email", validate: "validation", wait: "delay"}

// mentions reports whether one of the words is among the tokens.
func mentions(tokens []token, words ...string) bool {
	return slices.ContainsFunc(tokens, func(t token) bool { return t.is(words...) })
}

// add does "add validation", "add the phone number", "also save it in logs".
func (f *flow) add(c clause) {
	body := c.body
	isField := mentions(body, "field", "fields", "column", "property", "parameter", "variable", "input", "attribute")
	switch {
	case len(body) > 0 && c.act == none && body[0].is("include", "plus", "also") && !mentions(body, "validation", "jwt", "token", "mail"):
		f.addFields(clause{body: body[1:]})
	case f.instead && c.act == create && saves(c.verb):
		name, _ := place(body)
		f.move([]token{{text: name, low: name}})
	case mentions(body, "private", "secure", "protected"):
		f.protect()
	case mentions(body, "public") && f.first("authMiddleware") >= 0 && !isField:
		f.removeStep(f.first("authMiddleware"))
	case mentions(body, "filter") && f.last("dbFind") >= 0 && !isField: // refine has read it
	case c.act == create && len(body) > 0 && (mentions(body, "optional", "mandatory") || mentions(body, "required")) && (c.verb == "make" || c.verb == "makes"):
		f.require(body)
	case isField && !mentions(body, "validation", "validate"):
		f.addFields(c)
	case mentions(body, "validation", "validate", "validator"):
		f.validate(fieldsIn(body))
	case mentions(body, "jwt", "token") && !mentions(body, "check", "verify"):
		f.addToken()
	case mentions(body, "authentication", "login", "loggedin", "protection", "middleware", "guard"):
		f.protect()
	case mentions(body, "email", "mail", "notification") && c.act != takes && len(fieldList(body).fields) == 0 && !saves(c.verb) || mentions(body, "email", "mail") && c.verb == "add" && (mentions(body, "a", "an", "another", "welcome", "step") || slices.ContainsFunc(body, func(t token) bool { return t.mark == address })):
		f.addMail(c)
	case mentions(body, "delay", "wait", "pause", "sleep"):
		f.addDelay(body)
	case c.act == none:
	case c.act == takes:
		f.addFields(c)
	default:
		if name, _ := place(body); name != "" || len(fieldList(body).fields) > 0 {
			f.addAction(c)
		} else if saves(c.verb) {
			f.addFields(c)
		}
	}
}

// addAction adds a database step, understood as in a new workflow.
func (f *flow) addAction(c clause) {
	p := &plan{protect: f.first("authMiddleware") >= 0}
	vars := f.vars()
	name, rest := place(c.body)
	if c.act == create && name != "" && len(readFields(rest).fields) == 0 { // "save it in logs"
		a := action{act: create, collection: name, fields: slices.DeleteFunc(slices.Clone(vars), func(x field) bool { return x.name == "password" })}
		if len(a.fields) == 0 {
			a.fields = p.usualFields(a)
		}
		p.actions = append(p.actions, a)
	} else {
		p.read(c)
		p.finish(nil)
	}
	if len(p.actions) == 0 {
		return
	}
	if f.narrows(p.actions[0]) {
		return
	}
	b := builder{plan: p, outputs: map[string]bool{}, vars: slices.Clone(vars)}
	for _, s := range f.steps {
		b.outputs[s.output()] = true
	}
	for _, a := range p.actions {
		b.action(a)
	}
	at := f.anchor(c.body, f.end())
	for i, n := range b.nodes {
		f.insert(at+i, n)
		f.did("added the step \"" + n.label + "\"")
	}
	for _, v := range b.vars[min(len(vars), len(b.vars)):] {
		f.take(v)
	}
	f.show(b.body)
}

// narrows does "only show active products": what is listed already is less then.
func (f *flow) narrows(a action) bool {
	i := f.last("dbFind")
	if i < 0 || a.act != find && a.act != list {
		return false
	}
	switch collection := doc.String(f.steps[i].fields, "collection"); {
	case (f.only || f.instead) && a.collection == collection:
		f.filterBy(f.steps[i], a.by)
		return true
	case a.collection == unnamed: // "show 5 per page"
		return true
	}
	return false
}

// show adds to the answer what it does not have yet.
func (f *flow) show(more doc.Object) {
	i := f.last("response")
	if i < 0 {
		return
	}
	s := f.steps[i]
	body, isObject := doc.Get(s.fields, "body")
	o, ok := body.(doc.Object)
	if isObject && !ok && body != nil && body != "" {
		o = doc.Object{{"result", body}}
	}
	for _, x := range more {
		if _, there := doc.Get(o, x.Key); !there {
			o = append(o, x)
		}
	}
	s.set("body", o)
}

// protect lets only callers with a token pass: right after the input.
func (f *flow) protect() {
	if f.first("authMiddleware") >= 0 {
		f.cannot("a login is required already")
		return
	}
	at := 0
	for at < len(f.steps) && f.steps[at].kind == "input" {
		at++
	}
	f.insert(at, authNode())
	f.did("only callers with a valid token pass now")
}

// addToken issues a token for the user whom the workflow stores or checks.
func (f *flow) addToken() {
	if f.first("jwtGenerate") >= 0 {
		f.cannot("a token is issued already")
		return
	}
	at, n := f.end(), tokenNode("")
	i := f.last("userLogin")
	if i < 0 {
		i = f.last("dbInsert", "dbFind")
		for j, s := range f.steps {
			if s.kind == "dbInsert" && doc.String(s.fields, "collection") == usersCollection {
				i = j
			}
		}
	}
	if i >= 0 {
		at, n = i+1, tokenNode(f.steps[i].output())
		if f.steps[i].kind == "userLogin" && f.steps[i].output() != "loginResult" {
			out := f.steps[i].output()
			n.fields = doc.Set(n.fields, "payload", doc.Object{{"userId", variable(out + ".userId")}, {"email", variable(out + ".email")}})
		}
	} else {
		payload := doc.Object{}
		for _, v := range f.vars() {
			if v.name != "password" {
				payload = append(payload, doc.Field{Key: v.name, Value: variable(v.name)})
			}
		}
		n.fields = doc.Set(n.fields, "payload", payload)
	}
	f.insert(at, n)
	f.show(doc.Object{{"token", "{{token}}"}})
	f.did("a token is issued and returned")
}

// addDelay waits, before the answer when nobody says where.
func (f *flow) addDelay(body []token) {
	f.insert(f.anchor(body, f.end()), delayNode(seconds(body)))
	f.did("added a delay")
}

// addMail sends a mail before the answer.
func (f *flow) addMail(c clause) {
	a := action{act: mail}
	readMail(c, &a)
	b := builder{plan: &plan{}, outputs: map[string]bool{}, vars: f.vars()}
	known := len(b.vars)
	for _, kind := range []string{"authMiddleware", "dbFind", "userLogin"} {
		if i := f.last(kind); i >= 0 && (kind != "dbFind" || doc.String(f.steps[i].fields, "findType") != "many" && hasEmail(doc.String(f.steps[i].fields, "collection"))) {
			b.found = f.steps[i].output()
		}
	}
	at := f.anchor(c.body, f.end())
	for _, s := range f.steps[:at] {
		b.nodes = append(b.nodes, node{fields: doc.Object{{"outputVar", s.output()}}})
	}
	n := b.mail(a)
	f.insert(at, n)
	f.did("added the step \"" + n.label + "\"")
	for _, note := range b.notes {
		f.did(note)
	}
	for _, v := range b.vars[known:] {
		f.take(v)
	}
}
