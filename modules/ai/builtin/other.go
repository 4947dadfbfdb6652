package builtin

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/orchestrix/orchestrix/modules/ai/nouns"
)

// readMail reads whom a mail goes to and what it says.
func readMail(c clause, a *action) {
	body := c.body
	for i, t := range body {
		next := at(body, i+1)
		switch {
		case strings.HasPrefix(t.low, "{{"): // a variable, not a text
			if at(body, i-1).is("to", "at") && clean(t.text) == t.text && a.to == nil {
				a.to = []string{variable(t.text)}
			}
		case t.mark == address:
			a.to = append(a.to, t.text)
		case t.is("welcome", "confirmation", "verification", "reminder", "receipt", "invoice", "thanks") && a.kind == "":
			a.kind = t.low
		case t.in(admins) && len(a.to) == 0 && !at(body, i-1).is("to") || t.in(admins) && at(body, i-1).in(set("to the our an my your")):
			a.kind = firstOf(a.kind, "notification")
			if a.to == nil {
				a.to = []string{placeholder}
			}
		case t.is("subject", "title"):
			if v := behind(body[i+1:]); v != "" {
				a.subject = v
			}
		case t.is("saying", "says", "say", "body", "text", "message", "content", "reading"):
			if v := behind(body[i+1:]); v != "" {
				a.text = v
			}
		case t.mark == quoted && a.text == "" && a.subject != t.text && !mailAddress.MatchString(t.text) && next.text != "subject":
			a.text = t.text
		case t.mark == quoted && mailAddress.MatchString(t.text):
			a.to = append(a.to, t.text)
		}
	}
	if len(a.to) > 1 && a.to[0] == placeholder {
		a.to = a.to[1:]
	}
}

// mailAddress is how an address looks; a quoted text may have an "@", too.
var mailAddress = regexp.MustCompile(`^[^\s@{}<>,;"]+@[^\s@{}<>,;"]+$`)

// placeholder is where mail goes that is meant for somebody whose address was not
// said: nobody gets it.
const placeholder = "admin@example.com"

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// behind is the quoted text a few words on.
func behind(tokens []token) string {
	for i := 0; i < min(len(tokens), 3); i++ {
		if tokens[i].mark == quoted {
			return tokens[i].text
		}
		if !tokens[i].is("of", "is", "to", "line", "as") && tokens[i].mark != comma {
			return ""
		}
	}
	return ""
}

