package builtin

import (
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/modules/ai/nouns"
)

// action is one thing that a workflow does.
type action struct {
	act        act
	collection string
	fields     fields // to store, or to set
	by         fields // what documents must match
	many       bool
	own        bool // only what belongs to the caller
	limit      int
	sort       string // a field, with "-" in front for the greatest first

	to            []string // of a mail: addresses, or nothing for the user
	subject, text string
	kind          string // of a mail: "welcome"
	seconds       float64
}

// plan is what a description asks for.
type plan struct {
	actions  []action
	protect  bool
	token    bool
	fields   fields // to take that belong to no action
	checked  fields // that are to be validated
	blind    bool   // nothing is validated
	status   int64
	message  string
	notes    []string
	sentence []token
	editing  bool
}

const maxActions = 12

// understand reads a description.
func understand(text string) *plan {
	p := &plan{}
	tokens := tokenize(text)
	p.sentence = tokens
	tokens, p.protect = p.mask(tokens, strong)
	parts := clauses(tokens)
	accounts := slices.ContainsFunc(parts, func(c clause) bool { return c.act == signup || c.act == login })
	p.token = wantsToken(tokens)
	p.blind = deniesValidation(tokens)
	if !accounts && !p.protect && !issues(tokens) {
		if _, p.protect = p.mask(tokens, weak); p.protect {
			p.token = false
		}
	}
	if crudVerbs(parts) {
		last := parts[len(parts)-1]
		p.readCRUD(clause{act: crud, body: last.body})
		parts = nil
	}
	for _, c := range parts {
		if len(p.actions) < maxActions && !c.refused {
			p.read(c)
		}
	}
	p.mailLast()
	p.finish(parts)
	return p
}

// guard demands a login for what is the caller's own, where nothing else says who
// calls: a list of "my orders", or "my profile", would be everybody's.
func (p *plan) guard() {
	for _, a := range p.actions {
		if a.own && (a.many || a.collection == usersCollection) && !p.protect && !p.doing(signup) && !p.doing(login) {
			p.protect = true
			p.note("only callers with a token pass: what is somebody's own is found by who calls")
		}
	}
}

// crudVerbs reports whether a description lists what can be done with one thing:
// "create, read, update and delete products".
func crudVerbs(parts []clause) bool {
	kinds, bare := map[act]bool{}, 0
	for _, c := range parts {
		if c.act == create || c.act == find || c.act == list || c.act == update || c.act == remove {
			kinds[c.act] = true
			if len(nounPhrase(c.body).words) == 0 {
				bare++
			}
		}
	}
	return len(kinds) >= 3 && bare >= 2
}

// mailLast moves mails behind what they tell about: "send a mail when somebody
// signs up".
func (p *plan) mailLast() {
	for i := len(p.actions) - 1; i >= 0; i-- {
		if p.actions[i].act != mail {
			continue
		}
		for j := len(p.actions) - 1; j > i; j-- {
			if a := p.actions[j].act; a == create || a == signup {
				moved := p.actions[i]
				p.actions = slices.Insert(slices.Delete(p.actions, i, i+1), j, moved)
				break
			}
		}
	}
}

// finish fills in what a clause left to its neighbours.
func (p *plan) finish(parts []clause) {
	if len(p.actions) == 0 && p.token && !p.protect {
		p.actions = append(p.actions, action{act: issue})
	}
	if len(p.actions) == 0 {
		for _, c := range parts {
			p.fromNoun(c)
		}
	}
	if len(p.actions) == 0 && len(p.fields) == 0 {
		p.fields = p.checked // "validate the email" alone
	}
	if len(p.actions) == 0 && p.message == "" && len(p.fields) == 0 && mentions(p.sentence, "health", "ping", "status") {
		p.message = "ok"
	}
	p.lendNouns()
	p.guard()
	for i := range p.actions {
		p.complete(&p.actions[i])
	}
}

