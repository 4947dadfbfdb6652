package draft

import (
	"regexp"
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
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
		all := mapEntries(properties, nil)
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
		if name == "" || len(name) > maxID || strings.ContainsAny(name, ".{}$\n") || seen[name] {
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
			fallback, _, ok := firstOf(spec, "default", "defaultValue")
			variable = append(variable, doc.Field{Key: "type", Value: kind})
			if flag, isFlag := flagValue(required).(bool); isFlag {
				variable = append(variable, doc.Field{Key: "required", Value: flag})
			}
			if ok && fallback != nil {
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

func firstOf(o doc.Object, names ...string) (any, string, bool) {
	key, v, ok := lookup(o, names)
	return v, key, ok
}

var (
	ruleNames  = []string{"field", "name", "variable", "key", "path", "fieldName", "input"}
	ruleLimits = []string{"minLength", "maxLength", "min", "max"}
	ruleWords  = []string{"rules", "rule", "validation", "validations", "validators", "validator", "constraints", "checks"}
)

// rules reads what a validation demands.
func (r *reader) rules(v any) doc.Array {
	list := doc.Array{}
	for _, e := range entries(v, ruleNames) {
		path := rulePath(e.name)
		if path == "" {
			r.note("a rule of %q names no variable and is left out", r.node.id)
			continue
		}
		rule := &demands{}
		rule.add(e.spec, 0)
		if e.spec == nil {
			rule.required = true
		}
		list = append(list, rule.write(r, path))
	}
	return list
}

// rulePath is the path that a rule is about.
func rulePath(name string) string {
	path := strings.TrimSpace(strings.Trim(strings.TrimSpace(name), "{}$"))
	for _, prefix := range []string{"input.", "body.", "req.body.", "request.body.", "vars."} {
		path = strings.TrimPrefix(path, prefix)
	}
	if strings.ContainsAny(path, "{}") || len(path) > 2*maxID {
		return ""
	}
	return path
}

// demands are the demands of one rule.
type demands struct {
	required any
	kind     string
	limits   map[string]any
	pattern  string
	enum     doc.Array
}

// add reads demands from the forms that models give them: an object, the words
// of a framework ("required|email|min:8"), or a list of such.
func (d *demands) add(spec any, depth int) {
	switch spec := spec.(type) {
	case bool:
		d.required = spec
	case string:
		for word := range strings.FieldsFuncSeq(spec, func(r rune) bool { return r == '|' || r == ',' || r == ' ' }) {
			d.word(word)
		}
	case doc.Array:
		for _, item := range spec {
			if depth < 4 {
				d.add(item, depth+1)
			}
		}
	case doc.Object:
		for _, f := range spec {
			d.field(f, depth)
		}
	}
}

func (d *demands) field(f doc.Field, depth int) {
	switch name := plain(f.Key); {
	case name == "required":
		d.required = flagValue(f.Value)
	case name == "optional":
		if flag, ok := flagValue(f.Value).(bool); ok {
			d.required = !flag
		}
	case name == "type" || name == "format":
		text, _ := f.Value.(string)
		if d.word(text); name == "format" && plain(text) == "email" {
			d.kind = "email"
		}
	case name == "pattern" || name == "regex" || name == "regexp":
		d.pattern, _ = f.Value.(string)
	case name == "enum" || name == "oneof" || name == "values" || name == "allowed":
		d.enum, _ = f.Value.(doc.Array)
	case slices.Contains(ruleWords, f.Key) && depth < 4:
		d.add(f.Value, depth+1)
	default:
		for _, limit := range ruleLimits {
			if plain(limit) == name || name == strings.TrimSuffix(plain(limit), "gth") || limit == "min" && name == "minimum" || limit == "max" && name == "maximum" {
				d.limit(limit, f.Value)
			}
		}
	}
}

func (d *demands) limit(name string, v any) {
	n, ok := engine.ToNumber(v)
	if !ok {
		return
	}
	if d.limits == nil {
		d.limits = map[string]any{}
	}
	d.limits[name] = whole(n)
}

func (d *demands) word(word string) {
	name, value, _ := strings.Cut(word, ":")
	switch known := kindOf(strings.TrimPrefix(plain(name), "is")); {
	case plain(name) == "required" || plain(name) == "notempty":
		d.required = true
	case known != "" && known != "any":
		d.kind = known
	case value != "":
		d.field(doc.Field{Key: name, Value: value}, 4)
	}
}

// write makes the rule; its order is that of the declaration.
func (d *demands) write(r *reader, path string) doc.Object {
	rule := doc.Object{{"field", "{{" + path + "}}"}}
	if flag, ok := d.required.(bool); ok {
		rule = append(rule, doc.Field{Key: "required", Value: flag})
	}
	if d.kind != "" {
		rule = append(rule, doc.Field{Key: "type", Value: d.kind})
	}
	if d.kind == "string" || d.kind == "email" || d.kind == "array" { // the length is meant: a text has no size
		for short, long := range map[string]string{"min": "minLength", "max": "maxLength"} {
			if n, ok := d.limits[short]; ok {
				if _, has := d.limits[long]; !has {
					d.limits[long] = n
				}
				delete(d.limits, short)
			}
		}
	}
	for _, limit := range ruleLimits {
		if n, ok := d.limits[limit]; ok {
			rule = append(rule, doc.Field{Key: limit, Value: n})
		}
	}
	if d.pattern != "" {
		if _, err := regexp.Compile(d.pattern); err == nil && len(d.pattern) <= 1000 && !strings.Contains(d.pattern, "{{") {
			rule = append(rule, doc.Field{Key: "pattern", Value: d.pattern})
		} else {
			r.note("the pattern for %q cannot be used (RE2 has no lookaround) and is left out", path)
		}
	}
	if len(d.enum) > 0 {
		rule = append(rule, doc.Field{Key: "enum", Value: d.enum})
	}
	return rule
}
