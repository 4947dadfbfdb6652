package builtin

import (
	"slices"
	"strconv"
	"strings"
)

// rule is a demand on a field that the description makes: "age must be at least 18".
type rule struct {
	field string
	key   string // minLength, maxLength, min, max, required
	value any
}

// rulesIn reads the demands in a whole description.
func rulesIn(tokens []token) (rules []rule) {
	for i, t := range tokens {
		if len(rules) > maxFields {
			break
		}
		if from, to, ok := span(tokens[i:]); ok {
			rules = append(rules, limit(tokens[:i], true, from, at(tokens, i+4)), limit(tokens[:i], false, to, at(tokens, i+4)))
			continue
		}
		low := t.in(lows) || t.is("than") && at(tokens, i-1).is("more", "greater")
		high := t.in(highs) || t.is("than") && at(tokens, i-1).is("less")
		if n, ok := amount(at(tokens, i+1)); ok && (low || high) {
			rules = append(rules, limit(tokens[:i], low, n, at(tokens, i+2)))
		}
	}
	return slices.DeleteFunc(rules, func(r rule) bool { return r.field == "" })
}

var (
	lows  = set("least minimum min longer over above")
	highs = set("most maximum max shorter under below")
	units = set("characters character chars letters digits long symbols")
)

func amount(t token) (float64, bool) {
	n, err := strconv.ParseFloat(t.low, 64)
	return n, t.mark == number && err == nil && n >= 0 && n <= 1e9
}

// span reads "between 1 and 5", "from 1 to 5" and the "1-5" of "rating (1-5)".
func span(tokens []token) (from, to float64, ok bool) {
	low, high := at(tokens, 1), at(tokens, 3)
	switch {
	case tokens[0].is("between") && at(tokens, 2).is("and", "to"), tokens[0].is("from") && at(tokens, 2).is("to"):
	case tokens[0].text == "(" && low.mark == number:
		first, last, _ := strings.Cut(low.low, "-")
		low.low, high = first, token{low: last, mark: number}
	default:
		return 0, 0, false
	}
	from, ok1 := amount(low)
	to, ok2 := amount(high)
	return from, to, ok1 && ok2 && from <= to
}

// limit is the demand that is made after some tokens, with what stands behind the
// number.
func limit(before []token, low bool, n float64, unit token) rule {
	r := rule{field: subject(before), value: n, key: "max"}
	long := unit.in(units)
	switch {
	case low && long:
		r.key = "minLength"
	case long:
		r.key = "maxLength"
	case low:
		r.key = "min"
	}
	return r
}

// demand is how many tokens at the beginning are a demand on the field before
// them, "(at least 3 characters)", "in minutes", or 0: the list of fields goes on
// behind it.
func demand(tokens []token) int {
	if at(tokens, 0).is("in") && at(tokens, 1).in(measures) {
		return 2
	}
	compares := false
	for i := 0; i < min(len(tokens), 10); i++ {
		t := tokens[i]
		switch {
		case t.mark == number && compares:
			end := i + 1
			if at(tokens, end).is("and", "to") && at(tokens, end+1).mark == number {
				end += 2
			}
			for at(tokens, end).in(units) {
				end++
			}
			if at(tokens, end).text == ")" {
				end++
			}
			if at(tokens, end).is("and") {
				if more := demand(tokens[end+1:]); more > 0 {
					end += 1 + more
				}
			}
			return end
		case t.in(lows) || t.in(highs) || t.is("between", "exactly", "than") || t.is("from") && at(tokens, i+1).mark == number:
			compares = true
		case t.text == "(" && i == 0 || t.is("of", "at", "must", "should", "be", "is", "has", "have", "with", "a", "an", "length", "more", "greater", "less", "which", "that", "it"):
		default:
			return 0
		}
	}
	return 0
}

// choosable are fields that have one of a few values more often than parts of their
// own: "priority (low, medium, high)".
var choosable = set("status state priority role type category level size color colour gender plan severity kind stage currency difficulty visibility")

// annotates reports whether the bracket at a place says more of the field before
// it, and holds no fields: "tags (array, optional)".
func annotates(tokens []token, i int) bool {
	before := at(tokens, i-1)
	if before.is("field") {
		before = at(tokens, i-2)
	}
	if _, n := choicesIn(tokens[i:]); n > 0 && choosable[before.low] || demand(tokens[i:]) > 0 {
		return true
	}
	first := at(tokens, i+1)
	return first.is("optional", "required") || first.mark == word && typeWords[first.low] != "" && endsItem(at(tokens, i+2))
}

// choicesIn reads the values at the beginning, in brackets or behind "one of",
// and how many tokens that are.
func choicesIn(tokens []token) (values []string, n int) {
	brackets, oneOf := at(tokens, 0).text == "(", at(tokens, 0).is("one") && at(tokens, 1).is("of") || at(tokens, 0).is("with") && at(tokens, 1).is("values", "options", "choices")
	if !brackets && !oneOf {
		return nil, 0
	}
	last := false // only one more follows: "low, medium or high"
	for n = 1; n < min(len(tokens), 40); n++ {
		switch t := tokens[n]; {
		case t.text == ")" || last && !brackets && len(values) > 1 && endsItem(t), !brackets && (t.mark == stop || t.is("and")):
			if brackets {
				n++
			}
			return several(values, n)
		case t.is("or"):
			last = endsItem(at(tokens, n+2))
		case t.mark == comma, t.is("and", "one", "of", "values", "options", "choices"):
		case t.mark == word && typeWords[t.low] == "" && !t.is("optional", "required") || t.mark == quoted:
			values = append(values, unvaried(t.text))
		default:
			return nil, 0
		}
	}
	if brackets {
		return nil, 0
	}
	return several(values, n)
}

func several(values []string, n int) ([]string, int) {
	if len(values) < 2 {
		return nil, 0
	}
	return values, n
}

// subject is the field that a demand is about: the last noun before "must", "is"
// or "of".
func subject(tokens []token) string {
	for i := len(tokens) - 1; i >= max(0, len(tokens)-8); i-- {
		t := tokens[i]
		if t.mark == stop {
			return ""
		}
		if t.mark == word && !t.in(stops) && !t.in(determiners) && !t.is("at", "long", "length", "more", "greater", "less", "least", "minimum", "maximum", "value", "not", "number", "text", "string", "valid") && verbs[t.low] == none || t.mark == quoted {
			f := fieldOf([]string{t.text})
			if t.is("email") {
				f.name = "email"
			}
			return f.name
		}
	}
	return ""
}
