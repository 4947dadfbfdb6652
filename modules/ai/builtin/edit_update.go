package builtin

import (
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// update does "change the response status to 201", "rename the email step to
// Notify", "change the subject to ...".
func (f *flow) update(c clause) {
	body := c.body
	to := slices.IndexFunc(body, func(t token) bool { return t.is("to", "as", "into") })
	switch {
	case strings.HasPrefix(c.verb, "renam") || mentions(body, "label"):
		f.rename(body, to)
	case mentions(body, "required", "optional", "mandatory"):
		f.require(slices.DeleteFunc(slices.Clone(body), func(t token) bool { return t.is("to", "be") }))
	case mentions(body, "field", "fields"):
		f.addFields(c)
	case f.last("emailSend") >= 0 && (mentions(body, "subject", "recipient") || mentions(body, "email", "mail") && to >= 0):
		f.updateMail(body)
	case f.last("delay") >= 0 && mentions(body, "delay", "wait", "pause", "seconds"):
		f.wait(f.last("delay"), body)
	case mentions(body, "collection", "table") && to >= 0:
		f.move(body[to+1:])
	case mentions(body, "response", "status", "answer", "message", "reply") && len(conditions(body, "").fields) == 0:
		f.reply(body)
	case mentions(body, "expiry", "expiration", "lifetime") && f.last("jwtGenerate") >= 0:
		f.cannot("how long a token is valid is set in the step itself")
	case len(conditions(body, "").fields) > 0:
		f.addAction(c)
	case f.first("dbUpdate") >= 0: // "also update the description"
		f.addFields(c)
	}
}

// wait changes how long a step waits.
func (f *flow) wait(i int, body []token) {
	s, n := f.steps[i], delayNode(seconds(body))
	s.label, s.fields, s.changed = n.label, n.fields, true
	f.did("changed the delay")
}

func (f *flow) rename(body []token, to int) {
	if to < 0 {
		f.cannot("nobody said what the new name is")
		return
	}
	var words []string
	for _, t := range body[to+1:] {
		if t.mark == stop || len(words) > 8 {
			break
		}
		if t.text != "" && t.mark != comma {
			words = append(words, t.text)
		}
	}
	target := slices.DeleteFunc(slices.Clone(body[:to]), func(t token) bool { return t.is("label", "of", "name") })
	i := f.target(target)
	if i < 0 || len(words) == 0 {
		f.cannot("there is no such step to rename")
		return
	}
	f.steps[i].label, f.steps[i].changed = shortenTo(strings.Join(words, " "), 80), true
	f.did("renamed a step to \"" + f.steps[i].label + "\"")
}

// updateMail changes whom a mail goes to and what it says.
func (f *flow) updateMail(body []token) {
	var a action
	subject := mentions(body, "subject")
	readMail(clause{body: body}, &a)
	s := f.steps[f.last("emailSend")]
	text := a.text
	if text == "" && a.subject == "" {
		if i := slices.IndexFunc(body, func(t token) bool { return t.is("to") }); i >= 0 {
			text = plain(body[i+1:])
		}
	}
	switch {
	case len(a.to) > 0 && a.to[0] != placeholder:
		s.set("to", strings.Join(a.to, ", "))
	case subject && firstOf(a.subject, text) != "":
		s.set("subject", f.settle(firstOf(a.subject, text), s))
	case text != "":
		s.set("body", "<p>"+f.settle(text, s)+"</p>")
	default:
		f.cannot("nobody said what the mail shall be")
		return
	}
	f.did("changed the mail")
}

// plain is the text of a few words.
func plain(tokens []token) string {
	var words []string
	for _, t := range tokens {
		if t.mark == stop || len(words) > 20 {
			break
		}
		if t.text != "" && t.mark != comma {
			words = append(words, t.text)
		}
	}
	return strings.Join(words, " ")
}

// move changes the collection that is written to, or read when none is.
func (f *flow) move(tokens []token) {
	noun := nounPhrase(tokens).noun()
	i := f.first("dbInsert", "dbUpdate", "dbDelete")
	if i < 0 {
		i = f.first("dbFind")
	}
	if i < 0 || noun == "" {
		f.cannot("there is no database step to change")
		return
	}
	f.steps[i].set("collection", collectionName(noun))
	f.did("changed the collection to " + collectionName(noun))
}

// reply changes the status and the message of the answer.
func (f *flow) reply(body []token) {
	status, message := replyOf(body)
	if to := slices.IndexFunc(body, func(t token) bool { return t.is("to", "say") }); message == "" && status == 0 && to >= 0 {
		message = plain(body[to+1:])
	}
	if to := slices.IndexFunc(body, func(t token) bool { return t.is("to") }); status == 0 && to > 0 && mentions(body[:to], "message") && message == "" {
		message = plain(body[to+1:])
	}
	i := f.last("response")
	if i < 0 {
		f.insert(len(f.steps), responseNode(200, doc.Object{}))
		i = len(f.steps) - 1
	}
	s := f.steps[i]
	if status > 0 {
		s.fields = doc.Without(s.fields, "statusCode")
		s.set("status", status)
		f.did("changed the status of the answer")
	}
	if message != "" {
		o := doc.Child(s.fields, "body")
		s.set("body", doc.Set(o, "message", f.settle(message, s)))
		f.did("changed the message of the answer")
	}
	if status == 0 && message == "" {
		f.extend(body)
	}
}

// extend adds results to the answer: "also return the token".
func (f *flow) extend(body []token) {
	if mentions(body, "jwt", "token") {
		if f.first("jwtGenerate") < 0 {
			f.addToken()
			return
		}
		f.show(doc.Object{{"token", "{{token}}"}})
		f.did("the token is returned")
		return
	}
	for _, x := range fieldsIn(body) {
		if f.vars().has(x.name) && x.name != "password" {
			f.show(doc.Object{{x.name, variable(x.name)}})
			f.did(x.name + " is returned")
		}
	}
}
