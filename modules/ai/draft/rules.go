package draft

import (
	"regexp"
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

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