var numbers = map[string]float64{"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "fifteen": 15, "twenty": 20, "thirty": 30, "half": 0.5}

// maxSeconds is the longest that any run waits (engine.md, delay).
const maxSeconds = 300

// seconds reads a time: "5 seconds", "500ms", "two minutes".
func seconds(tokens []token) float64 {
	for i, t := range tokens {
		n, ok := numbers[t.low]
		unit := at(tokens, i+1).low
		if t.mark == number {
			digits := strings.TrimRight(t.low, "abcdefghijklmnopqrstuvwxyz")
			parsed, err := strconv.ParseFloat(digits, 64)
			n, ok = parsed, err == nil
			if digits != t.low {
				unit = t.low[len(digits):]
				n, err = strconv.ParseFloat(strings.TrimRight(digits, "-"), 64) // "3-second"
				ok = err == nil
			}
		} else if ok = ok && t.mark == word && strings.ContainsAny(unit, "smh"); !ok || !timeUnit(unit) {
			continue
		}
		if !ok {
			continue
		}
		switch {
		case strings.HasPrefix(unit, "ms") || strings.HasPrefix(unit, "milli"):
			n /= 1000
		case strings.HasPrefix(unit, "m"):
			n *= 60
		case strings.HasPrefix(unit, "h"):
			n *= 3600
		}
		return min(max(n, 0), maxSeconds)
	}
	return 1
}

// spell is how many tokens at the end are a time: "3 second", "500ms".
func spell(tokens []token) int {
	last, number1 := at(tokens, len(tokens)-1), at(tokens, len(tokens)-2)
	switch {
	case last.mark == number && timeUnit(strings.TrimLeft(last.low, "0123456789.-")):
		return 1
	case number1.mark == number && last.mark == word && timeUnit(last.low):
		return 2
	}
	return 0
}

func timeUnit(unit string) bool {
	for _, u := range []string{"ms", "milli", "sec", "s", "min", "hour"} {
		if strings.HasPrefix(unit, u) {
			return true
		}
	}
	return false
}

// readReply reads "return hello world" and "respond with status 204".
func (p *plan) readReply(c clause) {
	status, message := replyOf(c.body)
	if status > 0 {
		p.status = status
	}
	if message != "" {
		p.message = message
		return
	}
	if len(p.actions) > 0 || status > 0 || len(c.body) == 0 {
		return
	}
	every := at(c.body, 0).is("all", "every")
	np := object(c, c.body)
	where := conditions(c.body, nouns.Singular(np.noun()))
	if noun := np.noun(); (every || len(where.fields) > 0 || (np.own || callers(c.body)) && nouns.IsPlural(noun)) && noun != "" && !features[noun] {
		a := action{act: find}
		if p.readQuery(clause{act: find, verb: "get", body: c.body}, &a) {
			p.actions = append(p.actions, a)
		}
		return
	}
	if l := fieldList(c.body); len(l.fields) > 0 {
		return
	}
	var words []string
	for _, t := range c.body {
		if t.mark == stop {
			break
		}
		if t.mark == comma || len(words) == 0 && (t.in(determiners) || t.is("with", "just", "only", "back", "always", "simple", "fixed", "static", "message", "text", "string")) || len(words) > 20 {
			continue
		}
		words = append(words, t.text)
	}
	if len(words) > 0 && !p.token && !at(c.body, 0).is("it", "them", "its", "the", "what", "whatever") && !at(c.body, 1).is("input") {
		p.message = strings.Join(words, " ")
	}
}

// replyOf reads a status and a message.
func replyOf(tokens []token) (status int64, message string) {
	for i, t := range tokens {
		switch {
		case t.mark == number && len(t.low) == 3 && status == 0:
			if n, err := strconv.ParseInt(t.low, 10, 64); err == nil && n >= 200 && n <= 599 {
				status = n
			}
		case t.mark == quoted && message == "":
			message = t.text
		case t.is("saying", "says", "message") && message == "":
			var words []string
			for _, w := range tokens[i+1:] {
				if w.mark != word || len(words) > 20 || w.is("with", "and", "status") {
					break
				}
				if len(words) > 0 || !w.is("of", "is", "to", "saying", "that", "says") {
					words = append(words, w.text)
				}
			}
			message = strings.Join(words, " ")
		}
	}
	return status, message
}

// readCRUD reads "CRUD for products". A workflow is one endpoint and has no
// branches, so it stores one and lists what is there.
func (p *plan) readCRUD(c clause) {
	np := object(c, c.body)
	noun := np.noun()
	if noun == "" {
		noun = "record"
	}
	collection, own := collectionName(nouns.Plural(noun)), np.own || callers(c.body)
	p.actions = append(p.actions, action{act: create, collection: collection, fields: fieldList(c.body).fields, own: own}, action{act: list, collection: collection, many: true, own: own})
	p.note("a workflow is one endpoint: this one stores into " + collection + " and lists it; ask for \"update a " + nouns.Singular(collection) + " by id\" and \"delete a " + nouns.Singular(collection) + " by id\" in workflows of their own")
}

// fromNoun reads a description without a verb: "product API with name and price".
func (p *plan) fromNoun(c clause) {
	if c.act != none || len(p.actions) > 0 {
		return
	}
	made := slices.ContainsFunc(c.body, func(t token) bool { return t.in(built) })
	np := nounPhrase(c.body)
	if noun := np.noun(); made && noun != "" && !features[noun] && noun != "hello_world" && p.message == "" {
		p.actions = append(p.actions, action{act: create, collection: collectionName(nouns.Plural(noun)), fields: fieldList(np.rest).fields})
	}
}
