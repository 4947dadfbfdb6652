package builtin

import (
	"slices"
	"strconv"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// kindWords are what people call the kinds of steps, in the order in which they
// are tried.
var kindWords = []struct {
	kind  string
	words map[string]bool
}{
	{"emailSend", set("email mail notification emails mails")},
	{"inputValidation", set("validation validate validator validations")},
	{"jwtGenerate", set("jwt token")},
	{"delay", set("delay wait pause sleep waiting")},
	{"userLogin", set("login credentials")},
	{"authMiddleware", set("authentication login protection guard middleware loggedin protected authenticated auth")},
	{"response", set("response answer reply")},
	{"dbInsert", set("insert create save store database db saving storing creation insertion")},
	{"dbFind", set("find lookup list search query get finding listing")},
	{"dbUpdate", set("update change updating")},
	{"dbDelete", set("delete deletion deleting")},
	{"input", set("input")},
}

// target finds the step that tokens name: by label, number, id or kind; -1 when
// there is none.
func (f *flow) target(tokens []token) int {
	var words []string
	nth := 0
	for i, t := range tokens {
		switch {
		case t.mark == quoted:
			if j := f.labelled(strings.Fields(strings.ToLower(t.text))); j >= 0 {
				return j
			}
		case t.mark == number || ordinals[t.low] > 0 && t.mark == word:
			n, err := strconv.Atoi(t.low)
			if err != nil {
				n = ordinals[t.low]
			}
			if (at(tokens, i-1).is("step", "number", "node") || at(tokens, i+1).is("step", "node")) && n >= 1 && n <= len(f.steps) {
				return n - 1
			}
			nth = ordinals[t.low]
		case t.is("last") && at(tokens, i+1).is("step"):
			return len(f.steps) - 1
		case t.mark == word && !t.in(determiners) && !t.is("step", "node", "steps", "completely", "again", "please", "part", "entirely", "sending") && t.text != "":
			if j := slices.IndexFunc(f.steps, func(s *step) bool { return s.id != "" && s.id == t.text }); j >= 0 {
				return j
			}
			words = append(words, t.low)
		}
	}
	if len(words) > 1 {
		if j := f.labelled(words); j >= 0 {
			return j
		}
	}
	for _, k := range kindWords {
		if slices.ContainsFunc(words, func(w string) bool { return k.words[w] }) {
			if nth > 0 {
				return f.nth(nth, k.kind)
			}
			if i := f.last(k.kind); i >= 0 {
				return i
			}
		}
	}
	return -1
}

var ordinals = map[string]int{"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}

// nth is the first, second and so on step of a kind, or -1.
func (f *flow) nth(n int, kind string) int {
	return slices.IndexFunc(f.steps, func(s *step) bool {
		if s.kind == kind {
			n--
		}
		return s.kind == kind && n == 0
	})
}

// labelled is the step whose label has all the words.
func (f *flow) labelled(words []string) int {
	return slices.IndexFunc(f.steps, func(s *step) bool {
		label := strings.Fields(strings.ToLower(s.label))
		return len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(label, w) })
	})
}

// remove does "remove the email step", "remove the phone field".
func (f *flow) remove(c clause) {
	body := c.body
	if i := slices.IndexFunc(body, func(t token) bool { return t.is("from") }); i > 0 {
		body = body[:i]
	}
	isField := mentions(body, "field", "fields", "column", "variable", "parameter", "property")
	if !isField {
		if i := f.target(body); i >= 0 {
			f.removeStep(i)
			return
		}
	}
	removed := false
	for _, x := range fieldsIn(body) {
		if f.vars().has(x.name) {
			f.removeField(x.name)
			removed = true
		}
	}
	switch {
	case removed:
	case len(conditions(body, "").fields) > 0: // "also delete the cart by id"
		f.addAction(c)
	default:
		f.cannot("there is no such step or field to remove")
	}
}

// removeStep takes a step out, and what the answer said of its result.
func (f *flow) removeStep(i int) {
	s := f.steps[i]
	output := s.output()
	switch {
	case s.kind == "response" && f.first("response") == f.last("response"):
		f.cannot("a workflow needs its response")
		return
	case s.kind == "input":
		f.cannot("the input is what the other steps work on; remove its fields one by one")
		return
	case s.id == "":
		f.cannot("the step has no id")
		return
	case output != "" && slices.ContainsFunc(f.steps, func(o *step) bool { return o != s && o.needs(output) }):
		f.cannot("another step needs the result of \"" + s.label + "\"")
		return
	}
	f.steps = slices.Delete(f.steps, i, i+1)
	if s.stored != nil {
		f.removed = append(f.removed, s.id)
	}
	f.did("removed the step \"" + firstOf(s.label, s.kind) + "\"")
	if output != "" && !slices.ContainsFunc(f.steps, func(o *step) bool { return o.output() == output }) {
		f.forget(output)
	}
}

