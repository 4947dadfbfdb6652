package builtin

import (
	"slices"
	"strconv"
	"strings"

	"github.com/orchestrix/orchestrix/modules/ai/nouns"
)

// conditions reads what documents must match: "by email", "where status is open",
// "of a customer". What has no value written comes from the caller.
func conditions(tokens []token, noun string) listed {
	l := listed{rest: tokens}
	for i := 0; i < len(l.rest); i++ {
		t := l.rest[i]
		var found listed
		switch {
		case t.is("by", "using", "where", "whose", "matching", "via", "given", "per", "when") && !sorts(l.rest, i) && (!t.is("matching", "given") || !at(l.rest, i-1).in(determiners)), t.is("on") && at(l.rest, i-1).is("based"):
			found = readConditions(l.rest[i+1:])
		case t.is("with", "from", "for", "in") && (noun != "" || withID(l.rest[i+1:])):
			if found = readConditions(l.rest[i+1:]); t.is("for", "from", "in") && (len(found.fields) > 0 && found.fields[0].fixed == nil) {
				found = listed{}
			}
		}
		owned := t.is("of", "for", "from") || t.is("to") && at(l.rest, i-1).is("assigned", "belonging", "attached", "linked", "related")
		if owned && noun != "" && len(found.fields) == 0 {
			found = parent(l.rest[i+1:], noun)
		}
		if t.is("that", "which", "who") && at(l.rest, i+1).is("are", "is", "were") {
			found = adjective(l.rest[i+2:])
		}
		if j := i + 1; t.is("in") && noun != "" { // "in the books category"
			for at(l.rest, j).in(determiners) {
				j++
			}
			if at(l.rest, j+1).is("category") && j+1 < len(l.rest) {
				found = listed{fields: fields{{name: "category", kind: "string", fixed: at(l.rest, j).text}}, rest: l.rest[j+2:]}
			}
		}
		if len(found.fields) > 0 {
			l.fields = l.fields.add(found.fields...)
			l.rest = append(slices.Clone(l.rest[:i]), found.rest...)
			i--
		}
	}
	return l
}

// sorts reports whether "by" belongs to "sorted by".
func sorts(tokens []token, i int) bool {
	before := at(tokens, i-1)
	if before.in(pronouns) {
		before = at(tokens, i-2) // "sort them by"
	}
	return tokens[i].is("by") && (before.is("sorted", "ordered", "sort", "sorting", "followed") || before.is("order") && i > 1 && !at(tokens, i-2).in(determiners))
}

func withID(tokens []token) bool {
	for len(tokens) > 0 && (tokens[0].in(determiners) || tokens[0].owns) {
		tokens = tokens[1:]
	}
	return at(tokens, 0).is("id")
}

func readConditions(tokens []token) (l listed) {
	for len(tokens) > 0 && len(l.fields) < maxFields {
		for len(tokens) > 0 && len(l.fields) > 0 && (tokens[0].mark == comma || tokens[0].is("and", "or")) {
			tokens = tokens[1:]
		}
		f, rest, ok := readCondition(tokens)
		if !ok {
			break
		}
		l.fields, tokens = l.fields.add(f), rest
		if next, after, ok := readCondition(tokens[min(1, len(tokens)):]); ok && at(tokens, 0).is("or") && next.fixed == nil {
			tokens = after // one of them is enough, and a filter has no other way to say so
		}
	}
	l.rest = tokens
	return l
}

// readCondition reads "the email", "status is open", "id 5".
func readCondition(tokens []token) (field, []token, bool) {
	i := 0
	for i < len(tokens) && (tokens[i].in(determiners) || tokens[i].owns || tokens[i].is("given", "matching", "unique")) {
		i++
	}
	var words []string
	if at(tokens, i).mark == quoted {
		words, i = append(words, tokens[i].text), i+1
	}
	for ; i < len(tokens) && len(words) < 3; i++ {
		t := tokens[i]
		if t.mark != word || t.in(stops) || t.text == "" || t.is("equals", "equal", "matches") || t.is("first") && endsItem(at(tokens, i+1)) || t.is("sort", "sorting") && len(words) == 0 {
			break
		}
		if t.low == "id" || t.low == "email" {
			words = append(words, t.low)
			i++
			break
		}
		words = append(words, t.text)
		if fieldWord(t) {
			i++
			break
		}
	}
	if len(words) == 0 || features[strings.ToLower(words[0])] && words[0] != "id" {
		return field{}, tokens, false
	}
	f := fieldOf(words)
	rest := tokens[i:]
	j := 0
	for j < 3 && (at(rest, j).is("is", "equals", "equal", "to", "are", "matches", "was", "set") || at(rest, j).mark == comma && at(rest, j).text == "=") {
		j++
	}
	v := at(rest, j)
	direct := j == 0 && v.mark == word && !endsItem(v) && !v.in(stops) && v.text != "" && endsItem(at(rest, 1)) && !v.is("first", "field", "address", "param", "parameter", "value", "query")
	if j > 0 && !v.in(determiners) && !v.is("given", "provided", "sent") && (v.mark == word && v.text != "" && !v.in(stops) || v.mark == number || v.mark == quoted) || j == 0 && (v.mark == quoted || v.mark == number) || direct {
		f.fixed = literal(v)
		f.kind = kindOf(f.fixed, f.kind)
		return f, rest[j+1:], true
	}
	if at(rest, 0).is("field", "address", "param", "parameter", "value") {
		rest = rest[1:]
	}
	return f, rest, true
}

