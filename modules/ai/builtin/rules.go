package builtin

import "strconv"

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
		low := t.is("least", "minimum", "min", "longer", "over", "above") || t.is("than") && at(tokens, i-1).is("more", "greater")
		high := t.is("most", "maximum", "max", "shorter", "under", "below") || t.is("than") && at(tokens, i-1).is("less")
		if !low && !high {
			continue
		}
		at0 := at(tokens, i+1)
		n, err := strconv.ParseFloat(at0.low, 64)
		if at0.mark != number || err != nil || n < 0 || n > 1e9 {
			continue
		}
		name := subject(tokens[:i])
		if name == "" {
			continue
		}
		r := rule{field: name, value: n}
		chars := at(tokens, i+2).is("characters", "character", "chars", "letters", "digits", "long", "symbols")
		switch {
		case low && chars:
			r.key = "minLength"
		case high && chars:
			r.key = "maxLength"
		case low:
			r.key = "min"
		default:
			r.key = "max"
		}
		rules = append(rules, r)
	}
	return rules
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
