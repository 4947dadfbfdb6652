package builtin

import (
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/modules/ai/nouns"
)

// act is what a clause asks for.
type act int

const (
	none act = iota
	signup
	login
	create
	list
	find
	update
	remove
	mail
	wait
	reply
	takes
	validate
	issue
	crud
	contact
)

// clause is a verb with the words that belong to it.
type clause struct {
	act     act
	verb    string
	noun    []token // words before a noun that names the act: the product of "product lookup"
	body    []token
	refused bool // "do not ..."
}

// What is read of a description: enough for any that people write.
const (
	maxClauses = 24
	maxBody    = 400 // tokens of a clause
	maxShared  = 6   // verbs with one object
)

// clauses cuts a description at its verbs. What stands before the first verb is
// a clause without one.
func clauses(tokens []token) []clause {
	all := []clause{{}}
	for i := 0; i < len(tokens) && len(all) <= maxClauses; i++ {
		last := &all[len(all)-1]
		a := starts(tokens, i, last)
		if a == none {
			if len(last.body) < maxBody {
				last.body = append(last.body, tokens[i])
			}
			continue
		}
		c := clause{act: a, verb: tokens[i].low, refused: i > 0 && tokens[i-1].is("not", "cannot")}
		if n := spell(last.body); a == wait && n > 0 { // "a 3 second delay"
			c.body = append(c.body, last.body[len(last.body)-n:]...)
			last.body = last.body[:len(last.body)-n]
		}
		np := nounPhrase(last.body)
		if len(np.words) == 0 && at(np.rest, 0).is("for", "of", "to") {
			np = nounPhrase(np.rest[1:]) // "an endpoint for user login"
		}
		if nounLike(tokens, i, a) && (last.act == create || last.act == none) && len(np.rest) == 0 {
			c.noun = np.words
			last.act, last.body = none, nil
		}
		if a == mail && tokens[i].mark != address && !tokens[i].is("send", "sends", "sending", "notify", "notifies") {
			c.body = append(c.body, tokens[i]) // the kind of mail
		}
		all = append(all, c)
	}
	return slices.DeleteFunc(all, func(c clause) bool { return c.act == none && len(c.body) == 0 })
}

// nounLike reports whether a verb is used as a noun: "a user lookup".
func nounLike(tokens []token, i int, a act) bool {
	switch a {
	case signup, login, crud, contact:
		return true
	case find:
		return tokens[i].is("lookup", "search") && i > 0 && !tokens[i-1].is("to", "and", "that", "i", "can")
	}
	return tokens[i].is("listing") || tokens[i].is("list") && at(tokens, i+1).in(built) // "a todo list app"
}

// starts says which act begins at a token.
func starts(tokens []token, i int, current *clause) act {
	t := tokens[i]
	if t.mark != word {
		return none
	}
	before, next := at(tokens, i-1), at(tokens, i+1)
	if a := mailStarts(t, before, next, tokens, i); a != none {
		if current.act == mail && !before.is("and", "then", "also") && before.mark == word {
			return none // the kind of the mail, not another one
		}
		return a
	}
	if t.is("contact", "feedback") && next.is("form", "request", "page", "message", "endpoint", "api") {
		return contact
	}
	if t.is("jwt", "token") && current.act != issue && current.act != reply && (next.mark == stop || next.mark == comma || next.text == "" || next.is("and", "for", "then", "with")) {
		return none // read over the whole text, see wantsToken
	}
	if conjunctions[t.low] && next.is("a", "an", "new") && happens(tokens[i+1:]) {
		return create
	}
	a := verbs[t.low]
	switch {
	case a == none:
		return none
	case a == signup || a == login:
		return accountStarts(tokens, i, current, a)
	case a == reply && current.act == update && mentions(current.body, "email", "mail"):
		return none // "change the mail to say"
	case a == wait && spell(current.body) > 0:
		return a // "a 3 second delay"
	case before.is("to") && !before.in(determiners):
		return a
	case t.is("crud"):
		return a
	case (a == find || a == list) && strings.HasSuffix(t.low, "ing") && current.act == create && before.mark == word && !before.in(stops) && !before.in(determiners) && !before.in(wrappers):
		return none // "a sensor reading"
	case t.in(nounVerbs) && !before.is("that", "which", "who", "it", "then", "also", "and", "i") && !before.in(wrappers) && before.mark != comma && i > 0:
		return none
	case t.in(nounVerbs) && (before.is("and") || before.mark == comma || i == 0) && !next.in(determiners) && !next.in(pronouns) && !nouns.IsPlural(next.low):
		return none
	case a == list && next.is("of"):
		if current.act == create || current.act == update || current.act == takes {
			return none
		}
		return a
	case next.in(wrappers) && !next.is("post", "one", "all") && !before.in(stops) || before.mark == stop || i == 0:
		if before.in(determiners) && t.low[len(t.low)-1] != 'g' && a == create {
			return none // "a book page"
		}
		return a
	case before.in(determiners) || before.is("of", "by", "with", "in", "as") || before.owns:
		return none
	case endsItem(next) && !sharesObject(tokens, i, maxShared):
		return none
	case a == takes && t.is("need", "needs", "ask", "asks", "expect", "expects") && next.is("to", "for") && !before.is("that", "and"):
		return none
	case t.is("count", "view") && !before.is("to", "and", "that") && i > 0:
		return none
	case a == reply && current.act == mail:
		return none // "saying" belongs to the mail
	case a == create && t.is("book", "report", "track", "place", "file", "log", "leave", "schedule", "upload", "open", "post", "record") && !next.in(determiners):
		return none
	}
	return a
}

