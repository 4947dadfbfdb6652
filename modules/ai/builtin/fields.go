package builtin

import (
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/modules/ai/nouns"
)

// field is something that callers send and documents hold.
type field struct {
	name, kind string // string, number, boolean, email, date, array
	optional   bool
	choices    []string // the only texts that it may have; nil is any
	fixed      any      // the only value that it may have; nil is any
	chosen     bool     // a password that is being set: it must not be too short
}

const maxFields = 30

// fields are kept in order, one for each name.
type fields []field

func (f fields) has(name string) bool {
	return slices.ContainsFunc(f, func(x field) bool { return x.name == name })
}

// add adds a field, or demands the one that is there when it is not optional.
func (f fields) add(all ...field) fields {
	for _, x := range all {
		i := slices.IndexFunc(f, func(y field) bool { return y.name == x.name })
		switch {
		case i >= 0:
			f[i].optional = f[i].optional && x.optional
		case x.name != "" && len(f) < maxFields:
			f = append(f, x)
		}
	}
	return f
}

// email is the first field that holds an address, or "".
func (f fields) email() string {
	for _, x := range f {
		if x.kind == "email" {
			return x.name
		}
	}
	return ""
}

var kinds = map[string]map[string]bool{
	"number":  set("age price qty quantity count amount total stock rating score year cost salary weight height width length size budget balance points level rank priority_number discount percent percentage floor seats guests capacity duration minutes hours days temperature latitude longitude tax fee stars"),
	"boolean": set("done active completed complete published enabled disabled paid available verified archived public private approved finished checked read featured visible deleted subscribed accepted urgent"),
	"date":    set("date birthday birthdate deadline due dob"),
	"array":   set("tags items list categories labels images options roles lines"),
}

var typeWords = map[string]string{
	"number": "number", "numeric": "number", "int": "number", "integer": "number", "float": "number", "decimal": "number", "numbers": "number",
	"string": "string", "text": "string", "boolean": "boolean", "bool": "boolean", "flag": "boolean", "array": "array", "list": "array", "date": "date",
}

// named is a field with the type that its name suggests.
func named(name string) field {
	low := strings.ToLower(name)
	f := field{name: name, kind: "string"}
	switch {
	case low == "input": // would hide the request
		f.name = "inputValue"
	case low == "email" || strings.HasSuffix(low, "email"):
		f.kind = "email"
	case strings.HasPrefix(name, "numberOf"):
		f.kind = "number"
	case len(name) > 2 && strings.HasPrefix(name, "is") && strings.ToUpper(name[2:3]) == name[2:3], len(name) > 3 && strings.HasPrefix(name, "has") && strings.ToUpper(name[3:4]) == name[3:4]:
		f.kind = "boolean"
	case strings.HasSuffix(name, "Date") || strings.HasSuffix(low, "_date") || strings.HasSuffix(name, "At") && len(name) > 3:
		f.kind = "date"
	default:
		last := low
		for i, r := range name {
			if r >= 'A' && r <= 'Z' || r == '_' {
				last = strings.Trim(low[i:], "_")
			}
		}
		for kind, names := range kinds {
			if names[last] {
				f.kind = kind
			}
		}
	}
	return f
}

// listed is a list of fields and where it ended.
type listed struct {
	fields fields
	rest   []token
}

// fieldList finds the list of fields in a clause: behind "with", a colon, or a
// verb like "takes".
func fieldList(tokens []token) listed {
	for i, t := range tokens {
		if !t.is("with", "containing", "including", "contains", "includes", "having", "has", "have", "fields", "properties", "attributes", "columns", "using", "from", "like") && (t.mark != comma || t.text != ":" && t.text != "(") {
			continue
		}
		if t.is("from") && nouns.IsPlural(at(tokens, i+1).low) {
			continue // from whom, not what
		}
		if at(tokens, i+1).is("default", "defaults", "values", "options", "choices") || t.text == "(" && annotates(tokens, i) {
			continue // values, not fields
		}
		if l := readFields(tokens[i+1:]); len(l.fields) > 0 && (len(l.fields) > 1 || l.fields[0].name != "id" || !t.is("with", "using", "from")) {
			l.rest = append(slices.Clone(tokens[:i]), l.rest...)
			return l
		}
	}
	return listed{rest: tokens}
}

// readFields reads a list of fields at the beginning of tokens.
func readFields(tokens []token) listed {
	var l listed
	for len(tokens) > 0 && len(l.fields) < maxFields {
		if tokens[0].text == "(" && at(tokens, 1).mark == number { // "rating (1-5)"
			if end := slices.IndexFunc(tokens[:min(len(tokens), 8)], func(t token) bool { return t.text == ")" }); end > 0 {
				tokens = tokens[end:]
			}
		}
		if endsItem(tokens[0]) && tokens[0].mark != stop || tokens[0].is("plus", "also", "as", "well") {
			tokens = tokens[1:]
			continue
		}
		f, rest, ok := readField(tokens)
		if !ok {
			break
		}
		tokens = rest[demand(rest):]
		if f.name != "" && !features[strings.ToLower(f.name)] {
			l.fields = l.fields.add(f)
		}
	}
	l.rest = tokens
	return l
}

