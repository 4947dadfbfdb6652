package engine

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// Fields reads the fields of one step while it is compiled, by the names of the
// declaration. The first problem is kept; the step then fails when it is run,
// with an error that names the field.
type Fields struct {
	declared []Field
	values   doc.Object
	prefix   string // of names in errors: "rules[2]."
	problem  *error // shared with the readers of list items
	patterns *int   // what the patterns of the workflow may still weigh
}

func newFields(declared []Field, values doc.Object, patterns *int) *Fields {
	return &Fields{declared: declared, values: values, problem: new(error), patterns: patterns}
}

// Err is the first problem, or nil.
func (f *Fields) Err() error { return *f.problem }

// Wrong reports that a field cannot be used.
func (f *Fields) Wrong(name, format string, args ...any) {
	if *f.problem == nil {
		*f.problem = FieldError(f.prefix+name, format, args...)
	}
}

// raw finds a field by its name or an alias; null counts as missing. Asking for
// a field that is not declared is a mistake in the step type.
func (f *Fields) raw(name string) (any, *Field) {
	at := slices.IndexFunc(f.declared, func(d Field) bool { return d.Name == name })
	if at < 0 {
		panic(fmt.Sprintf("engine: field %q is not declared", name))
	}
	d := &f.declared[at]
	if v, _ := doc.Get(f.values, d.Name); v != nil {
		return v, d
	}
	for _, alias := range d.Aliases {
		if v, _ := doc.Get(f.values, alias); v != nil {
			return v, d
		}
	}
	if d.Required {
		f.Wrong(name, "is required")
	}
	return nil, d
}

// Has reports whether the author wrote the field.
func (f *Fields) Has(name string) bool {
	v, _ := f.raw(name)
	return v != nil
}

// Raw returns the field as it was written, or nil.
func (f *Fields) Raw(name string) any {
	v, _ := f.raw(name)
	return v
}

// Name returns fixed text; templates are refused, because what it names must
// not depend on the request.
func (f *Fields) Name(name string) string {
	v, d := f.raw(name)
	s, ok := v.(string)
	switch {
	case v == nil:
	case !ok:
		f.Wrong(name, "must be a string")
	case strings.Contains(s, "{{"):
		f.Wrong(name, "must be fixed text, not a variable")
	case s == "" && d.Required:
		f.Wrong(name, "is required")
	}
	return s
}

// Choice returns one of the declared choices, the first when none was written.
func (f *Fields) Choice(name string) string {
	v, d := f.raw(name)
	if v == nil || v == "" {
		return d.Enum[0]
	}
	if s, ok := v.(string); ok && slices.Contains(d.Enum, s) {
		return s
	}
	f.Wrong(name, "must be one of %s", strings.Join(d.Enum, ", "))
	return d.Enum[0]
}

// Flag returns a boolean; false when none was written.
func (f *Fields) Flag(name string) bool {
	switch v, _ := f.raw(name); v {
	case nil, false, "false", "":
		return false
	case true, "true":
		return true
	}
	f.Wrong(name, "must be true or false")
	return false
}

// Value returns any value, or nil when none was written.
func (f *Fields) Value(name string) *Expr {
	v, _ := f.raw(name)
	if v == nil {
		return nil
	}
	e := ParseExpr(v)
	return &e
}

// Limit returns a fixed number, or nil when none was written.
func (f *Fields) Limit(name string) *float64 {
	v, _ := f.raw(name)
	if v == nil || v == "" {
		return nil
	}
	if n, ok := ToNumber(v); ok {
		return &n
	}
	f.Wrong(name, "must be a number")
	return nil
}

// Number returns a number that may come from a variable.
func (f *Fields) Number(name string) NumberExpr {
	v, _ := f.raw(name)
	if v == nil || v == "" {
		return NumberExpr{}
	}
	if s, isText := v.(string); !isText || splitTemplate(s) == nil {
		if _, ok := ToNumber(v); !ok && !isText {
			f.Wrong(name, "must be a number")
		}
	}
	e := ParseExpr(v)
	return NumberExpr{name: f.prefix + name, expr: &e}
}

// Each reads the items of a list.
func (f *Fields) Each(name string, read func(item *Fields)) {
	v, d := f.raw(name)
	items, ok := v.(doc.Array)
	if v != nil && !ok {
		f.Wrong(name, "must be a list")
	}
	for i, item := range items {
		at := fmt.Sprintf("%s[%d]", name, i)
		o, ok := item.(doc.Object)
		if !ok {
			f.Wrong(at, "must be an object")
			continue
		}
		read(&Fields{declared: d.Items, values: o, prefix: f.prefix + at + ".", problem: f.problem, patterns: f.patterns})
	}
}

// Within reads the same declaration from another object: some clients wrap the
// fields of a step.
func (f *Fields) Within(o doc.Object) *Fields {
	return &Fields{declared: f.declared, values: o, prefix: f.prefix, problem: f.problem, patterns: f.patterns}
}

// NumberExpr is a number that may come from a variable.
type NumberExpr struct {
	name string
	expr *Expr
}

// Resolve returns the number; ok is false when the field was not written.
func (n NumberExpr) Resolve(v *Vars) (value float64, ok bool, err error) {
	if n.expr == nil {
		return 0, false, nil
	}
	resolved, err := n.expr.Resolve(v)
	if err != nil {
		return 0, false, err
	}
	if resolved == nil {
		return 0, false, nil
	}
	if value, ok = ToNumber(resolved); !ok {
		return 0, false, FieldError(n.name, "must be a number")
	}
	return value, true, nil
}

// ToNumber converts a number or a text that is one.
func ToNumber(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case int32:
		return float64(v), true
	case float64:
		return v, true
	case string:
		n, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		return n, err == nil && !math.IsNaN(n) && !math.IsInf(n, 0)
	}
	return 0, false
}
