package builtin

import (
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/modules/ai/nouns"
)

// read turns a clause into an action.
func (p *plan) read(c clause) {
	a := action{act: c.act}
	switch c.act {
	case none:
		return
	case signup:
		a.fields = fieldList(c.body).fields
	case login:
		if p.doing(signup) {
			p.token = true // who has just signed up needs no check
			return
		}
	case create:
		if !p.readCreate(c, &a) {
			return
		}
	case find, list, remove:
		if noun := object(c, c.body).noun(); c.act == find && (noun == "email" || noun == "mail" || noun == "notification") && slices.ContainsFunc(c.body, func(t token) bool { return t.mark == address }) {
			c.act, a.act = mail, mail // "get an email at a@b.co"
			readMail(c, &a)
			break
		}
		if !p.readQuery(c, &a) {
			return
		}
	case update:
		p.readUpdate(c, &a)
	case crud:
		p.readCRUD(c)
		return
	case contact:
		a.act, a.collection = create, "contacts"
		if c.body = append([]token{{text: c.verb, low: c.verb}}, c.body...); c.verb == "feedback" {
			a.collection = "feedback"
		}
		name, rest := place(c.body)
		if name != "" {
			a.collection = name
		}
		if a.fields = fieldList(rest).fields; len(a.fields) == 0 {
			a.fields = fields{named("name"), named("email"), named("message")}
		}
	case mail:
		readMail(c, &a)
	case wait:
		a.seconds = seconds(c.body)
	case reply:
		p.readReply(c)
		return
	case takes:
		p.readTakes(c)
		return
	case validate:
		p.checked = p.checked.add(readFields(c.body).fields...)
		return
	}
	if !p.joins(c, a) {
		p.actions = append(p.actions, a)
	}
}

// joins adds a "stores the user" to the action that makes the user already; false
// when there is none.
func (p *plan) joins(c clause, a action) bool {
	if a.act == signup {
		a.collection = usersCollection
	}
	for i := range p.actions {
		made := &p.actions[i]
		again := made.act == signup && a.collection == usersCollection || made.act == create && made.collection == a.collection && saves(c.verb)
		if again && (a.act == create || a.act == signup) {
			made.fields = made.fields.add(a.fields...)
			return true
		}
	}
	return false
}

// doing reports whether an act was read already.
func (p *plan) doing(a act) bool {
	return slices.ContainsFunc(p.actions, func(x action) bool { return x.act == a })
}

// readTakes reads what a workflow takes: "that takes a name and an email".
func (p *plan) readTakes(c clause) {
	if strings.HasPrefix(c.verb, "collect") && len(fieldList(c.body).fields) > 1 { // "collect feedback with rating and text"
		c.act = create
		p.read(c)
		return
	}
	l := readFields(c.body)
	if len(l.fields) == 0 {
		l = fieldList(c.body)
	}
	l.fields = slices.DeleteFunc(l.fields, func(f field) bool { return wrappers[f.name] })
	if n := len(p.actions); n > 0 && len(p.actions[n-1].fields) == 0 && (p.actions[n-1].act == create || p.actions[n-1].act == signup) {
		p.actions[n-1].fields = l.fields
		return
	}
	p.fields = p.fields.add(l.fields...)
}

// object finds the noun that a clause is about.
func object(c clause, tokens []token) phrase {
	for len(tokens) > 0 && (tokens[0].is("me", "us", "up", "out", "back", "you", "just", "only", "for") || endsItem(tokens[0]) && tokens[0].mark != stop) {
		tokens = tokens[1:]
	}
	np := nounPhrase(tokens)
	if len(np.words) == 1 && fieldWords[nouns.Singular(np.words[0].low)] && at(np.rest, 0).is("of") { // "the names of all users"
		if inner := nounPhrase(np.rest[1:]); len(inner.words) > 0 {
			return inner
		}
	}
	if len(np.words) == 0 && at(np.rest, 0).is("of", "for", "from", "on", "to", "in", "called", "named", "where", "that", "which") && !at(np.rest, 1).is("its", "id") {
		inner := nounPhrase(np.rest[1:])
		if len(inner.words) > 0 && !at(np.rest, 0).is("where", "that", "which", "to") {
			inner.one = inner.one || np.one
			inner.own = inner.own || np.own
			np = inner
		}
	}
	if len(np.words) == 0 {
		np.words = c.noun
	}
	return np
}

