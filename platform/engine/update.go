package engine

import (
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// updateOperators that an author may write.
var updateOperators = []string{"$set", "$unset", "$inc", "$mul", "$min", "$max", "$push", "$pull", "$addToSet"}

// UpdateExpr is what an update step changes: plain fields, which are set, and
// operators that the author wrote.
type UpdateExpr struct {
	name  string
	whole *Expr // all fields come from one variable
	sets  []condition
	ops   []updateOperator
}

type updateOperator struct {
	name   string
	fields []condition
}

// Update returns an update.
func (f *Fields) Update(name string) *UpdateExpr {
	v, _ := f.raw(name)
	u := &UpdateExpr{name: f.prefix + name}
	switch v := unwrapData(v).(type) {
	case nil:
	case string:
		e := ParseExpr(v)
		u.whole = &e
	case doc.Object:
		for _, field := range v {
			u.add(f, name, field)
		}
	default:
		f.Wrong(name, "must be an object")
	}
	return u
}

func (u *UpdateExpr) add(f *Fields, name string, field doc.Field) {
	if !strings.HasPrefix(field.Key, "$") {
		e := ParseExpr(field.Value)
		u.sets = append(u.sets, condition{key: field.Key, value: &e})
		return
	}
	fields, ok := field.Value.(doc.Object)
	if !ok || !slices.Contains(updateOperators, field.Key) {
		f.Wrong(name, "may not use the operator %s like this", field.Key)
		return
	}
	op := updateOperator{name: field.Key}
	for _, target := range fields {
		c := condition{key: target.Key}
		if hasOperators(target.Value) {
			c.ops = u.modifiers(f, name, target.Value.(doc.Object))
		} else {
			e := ParseExpr(target.Value)
			c.value = &e
		}
		op.fields = append(op.fields, c)
	}
	u.ops = append(u.ops, op)
}

// modifiers are what $push and $addToSet take: {"$each": [...]}; $pull takes
// the operators of a filter.
func (u *UpdateExpr) modifiers(f *Fields, name string, o doc.Object) []condition {
	var mods []condition
	for _, field := range o {
		e := ParseExpr(field.Value)
		switch {
		case field.Key == "$each" || slices.Contains(listOperators, field.Key):
			mods = append(mods, condition{key: field.Key, list: &e})
		case slices.Contains(scalarOperators, field.Key), field.Key == "$slice", field.Key == "$position":
			mods = append(mods, condition{key: field.Key, value: &e})
		default:
			f.Wrong(name, "may not use the operator %s like this", field.Key)
		}
	}
	return mods
}

// Resolve gives the update operators for one run and the names of the fields
// they touch.
func (u *UpdateExpr) Resolve(v *Vars) (update doc.Object, fields []string, err error) {
	sets, err := u.resolveSets(v)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range sets {
		fields = append(fields, f.Key)
	}
	for _, op := range u.ops {
		values, err := resolveConditions(v, u.name+"."+op.name, op.fields, false)
		if err != nil {
			return nil, nil, err
		}
		for _, f := range values {
			fields = append(fields, f.Key)
		}
		if op.name == "$set" {
			sets = append(sets, values...)
			continue
		}
		update = append(update, doc.Field{Key: op.name, Value: values})
	}
	if len(sets) > 0 {
		update = append(doc.Object{{"$set", sets}}, update...)
	}
	return update, fields, u.check(fields)
}

func (u *UpdateExpr) check(fields []string) error {
	if len(fields) == 0 {
		return FieldError(u.name, "must name at least one field")
	}
	for _, name := range fields {
		if name == "_id" || strings.HasPrefix(name, "_id.") {
			return FieldError(u.name, "must not change _id")
		}
	}
	return nil
}

func (u *UpdateExpr) resolveSets(v *Vars) (doc.Object, error) {
	if u.whole == nil {
		return resolveConditions(v, u.name, u.sets, false)
	}
	return resolveWhole(u.whole, v, u.name)
}

// DocumentExpr is an object to store.
type DocumentExpr struct {
	name string
	expr *Expr
}

// Document returns an object to store. {"data":{...}} is unwrapped: it is how
// one of the frontends sends it.
func (f *Fields) Document(name string) *DocumentExpr {
	v, _ := f.raw(name)
	v = unwrapData(v)
	if o, ok := v.(doc.Object); ok {
		if err := CheckKeys(f.prefix+name, o); err != nil {
			f.Wrong(name, "%s", strings.TrimPrefix(err.Error(), f.prefix+name+" "))
		}
	} else if _, ok := v.(string); v != nil && !ok {
		f.Wrong(name, "must be an object")
	}
	e := ParseExpr(v)
	return &DocumentExpr{name: f.prefix + name, expr: &e}
}

// Resolve gives the object for one run, which the caller may keep and change.
func (d *DocumentExpr) Resolve(v *Vars) (doc.Object, error) { return resolveWhole(d.expr, v, d.name) }

// resolveWhole resolves an object to store. Lists are welcome in it; operators
// and dotted keys that came from a variable are not.
func resolveWhole(e *Expr, v *Vars, name string) (doc.Object, error) {
	value, err := e.Resolve(v)
	if err != nil {
		return nil, err
	}
	o, ok := value.(doc.Object)
	if !ok {
		return nil, FieldError(name, "must be an object")
	}
	if err := CheckKeys(name, o); err != nil {
		return nil, err
	}
	return append(make(doc.Object, 0, len(o)+4), o...), nil
}

// unwrapData takes the fields out of {"data":{...}}.
func unwrapData(v any) any {
	if o, ok := v.(doc.Object); ok {
		if inner, ok := unwrapped(o); ok {
			return inner
		}
	}
	return v
}

func unwrapped(o doc.Object) (doc.Object, bool) {
	inner, _ := doc.Get(o, "data")
	fields, ok := inner.(doc.Object)
	return fields, ok
}
