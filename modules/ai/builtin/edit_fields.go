package builtin

import (
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// fieldsIn are the fields that a clause names.
func fieldsIn(tokens []token) fields {
	if l := fieldList(tokens); len(l.fields) > 0 {
		return l.fields
	}
	var rest []token
	for i, t := range tokens {
		filler := t.is("also", "field", "fields", "called", "named", "column", "property", "parameter", "variable", "input", "attribute", "validation", "for", "that", "of") || t.mark == comma && t.text == ":"
		if !filler || t.is("of") && at(tokens, i-1).is("one") {
			rest = append(rest, t)
		}
	}
	return readFields(rest).fields
}

// addFields takes further fields and stores them.
func (f *flow) addFields(c clause) {
	added := slices.DeleteFunc(fieldsIn(c.body), func(x field) bool { return wrappers[x.name] && x.name != "version" || pronouns[x.name] })
	for _, x := range added {
		if f.vars().has(x.name) && f.stores(x.name) {
			f.cannot(x.name + " is there already")
			continue
		}
		f.take(x)
		if i := f.first("dbInsert", "dbUpdate"); i >= 0 {
			f.steps[i].store(x.name)
		}
		f.did("added the field " + x.name)
	}
}

func (f *flow) stores(name string) bool {
	i := f.first("dbInsert", "dbUpdate")
	if i < 0 {
		return true
	}
	_, there := doc.Get(f.steps[i].document(), name)
	return there
}

// documentKeys are the spellings under which a step holds what it stores.
var documentKeys = []string{"data", "document", "update"}

// document is what a step stores; one frontend wraps it in "data".
func (s *step) document() doc.Object {
	for _, key := range documentKeys {
		if o := doc.Child(s.fields, key); o != nil {
			if inner := doc.Child(o, "data"); inner != nil {
				return inner
			}
			return o
		}
	}
	return nil
}

// store makes a step store a variable, in every spelling that it has.
func (s *step) store(name string) {
	found := false
	for _, key := range documentKeys {
		o := doc.Child(s.fields, key)
		if o == nil {
			continue
		}
		found = true
		if inner := doc.Child(o, "data"); inner != nil {
			s.set(key, doc.Set(o, "data", doc.Set(inner, name, variable(name))))
			continue
		}
		s.set(key, doc.Set(o, name, variable(name)))
	}
	if !found {
		s.set("data", doc.Object{{name, variable(name)}})
	}
}

// take makes the workflow take a variable, and check it where it checks others.
func (f *flow) take(x field) {
	if !f.vars().has(x.name) {
		i := f.first("input")
		if i < 0 {
			f.insert(0, inputNode(fields{x}))
		} else {
			s := f.steps[i]
			list := append(variablesOf(s), inputVariable(x))
			if data := doc.Child(s.fields, "data"); doc.List(data, "variables") != nil {
				s.set("data", doc.Set(data, "variables", list))
			} else {
				s.set("variables", list)
			}
		}
	}
	if i := f.first("inputValidation"); i >= 0 && f.steps[i].rule(x.name) < 0 {
		f.steps[i].set("rules", append(doc.List(f.steps[i].fields, "rules"), validationRule(x)))
	}
}

// rule is the place of a variable's rule in a validation step, or -1.
func (s *step) rule(name string) int {
	return slices.IndexFunc(doc.List(s.fields, "rules"), func(r any) bool {
		o, _ := r.(doc.Object)
		return ruleName(o) == name
	})
}

// ruleName is the variable of a rule: "{{email}}", "email" or "input.email".
func ruleName(r doc.Object) string {
	return strings.TrimPrefix(strings.Trim(doc.String(r, "field"), "{} "), "input.")
}

// validate checks every variable that the workflow takes.
func (f *flow) validate(named fields) {
	for _, x := range named {
		if x.kind != "string" && !f.vars().has(x.name) && f.first("input") < 0 {
			f.take(x)
		}
	}
	vars := f.vars()
	if len(vars) == 0 {
		f.cannot("there is no input to validate")
		return
	}
	i := f.first("inputValidation")
	if i < 0 {
		at := 0
		for at < len(f.steps) && (f.steps[at].kind == "input" || f.steps[at].kind == "authMiddleware") {
			at++
		}
		f.insert(at, validationNode(vars))
		f.did("the input is validated")
		return
	}
	before := len(doc.List(f.steps[i].fields, "rules"))
	for _, v := range vars {
		f.take(v)
	}
	if n := len(doc.List(f.steps[i].fields, "rules")) - before; n > 0 {
		f.did("the input is validated completely")
	} else {
		f.cannot("the input is validated already")
	}
}

// demandRules puts "age must be at least 18" into the validation.
func (f *flow) demandRules(demands []rule) {
	for _, d := range demands {
		vars := f.vars()
		i := slices.IndexFunc(vars, func(v field) bool { return strings.EqualFold(v.name, d.field) })
		if i < 0 {
			f.cannot("there is no input called " + d.field)
			continue
		}
		s := f.ruled(vars[i])
		rules := doc.List(s.fields, "rules")
		at := s.rule(vars[i].name)
		entry, _ := rules[at].(doc.Object)
		if (d.key == "min" || d.key == "max") && vars[i].kind == "string" {
			entry = doc.Set(entry, "type", "number")
		}
		rules[at] = doc.Set(entry, d.key, d.value)
		s.set("rules", rules)
		f.did(vars[i].name + " has a limit now")
	}
}

// ruled is the validation step, with a rule for the variable.
func (f *flow) ruled(v field) *step {
	if f.first("inputValidation") < 0 {
		f.validate(nil)
	}
	s := f.steps[f.first("inputValidation")]
	if s.rule(v.name) < 0 {
		s.set("rules", append(doc.List(s.fields, "rules"), validationRule(v)))
	}
	return s
}

// require does "make the phone optional".
func (f *flow) require(body []token) {
	optional := mentions(body, "optional")
	for _, x := range fieldsIn(body) {
		vars := f.vars()
		i := slices.IndexFunc(vars, func(v field) bool { return strings.EqualFold(v.name, x.name) })
		if i < 0 {
			f.cannot("there is no input called " + x.name)
			continue
		}
		v := vars[i]
		v.optional = optional
		s := f.ruled(v)
		rules := doc.List(s.fields, "rules")
		rules[s.rule(v.name)] = validationRule(v)
		s.set("rules", rules)
		in := f.steps[f.first("input")]
		list := variablesOf(in)
		for j, entry := range list {
			if o, _ := entry.(doc.Object); doc.String(o, "name") == v.name {
				list[j] = inputVariable(v)
			}
		}
		in.changed = true
		f.did("changed whether " + v.name + " is required")
	}
}