func (s *step) filter() doc.Object {
	if o := doc.Child(s.fields, "filter"); o != nil {
		return o
	}
	return doc.Child(s.fields, "filters")
}

// needs reports whether a step could not run without a variable: it would have
// nothing to look for, to store, to check or to send to.
func (s *step) needs(name string) bool {
	switch s.kind {
	case "dbInsert":
		return s.storesOnly(name)
	case "dbUpdate":
		return refers(s.filter(), name) || s.storesOnly(name)
	case "dbDelete":
		return refers(s.filter(), name)
	case "userLogin":
		return name == "email" || name == "password"
	case "emailSend":
		return refers(doc.String(s.fields, "to"), name)
	}
	return false
}

// storesOnly reports whether nothing would be left to store without a variable.
func (s *step) storesOnly(name string) bool {
	for _, key := range documentKeys {
		o := doc.Child(s.fields, key)
		if inner := doc.Child(o, "data"); inner != nil && s.kind == "dbInsert" {
			o = inner
		}
		if len(o) > 0 && !slices.ContainsFunc(o, func(x doc.Field) bool { return !refers(x.Value, name) }) {
			return true
		}
	}
	return false
}

// refers reports whether a value names a variable.
func refers(v any, name string) bool {
	switch v := v.(type) {
	case string:
		for _, open := range []string{"{{", "{{ ", "{{input.", "{{ input."} {
			for _, end := range []string{"}", ".", " "} {
				if strings.Contains(v, open+name+end) {
					return true
				}
			}
		}
		return v == name || strings.HasPrefix(v, name+".") || v == "input."+name
	case doc.Object:
		return slices.ContainsFunc(v, func(x doc.Field) bool { return refers(x.Value, name) })
	case doc.Array:
		return slices.ContainsFunc(v, func(x any) bool { return refers(x, name) })
	}
	return false
}

// without is an object without the fields that name a variable.
func without(o doc.Object, name string) doc.Object {
	return slices.DeleteFunc(o, func(x doc.Field) bool { return refers(x.Value, name) })
}

// forget takes a variable out of everything that named it.
func (f *flow) forget(name string) {
	for _, s := range f.steps {
		for _, key := range []string{"body", "payload", "data", "document", "update", "filter", "filters"} {
			o := doc.Child(s.fields, key)
			if o == nil || !refers(o, name) {
				continue
			}
			if inner := doc.Child(o, "data"); inner != nil && s.kind == "dbInsert" {
				o = doc.Set(o, "data", without(inner, name))
			} else {
				o = without(o, name)
			}
			if len(o) == 0 && s.kind == "response" {
				o = doc.Object{{"ok", true}}
			}
			s.set(key, o)
		}
	}
}

// removeField takes a variable out of the input and out of what used it.
func (f *flow) removeField(name string) {
	for _, s := range f.steps {
		if s.needs(name) {
			f.cannot("the step \"" + s.label + "\" needs " + name)
			return
		}
	}
	for _, s := range f.steps {
		switch s.kind {
		case "input":
			list := slices.DeleteFunc(variablesOf(s), func(v any) bool { o, _ := v.(doc.Object); return doc.String(o, "name") == name })
			if data := doc.Child(s.fields, "data"); doc.List(data, "variables") != nil {
				s.set("data", doc.Set(data, "variables", list))
			} else {
				s.set("variables", list)
			}
		case "inputValidation":
			s.set("rules", slices.DeleteFunc(doc.List(s.fields, "rules"), func(r any) bool { o, _ := r.(doc.Object); return ruleName(o) == name }))
		}
	}
	f.forget(name)
	for _, s := range f.steps {
		if s.kind == "emailSend" {
			body := doc.String(s.fields, "body")
			if refers(body, name) {
				s.set("body", strings.ReplaceAll(strings.ReplaceAll(body, "<br>"+name+": "+variable(name), ""), variable(name), ""))
			}
		}
	}
	f.did("removed the field " + name)
}

// anchor is where "after the insert" or "before the email" says, else the
// fallback.
func (f *flow) anchor(tokens []token, fallback int) int {
	for i, t := range tokens {
		if !t.is("before", "after") {
			continue
		}
		j := f.target(tokens[i+1 : min(len(tokens), i+6)])
		switch {
		case j < 0:
		case t.is("before") && f.steps[j].kind != "input":
			return j
		case t.is("after") && f.steps[j].kind != "response":
			return j + 1
		}
	}
	return fallback
}
