package builtin

import (
	"slices"
	"strconv"
	"strings"

	"github.com/orchestrix/orchestrix/modules/ai/nouns"
)

// readUpdate reads "update a task's status by id" and its other word orders.
func (p *plan) readUpdate(c clause, a *action) {
	explicit, body := place(c.body)
	where := conditions(body, "")
	a.by, body = where.fields, where.rest
	var target []token
	np := nounPhrase(body)
	a.own = np.own || callers(body)
	noun, one := "", np.one
	switch i := slices.IndexFunc(body, func(t token) bool { return t.is("of", "for", "on") }); {
	case np.owner != "":
		noun, target = np.owner, append(slices.Clone(np.words), np.rest...)
	case i > 0 && len(np.words) > 0:
		of := nounPhrase(body[i+1:])
		noun, target = of.noun(), append(slices.Clone(body[:i]), of.rest...)
		a.own, one = a.own || of.own, of.one
	case len(np.words) > 1 && fieldWord(np.words[len(np.words)-1]):
		noun = phrase{words: np.words[:len(np.words)-1]}.noun()
		target = append([]token{np.words[len(np.words)-1]}, np.rest...)
	case len(np.words) == 1 && fieldWord(np.words[0]) && explicit == "" && !at(body, 0).is("a", "an"):
		target = body
	case len(np.words) == 1 && explicit != "" && nouns.Plural(np.noun()) != nouns.Plural(explicit):
		target = body
	default:
		noun, target = np.noun(), np.rest
		a.fields = readUpdateFields(np.rest)
	}
	if a.fields == nil {
		a.fields = readUpdateFields(target)
	}
	switch {
	case explicit != "":
		a.collection = explicit
	case noun != "" && !pronouns[noun]:
		a.collection = collectionName(nouns.Plural(noun))
	}
	if a.own && explicit == "" && (noun == "profile" || noun == "account" || noun == "user" || noun == "" && len(np.words) > 0) {
		a.collection = usersCollection // "change my email"
	}
	if a.fields = marked(c.verb, body, a.fields); len(a.fields) == 0 && strings.HasPrefix(c.verb, "renam") {
		a.fields = fields{named("name")}
	}
	a.many = nouns.IsPlural(noun) && !one && len(a.by) > 0
}

func fieldWord(t token) bool {
	return t.mark == word && !t.owns && (named(t.low).kind != "string" || fieldWords[t.low])
}

// readUpdateFields reads the fields to set, and "to shipped" behind one.
func readUpdateFields(tokens []token) fields {
	l := fieldList(tokens)
	if len(l.fields) == 0 {
		l = readFields(tokens)
	}
	return l.fields
}

// marked reads "as done" and "to shipped": fixed values.
func marked(verb string, body []token, given fields) fields {
	sets := strings.HasPrefix(verb, "mark") || strings.HasPrefix(verb, "set")
	for i, t := range body {
		if !t.is("as", "to") || !sets && (t.is("as") || at(body, i+1).in(determiners)) {
			continue
		}
		j := i + 1
		for at(body, j).in(determiners) || at(body, j).is("be") {
			j++
		}
		v := at(body, j)
		if v.mark == word && (v.text == "" || v.in(stops)) {
			return given
		}
		value := literal(v)
		switch {
		case len(given) > 0 && t.is("to"):
			given[0].fixed = value
			given[0].kind = kindOf(value, given[0].kind)
		case v.mark == word && named(v.low).kind == "boolean":
			return fields{{name: v.low, kind: "boolean", fixed: true}}
		default:
			return fields{{name: "status", kind: "string", fixed: v.text}}
		}
		return given
	}
	return given
}

// literal is the value that is written: a number, true or false, or a text.
func literal(t token) any {
	if t.mark == number {
		if n, err := strconv.ParseFloat(t.low, 64); err == nil {
			return n
		}
	}
	switch {
	case t.is("true", "yes"):
		return true
	case t.is("false"):
		return false
	}
	return t.text
}

func kindOf(v any, otherwise string) string {
	switch v.(type) {
	case float64:
		return "number"
	case bool:
		return "boolean"
	}
	return otherwise
}