var (
	conjunctions = set("when whenever once after if")
	participles  = set("created added submitted placed received stored saved made booked inserted posted")
)

// happens reports whether "an order with a product is created" follows.
func happens(tokens []token) bool {
	for i := 1; i < min(len(tokens), 15) && tokens[i].mark != stop; i++ {
		if tokens[i].in(participles) && tokens[i-1].is("is", "was", "gets", "has", "been") {
			return true
		}
	}
	return false
}

// accountStarts tells "register" and "login" as acts from those that only say
// when, or of what.
func accountStarts(tokens []token, i int, current *clause, a act) act {
	earlier, before, t, next, at2 := at(tokens, i-2), at(tokens, i-1), tokens[i], at(tokens, i+1), at(tokens, i+2)
	switch {
	case current.act == a && !before.is("and"), current.act == remove && before.in(determiners): // "remove the login check"
		return none
	case before.in(determiners) && earlier.is("after", "before", "of", "in"), before.is("after", "by", "at", "last", "before", "on") || before.in(determiners) && next.is("date", "time", "count", "attempts", "history"):
		return none
	case t.is("register", "registers", "registering", "signup") && next.is("for") && at2.in(determiners), t.is("register", "registers", "registering") && !accountNoun(tokens[i+1:]) && !mentions(tokens[i+1:min(len(tokens), i+30)], "password"):
		return create
	}
	return a
}

// accountNoun reports whether registering it makes an account.
func accountNoun(tokens []token) bool {
	for len(tokens) > 0 && tokens[0].in(determiners) {
		tokens = tokens[1:]
	}
	next := at(tokens, 0)
	return next.mark != word || next.text == "" || next.in(stops) || next.in(wrappers) || next.is("user", "users", "person", "someone", "somebody", "account", "accounts", "member", "members", "customer", "customers", "people", "myself")
}

// mailStarts tells mail as an act from email as a field.
func mailStarts(t, before, next token, tokens []token, i int) act {
	switch {
	case t.is("welcome", "confirmation", "notification", "verification", "reminder", "thanks", "alert") && next.is("email", "mail") && !before.is("send", "sends", "sending") && !mailPending(tokens, i):
		return mail
	case t.is("email", "mail") && next.is("notification", "notifications", "confirmation") && !mailPending(tokens, i):
		return mail
	case !t.is("email", "mail") || before.in(determiners) || before.is("by", "of", "valid", "send", "find", "get", "via") || mailPending(tokens, i):
		if t.is("notify", "notifies", "notifying") {
			return mail
		}
		return none
	case next.mark == address, next.in(admins), next.is("them", "him", "her", "everyone"), next.is("to") && at(tokens, i+2).mark == address, next.is("it") && at(tokens, i+2).is("to"):
		return mail
	case t.is("mail") && (before.is("with", "and") && (endsItem(next) || next.is("to"))):
		return mail
	case (next.is("the", "a", "an", "that", "this") || next.is("to")) && !before.is("with", "using", "and") && (i == 0 || before.mark != comma):
		return mail
	case next.is("the") && (before.is("and") || before.mark == comma) && at(tokens, i+2).is("user", "customer", "admin", "owner", "team", "person", "sender", "client", "buyer"):
		return mail
	}
	return none
}

// mailPending reports whether a sending verb stands a few words before.
func mailPending(tokens []token, i int) bool {
	for j := i - 1; j >= max(0, i-6) && tokens[j].mark == word; j-- {
		if tokens[j].is("send", "sends", "sending") {
			return true
		}
	}
	return false
}

// endsItem reports whether an item of a list ends before the token.
func endsItem(t token) bool {
	return t.mark == comma || t.mark == stop || t.text == "" && t.mark == word || t.is("and", "or")
}

// sharesObject reports whether a verb shares its object with the next: "create
// and list products".
func sharesObject(tokens []token, i, most int) bool {
	if most == 0 {
		return false
	}
	for j := i + 1; j < min(len(tokens), i+4); j++ {
		switch {
		case verbs[tokens[j].low] != none && tokens[j].mark == word && !endsItem(at(tokens, j+1)):
			return true
		case verbs[tokens[j].low] != none && tokens[j].mark == word:
			return sharesObject(tokens, j, most-1)
		case !endsItem(tokens[j]) || tokens[j].mark == stop:
			return false
		}
	}
	return false
}

// at is the token at an index, or none.
func at(tokens []token, i int) token {
	if i < 0 || i >= len(tokens) {
		return token{}
	}
	return tokens[i]
}