// readCreate reads "create a product with name and price"; false when the clause
// only says that something shall be built.
func (p *plan) readCreate(c clause, a *action) bool {
	if startsFeature(c.body) {
		return false
	}
	body := c.body
	a.collection, body = place(body)
	np := object(c, body)
	a.own = np.own
	noun := np.noun()
	if features[noun] || pronouns[noun] {
		noun = ""
	}
	if c.verb != "" && conjunctions[c.verb] && slices.ContainsFunc(p.actions, func(b action) bool { return b.collection == collectionName(nouns.Plural(noun)) }) {
		return false // "when a product is created" says only when
	}
	a.fields = fieldList(body).fields
	if a.collection == "" && (noun == "account" || noun == "user_account" || nouns.Singular(noun) == "user" && (a.fields.has("password") || p.checked.has("password") || p.token && !p.protect)) {
		a.act = signup
		return true
	}
	if n := len(p.actions); n > 0 && noun == "" && a.collection != "" && p.actions[n-1].act == create && len(a.fields) == 0 && !mentions(p.sentence, "also", "too", "additionally", "copy") {
		p.actions[n-1].collection = a.collection // "store it in inquiries"
		return false
	}
	if n := len(p.actions); n > 0 && noun == "" && a.collection != "" && len(a.fields) == 0 { // "save it in logs, too"
		a.fields = slices.DeleteFunc(slices.Clone(p.actions[n-1].fields), func(f field) bool { return f.name == "password" })
	}
	if noun == "" && a.collection == "" && strings.HasPrefix(c.verb, "book") && len(a.fields) > 0 {
		a.collection = "bookings" // "book a table"
	}
	switch {
	case noun == "" && a.collection == "" && c.verb != "subscribe":
		if at(np.rest, 0).is("it", "them", "everything", "that", "this") && saves(c.verb) && at(np.rest, 0).mark == word && !at(np.rest, 0).is("that") {
			return !p.doing(create) && !p.doing(signup) // its fields are those that the workflow takes
		}
		p.fields = p.fields.add(a.fields...)
		return false
	case c.verb == "subscribe":
		if a.collection == "" {
			a.collection = "subscribers"
		}
		a.fields = fields{named("email")}.add(a.fields...)
	case a.collection == "" && saves(c.verb) && np.owner != "" && len(a.fields) == 0:
		a.collection, a.fields = collectionName(nouns.Plural(np.owner)), readFields(body).fields
	case a.collection != "" && noun != "" && len(a.fields) == 0 && nouns.Plural(noun) != nouns.Plural(a.collection):
		a.fields = readFields(body).fields
	case a.collection == "" && saves(c.verb) && len(a.fields) == 0 && (fieldish(noun) || endsItem(at(np.rest, 0)) && at(np.rest, 0).mark != stop && at(np.rest, 0).text != "" && at(np.rest, 0).text != "(" && at(np.rest, 0).text != ":" && len(readFields(body).fields) > 1):
		a.fields = readFields(body).fields
	case a.collection == "":
		a.collection = collectionName(nouns.Plural(strings.ToLower(noun)))
		if hasInnerCapital(noun) || len(np.words) == 1 && np.words[0].mark == quoted {
			a.collection = collectionName(nouns.Plural(noun))
		}
	}
	return true
}

// saves tells verbs that store what came from those that make something.
func saves(verb string) bool {
	for _, w := range []string{"sav", "stor", "add", "insert", "keep", "persist", "log", "record", "append", "put"} {
		if strings.HasPrefix(verb, w) {
			return true
		}
	}
	return false
}

// fieldish reports whether a noun is more likely a field than a thing.
func fieldish(noun string) bool {
	return fieldNouns[noun]
}

var (
	fieldNouns = set("name email message phone address title content description password age price text subject body data input")
	fieldWords = set("name email title status description phone address content password role text message author color state stage body bio city country username nickname category type note subject")
)

// startsFeature reports whether a clause is about validation, tokens or the
// like: "add validation".
func startsFeature(body []token) bool {
	for _, t := range body {
		if t.in(determiners) || t.is("proper", "input", "some", "basic") {
			continue
		}
		return t.is("validation", "jwt", "token", "authentication", "error", "pagination")
	}
	return false
}

// readQuery reads the collection and the filter of a find, list or delete.
func (p *plan) readQuery(c clause, a *action) bool {
	if compares(c.body) {
		p.note("comparisons like more or less than are not known")
		return false
	}
	explicit, body := placeBehind(c.body, "in", "into", "inside", "from", "on")
	a.collection = explicit
	a.limit, a.sort = order(body)
	np := object(c, body)
	if len(np.words) > 1 && c.act != create { // "active users", "open tasks"
		if state := adjective(np.words[:1]); len(state.fields) > 0 && (state.fields[0].kind == "boolean" || states[np.words[0].low]) {
			a.by, np.words = a.by.add(state.fields...), np.words[1:]
		}
	}
	noun := np.noun()
	a.own = np.own || callers(body)
	profile := a.own && (noun == "account" || noun == "user") || noun == "profile" || noun == "current_user"
	switch {
	case profile && (p.protect || a.own):
		a.collection, a.own = usersCollection, true
		if c.act != remove {
			a.act = find
		}
		return true
	case noun == "" && a.collection == "" && len(conditions(body, "").fields) == 0 && len(np.rest) > 0 && !at(np.rest, 0).is("all", "it", "them", "him", "her"):
		if c.act == find && !endsItem(at(np.rest, 0)) || at(np.rest, 0).mark == stop {
			return false
		}
	}
	if slices.ContainsFunc(np.words, func(t token) bool { return t.is("jwt", "token") }) {
		return false
	}
	if explicit == "" && noun != "" && !pronouns[noun] && !features[noun] {
		a.collection = collectionName(nouns.Plural(noun))
		if !hasInnerCapital(noun) && np.words[0].mark != quoted {
			a.collection = collectionName(nouns.Plural(strings.ToLower(noun)))
		}
		if a.collection == "user_accounts" || a.collection == "user_profiles" {
			a.collection = usersCollection
		}
	}
	if a.collection == "" && features[noun] {
		return false
	}
	if clean(np.owner) != "" && noun != "" {
		a.by = a.by.add(ownerKey(np.owner))
	}
	all := slices.ContainsFunc(body[:min(len(body), 3)], func(t token) bool { return t.is("all", "every") })
	several := all || c.act == list || a.limit > 0 || a.sort != "" || nouns.IsPlural(strings.ToLower(noun)) && !np.one
	if all || c.act == list {
		body = shown(body)
	}
	if where := conditions(body, nouns.Singular(a.collection)); len(where.fields) > 0 {
		a.by = a.by.add(where.fields...)
	}
	switch {
	case c.act == remove:
		a.many = several // without a filter, demand says why that is not done
	case several:
		a.act, a.many = list, true
	case len(a.by) == 0 && c.act == find && noun == "" && a.collection == "":
		return mentions(body, "it", "them", "him", "her", "one", "all")
	}
	return true
}

func ownerKey(noun string) field { return field{name: clean(noun) + "Id", kind: "string"} }