// readField reads one item of a list; ok is false where the list has ended.
func readField(tokens []token) (f field, rest []token, ok bool) {
	var words []string
	kind, optional, feature := "", false, false
	i := 0
	for ; i < len(tokens); i++ {
		t := tokens[i]
		switch {
		case t.mark == quoted && len(words) == 0:
			words = append(words, t.text)
			i++
			goto done
		case t.is("optional", "optionally"):
			optional = true
		case len(words) > 0 && (t.is("the", "a", "an") || t.is("one") && at(tokens, i+1).is("of") || demand(tokens[i:]) > 0):
			goto done
		case t.is("value") && len(words) == 0 && endsItem(at(tokens, i+1)):
			words = append(words, t.text)
		case t.is("required", "mandatory", "fields", "field", "called", "named", "properties", "attributes", "columns", "values", "value", "valid", "unique"):
		case t.in(skips) && len(words) == 0 || t.owns && len(words) == 0:
		case t.mark == comma && t.text == "/" && len(words) == 1 && typeWords[strings.ToLower(words[0])] == "":
			goto done
		case t.mark == word && !t.in(stops) && !t.is("plus", "both", "then", "please") && t.text != "":
			words = append(words, t.text)
		default:
			goto done
		}
	}
done:
	rest = tokens[i:]
	if len(words) == 0 || len(words) > 3 || at(rest, 0).is("the", "a", "an") { // "hash the password" is no field
		return f, tokens, false
	}
	for _, w := range words {
		feature = feature || len(words) > 1 && features[correct(strings.ToLower(w))] && correct(strings.ToLower(w)) != "id"
	}
	if n := len(words); n > 1 {
		if k := typeWords[strings.ToLower(words[n-1])]; k != "" && suffixIsType(words) {
			kind, words = k, words[:n-1]
		} else if k := typeWords[strings.ToLower(words[0])]; k != "" && k != "date" && k != "array" {
			kind, words = k, words[1:]
		}
	}
	rest, fixed := fixedText(rest)
	rest, kind, optional = annotations(rest, kind, optional)
	if at(rest, 0).is("of") {
		rest = afterOf(rest, &words, &kind)
	}
	if feature {
		return field{}, rest, true
	}
	if len(words) == 1 {
		if low := strings.ToLower(words[0]); correct(low) != low {
			words[0] = correct(low)
		}
	}
	f = fieldOf(words)
	if kind != "" {
		f.kind = kind
	}
	f.optional, f.fixed = optional, fixed
	if values, n := choicesIn(rest); n > 0 && (choosable[strings.ToLower(words[len(words)-1])] || at(rest, 0).is("one", "with") || at(rest, 1).is("one")) {
		f.kind, f.choices, rest = "string", values, rest[n:]
	}
	return f, rest, true
}

// fixedText is the value that a quoted text behind a field's name gives it.
func fixedText(rest []token) ([]token, any) {
	i := 0
	if at(rest, 0).is("set") {
		i++
	}
	if at(rest, i).is("to", "is", "as", "of", "equals") || at(rest, i).mark == comma && at(rest, i).text == "=" {
		i++
	}
	if v := at(rest, i); v.mark == quoted && (i == 0 || !at(rest, i-1).is("as")) {
		return rest[i+1:], v.text
	}
	return rest, nil
}

// fieldOf makes a field of the words of its name.
func fieldOf(words []string) field {
	if len(words) == 1 && (hasInnerCapital(words[0]) || strings.Contains(words[0], "_")) {
		return named(clean(words[0]))
	}
	return named(camel(words))
}

// suffixIsType tells "age number" from "house number".
func suffixIsType(words []string) bool {
	last := strings.ToLower(words[len(words)-1])
	switch last {
	case "number":
		return named(camel(words[:len(words)-1])).kind == "number"
	case "list", "date", "text":
		return false
	}
	return true
}

// annotations reads what stands behind a field: "(optional)", "as a number",
// ": string".
func annotations(rest []token, kind string, optional bool) ([]token, string, bool) {
	open := false
	for i := 0; i < len(rest) && i < 6; i++ {
		t := rest[i]
		open = open || t.text == "("
		switch {
		case open && t.text == ",":
		case t.is("optional"):
			optional, rest = true, rest[i+1:]
			i = -1
		case t.is("required"):
			rest = rest[i+1:]
			i = -1
		case typeWords[t.low] != "" && t.mark == word && endsItem(at(rest, i+1)):
			kind, rest = typeWords[t.low], rest[i+1:]
			i = -1
		case t.text == "(" && at(rest, i+1).mark == number:
			return rest[i:], kind, optional
		case t.mark == comma && (t.text == "(" || t.text == ":" || t.text == ")"), t.is("as", "a", "an", "is", "which", "type", "positive", "whole"):
		default:
			return rest, kind, optional
		}
	}
	return rest, kind, optional
}

// afterOf reads on behind "of": a number of guests, a list of tags, or whose
// field it is, which says nothing.
func afterOf(rest []token, words *[]string, kind *string) []token {
	i := 1
	for i < len(rest) && rest[i].in(skips) {
		i++
	}
	what := at(rest, i)
	head := strings.ToLower((*words)[len(*words)-1])
	switch {
	case (head == "number" || head == "amount") && what.mark == word && what.text != "":
		*words, *kind = []string{"number", "of", what.text}, "number"
	case head == "date" && what.mark == word && what.text != "":
		*words, *kind = []string{head, "of", what.text}, "date"
	case head == "list" && what.mark == word && what.text != "":
		*words, *kind = []string{what.text}, "array"
	}
	for i < len(rest) && !endsItem(rest[i]) && !rest[i].in(stops) {
		i++
	}
	return rest[i:]
}