// parent reads "of a customer": the documents that belong to one.
func parent(tokens []token, noun string) (l listed) {
	np := nounPhrase(tokens)
	if owner := nouns.Singular(np.noun()); owner != "" && owner != noun && !pronouns[owner] && !fieldWords[owner] && np.words[0].mark == word && (np.one || at(tokens, 0).is("given", "his", "their", "that", "specific")) {
		return listed{fields: fields{ownerKey(camel(strings.Split(owner, "_")))}, rest: np.rest}
	}
	return l
}

// compares reports whether a clause asks for more or less than something: a filter
// of the grammar knows only what is equal.
func compares(tokens []token) bool {
	for i, t := range tokens {
		if t.is("than") && i > 0 || t.is("over", "above", "under", "below", "between", "before", "after", "since") && at(tokens, i+1).mark == number {
			return true
		}
	}
	return false
}

// shown takes the fields out of a list's tokens that say what of its documents is
// wanted, "with their name and price": documents come whole, and nothing is
// looked for.
func shown(tokens []token) []token {
	i := slices.IndexFunc(tokens, func(t token) bool { return t.is("with") })
	if i < 0 || at(tokens, i+1).is("a", "an", "the", "given", "matching", "this", "that", "specific", "certain") {
		return tokens
	}
	l := readConditions(tokens[i+1:])
	if len(l.fields) == 0 || slices.ContainsFunc(l.fields, func(f field) bool { return f.fixed != nil || f.name == "id" }) {
		return tokens
	}
	return append(slices.Clone(tokens[:i]), l.rest...)
}

// states are words that are more often a status than anything else.
var states = set("open closed pending shipped cancelled canceled expired delivered")

// adjective reads "that are active".
func adjective(tokens []token) (l listed) {
	t := at(tokens, 0)
	negated := t.is("not")
	if negated {
		tokens, t = tokens[1:], at(tokens, 1)
	}
	if t.mark != word || t.text == "" || t.in(stops) || t.is("stored", "saved", "registered", "there", "available") {
		return l
	}
	f := named(t.low)
	if f.kind == "boolean" {
		f.fixed = !negated
	} else {
		f = field{name: "status", kind: "string", fixed: t.text}
	}
	return listed{fields: fields{f}, rest: tokens[1:]}
}

// order reads "the latest 10" and "sorted by price descending".
func order(tokens []token) (limit int, sort string) {
	for i, t := range tokens {
		if t.mark == number && i < 5 && limit == 0 && (i == 0 || counts(at(tokens, i-1))) {
			limit, _ = strconv.Atoi(t.low)
			limit = min(max(limit, 0), 1000)
		}
		if n := numbers[t.low]; t.mark == word && n > 1 && i < 5 && limit == 0 {
			limit = int(n) // "the ten newest"
		}
		switch {
		case sort != "" && t.is("latest", "newest", "highest", "largest"): // "by date, newest first"
			sort = "-" + strings.TrimPrefix(sort, "-")
		case sort != "" && t.is("oldest", "lowest", "smallest"):
		case t.is("latest", "newest", "recent", "last") || t.is("newest", "latest") && at(tokens, i+1).is("first"):
			sort = "-createdAt"
		case t.is("oldest"):
			sort = "createdAt"
		case sorts(tokens, i):
			f, rest, ok := readCondition(tokens[i+1:])
			if !ok {
				continue
			}
			sort = f.name
			if f.fixed != nil && strings.HasPrefix(strings.ToLower(textOf(f.fixed)), "desc") || at(rest, 0).is("descending", "desc") || at(rest, 1).is("descending", "desc") {
				sort = "-" + f.name
			}
		}
	}
	return limit, sort
}

// counts reports whether a number behind the token says how many.
func counts(t token) bool {
	return t.in(determiners) || t.in(quantities) || t.mark == word && verbs[t.low] != none || t.is("limit", "to", "us", "only", "just", "exactly", "around", "about")
}

func textOf(v any) string {
	s, _ := v.(string)
	return s
}