// lendNouns gives actions without a collection that of the next one ("create and
// list products"), else of the one before ("find a user and delete it").
func (p *plan) lendNouns() {
	takes := func(a action) bool { return a.collection == "" && a.act >= create && a.act <= remove }
	for i := len(p.actions) - 2; i >= 0; i-- {
		if takes(p.actions[i]) && len(p.actions[i].by) == 0 && len(p.actions[i].fields) == 0 {
			p.actions[i].collection = p.actions[i+1].collection
		}
	}
	last := ""
	for i := range p.actions {
		a := &p.actions[i]
		if takes(*a) {
			a.collection = last
		}
		switch {
		case a.act == signup || a.act == login:
			last = usersCollection
		case a.collection != "":
			last = a.collection
		}
	}
	for i := len(p.actions) - 2; i >= 0; i-- {
		if takes(p.actions[i]) {
			p.actions[i].collection = p.actions[i+1].collection
		}
	}
	for i := range p.actions {
		if takes(p.actions[i]) {
			p.actions[i].collection = unnamed
			if p.actions[i].fields.has("password") {
				p.actions[i].collection = usersCollection
			}
		}
	}
}

const (
	usersCollection = "users"
	unnamed         = "records" // what nobody named
)

// complete gives an action the fields and the filter that it needs to run.
func (p *plan) complete(a *action) {
	switch a.act {
	case signup, create:
		if a.act == signup {
			a.collection = usersCollection
		}
		if len(a.fields) == 0 && len(p.fields) > 0 {
			a.fields, p.fields = p.fields, nil
		}
		if len(a.fields) == 0 {
			a.fields = slices.Clone(p.checked)
		}
		if a.act == signup {
			a.fields = p.accountFields(a.fields)
		} else if len(a.fields) == 0 {
			a.fields = p.usualFields(*a)
		}
	case update:
		if len(a.fields) == 0 && len(p.fields) > 0 {
			a.fields, p.fields = p.fields, nil
		}
		if len(a.fields) == 0 {
			a.fields = p.usualFields(*a)
		}
		p.demand(a)
	case find, remove:
		p.demand(a)
	}
	for i := range a.fields {
		a.fields[i].chosen = a.fields[i].name == "password"
	}
}

// demand makes sure that a filter is there, and that an update does not set what
// it looks for. What is the caller's own is found by who calls, and only behind a
// login is that known.
func (p *plan) demand(a *action) {
	if mine := a.own && p.protect; len(a.by) == 0 && !mine {
		a.by = fields{p.key(*a)}
		if a.many {
			a.many = false
			p.note("one document is changed at a time, by its id: a filter that matches everything is never run")
		}
	}
	a.fields = slices.DeleteFunc(a.fields, func(f field) bool { return a.by.has(f.name) || f.name == "id" })
	if a.act == update && len(a.fields) == 0 {
		a.fields = fields{named("name")}
		if a.by.has("name") {
			a.fields = fields{named("status")}
		}
	}
	for i := range a.fields {
		if a.act == update {
			a.fields[i].optional = false // what is not sent would be erased
		}
	}
}

// key is what finds a document when nobody says: the field by which it was
// looked up before, else its id.
func (p *plan) key(a action) field {
	for _, other := range p.actions {
		if other.collection == a.collection && len(other.by) > 0 {
			return other.by[0]
		}
	}
	return named("id")
}

// accountFields are those of a sign-up: whoever is to log in needs an e-mail and a
// password.
func (p *plan) accountFields(given fields) fields {
	if len(given) == 0 {
		return fields{{name: "name", kind: "string", optional: true}, named("email"), named("password")}
	}
	return given.add(named("email"), named("password"))
}

// hasEmail reports whether documents of a collection usually have an address.
func hasEmail(collection string) bool {
	return slices.Contains(strings.Fields(usual[nouns.Singular(collection)]), "email")
}

// usualFields are those that documents of a collection usually have, or that
// another action of the plan names.
func (p *plan) usualFields(a action) fields {
	for _, other := range p.actions {
		if other.collection == a.collection && len(other.fields) > 0 {
			return slices.Clone(other.fields)
		}
	}
	if a.act == update && a.collection == usersCollection {
		return fields{named("name")}
	}
	parts := strings.Split(a.collection, "_")
	names := usual[nouns.Singular(parts[len(parts)-1])]
	if names == "" {
		names = "name"
		p.note("the fields of " + a.collection + " were not named, so it has just a name")
	}
	var f fields
	for _, n := range strings.Fields(names) {
		f = f.add(named(n))
	}
	return f
}

func (p *plan) note(text string) {
	if len(p.notes) < 5 && !slices.Contains(p.notes, text) {
		p.notes = append(p.notes, text)
	}
}
