package draft

import (
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// list reads the two lists that steps have.
func (r *reader) list(name string, v any) any {
	var list doc.Array
	switch name {
	case "variables":
		list = r.variables(v)
	case "rules":
		list = r.rules(v)
	default:
		list, _ = v.(doc.Array)
	}
	if list == nil {
		return nil
	}
	return list
}

// entry is one element of a list, by the name it is about.
type entry struct {
	name string
	spec any
}

// entries reads a list of objects or names, a map by name, names in one text,
// and a JSON schema.
func entries(v any, nameKeys []string) []entry {
	all := allEntries(v, nameKeys)
	return all[:min(len(all), maxEntries)]
}

// maxEntries bounds a list of variables, rules or conditions.
const maxEntries = 200

func allEntries(v any, nameKeys []string) []entry {
	var all []entry
	switch v := v.(type) {
	case string:
		for name := range strings.FieldsFuncSeq(v, func(r rune) bool { return r == ',' || r == ';' || r == ' ' }) {
			all = append(all, entry{name: name})
		}
	case doc.Array:
		for _, item := range v {
			switch item := item.(type) {
			case string:
				all = append(all, entry{name: item})
			case doc.Object:
				_, name, _ := lookup(item, nameKeys)
				if text, ok := name.(string); ok {
					all = append(all, entry{name: text, spec: item})
				} else if len(item) == 1 { // [{"email": "string"}]
					all = append(all, entry{name: item[0].Key, spec: item[0].Value})
				} else {
					all = append(all, entry{spec: item})
				}
			}
		}
	case doc.Object:
		return mapEntries(v, nameKeys)
	}
	return all
}

func mapEntries(v doc.Object, nameKeys []string) []entry {
	if properties := doc.Child(v, "properties"); properties != nil {
		all := mapEntries(properties[:min(len(properties), maxEntries)], nil)
		required := doc.List(v, "required")
		for i := range all {
			if slices.ContainsFunc(required, func(name any) bool { return name == all[i].name }) {
				spec, _ := all[i].spec.(doc.Object)
				all[i].spec = append(slices.Clone(spec), doc.Field{Key: "required", Value: true})
			}
		}
		return all
	}
	if inner := doc.List(v, "variables"); inner != nil {
		return entries(inner, nameKeys)
	}
	if _, name, ok := lookup(v, nameKeys); ok && len(v) > 1 {
		if text, ok := name.(string); ok && kindOf(text) == "" { // one entry without a list
			return []entry{{name: text, spec: v}}
		}
	}
	all := make([]entry, 0, len(v))
	for _, f := range v {
		all = append(all, entry{name: f.Key, spec: f.Value})
	}
	return all
}

// kinds are the types of variables and rules, by what models call them.
var kinds = map[string]string{
	"string": "string", "text": "string", "str": "string", "varchar": "string", "uuid": "string", "date": "string", "datetime": "string", "password": "string",
	"url": "string", "phone": "string", "id": "string", "objectid": "string", "number": "number", "int": "number", "integer": "number", "float": "number",
	"double": "number", "decimal": "number", "numeric": "number", "boolean": "boolean", "bool": "boolean", "email": "email", "array": "array", "list": "array",
	"object": "object", "json": "object", "map": "object", "any": "any",
}

func kindOf(name string) string { return kinds[plain(name)] }

var variableNames = []string{"name", "key", "field", "variable", "id", "fieldName"}

// variables reads what an input step takes.
func (r *reader) variables(v any) doc.Array {
	list := doc.Array{}
	seen := map[string]bool{}
	for _, e := range entries(v, variableNames) {
		name := strings.TrimPrefix(strings.TrimSpace(strings.Trim(strings.TrimSpace(e.name), "{}$")), "input.")
		if !canBeVariable(name) || seen[name] {
			r.note("the variable %q of %q cannot be used or is there twice", shorten(name, 40), r.node.id)
			continue
		}
		seen[name] = true
		variable := doc.Object{{"name", name}}
		kind := "string"
		switch spec := e.spec.(type) {
		case string:
			if k := kindOf(strings.TrimSuffix(spec, "?")); k != "" {
				kind = k
			}
		case doc.Object:
			written, _ := doc.Get(spec, "type")
			if text, _ := written.(string); kindOf(text) != "" {
				kind = kindOf(text)
			}
			required, _ := doc.Get(spec, "required")
			_, fallback, _ := lookup(spec, []string{"default", "defaultValue"})
			variable = append(variable, doc.Field{Key: "type", Value: kind})
			if flag, isFlag := flagValue(required).(bool); isFlag {
				variable = append(variable, doc.Field{Key: "required", Value: flag})
			}
			if fallback != nil {
				variable = append(variable, doc.Field{Key: "default", Value: fallback})
			}
			list = append(list, variable)
			continue
		case int64, float64:
			kind = "number"
		case bool:
			kind = "boolean"
		}
		list = append(list, append(variable, doc.Field{Key: "type", Value: kind}))
	}
	return list
}

// canBeVariable reports whether a path can name a variable.
func canBeVariable(name string) bool {
	return len(name) <= maxID && !strings.Contains(name, ".") && simplePath.MatchString(name) && cleanPath(name) == name
}
