package engine

import (
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// Operators that an author may write in a filter. Everything else with a "$",
// above all what runs code on the server, is refused.
var (
	logicalOperators = []string{"$and", "$or", "$nor"}
	scalarOperators  = []string{"$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$exists", "$regex", "$options", "$size", "$type"}
	listOperators    = []string{"$in", "$nin", "$all", "$mod"}
)

// FilterExpr is a filter as the author wrote it. Its structure and operators
// are the author's; whatever a variable puts into it is data and can add
// neither (engine.md, "A value that came from a variable is data").
type FilterExpr struct {
	name  string
	whole *Expr // the whole filter is one variable
	conds []condition
}

// condition is one key of a filter with what it demands.
type condition struct {
	key   string
	value *Expr        // equality, or the operand of a scalar operator
	list  *Expr        // the operand of a list operator
	ops   []condition  // operators on a field, $not and $elemMatch included
	all   []FilterExpr // branches of $and, $or, $nor
}

// Filter returns a filter; without one it matches everything.
func (f *Fields) Filter(name string) *FilterExpr {
	v, _ := f.raw(name)
	e, err := parseFilter(f.prefix+name, v)
	if err != nil {
		f.Wrong(name, "%s", err)
	}
	return e
}

func parseFilter(name string, v any) (*FilterExpr, error) {
	switch v := v.(type) {
	case nil:
		return &FilterExpr{name: name}, nil
	case string:
		whole := ParseExpr(v)
		return &FilterExpr{name: name, whole: &whole}, nil
	case doc.Object:
		conds, err := parseConditions(name, v)
		return &FilterExpr{name: name, conds: conds}, err
	}
	return nil, Fail("must be an object")
}

func parseConditions(name string, o doc.Object) ([]condition, error) {
	conds := make([]condition, 0, len(o))
	for _, field := range o {
		c := condition{key: field.Key}
		var err error
		switch {
		case slices.Contains(logicalOperators, field.Key):
			c.all, err = parseBranches(name+"."+field.Key, field.Value)
		case strings.HasPrefix(field.Key, "$"):
			err = Fail("may not use the operator %s", field.Key)
		case hasOperators(field.Value):
			c.ops, err = parseOperators(name+"."+field.Key, field.Value.(doc.Object))
		default:
			e := ParseExpr(field.Value)
			c.value = &e
		}
		if err != nil {
			return nil, err
		}
		conds = append(conds, c)
	}
	return conds, nil
}

func parseBranches(name string, v any) ([]FilterExpr, error) {
	items, ok := v.(doc.Array)
	if !ok || len(items) == 0 {
		return nil, Fail("needs a list of filters at %s", name)
	}
	branches := make([]FilterExpr, 0, len(items))
	for _, item := range items {
		o, ok := item.(doc.Object)
		if !ok {
			return nil, Fail("needs a list of filters at %s", name)
		}
		conds, err := parseConditions(name, o)
		if err != nil {
			return nil, err
		}
		branches = append(branches, FilterExpr{name: name, conds: conds})
	}
	return branches, nil
}

func parseOperators(name string, o doc.Object) ([]condition, error) {
	ops := make([]condition, 0, len(o))
	for _, field := range o {
		c := condition{key: field.Key}
		e := ParseExpr(field.Value)
		nested, isObject := field.Value.(doc.Object)
		var err error
		switch {
		case slices.Contains(scalarOperators, field.Key):
			c.value = &e
		case slices.Contains(listOperators, field.Key):
			c.list = &e
		case field.Key == "$not" && isObject && hasOperators(nested):
			c.ops, err = parseOperators(name+".$not", nested)
		case field.Key == "$elemMatch" && isObject && hasOperators(nested):
			c.ops, err = parseOperators(name+".$elemMatch", nested)
		case field.Key == "$elemMatch" && isObject:
			c.ops, err = parseConditions(name+".$elemMatch", nested)
		case strings.HasPrefix(field.Key, "$"):
			err = Fail("may not use the operator %s like this at %s", field.Key, name)
		default:
			err = Fail("mixes operators and plain fields at %s", name)
		}
		if err != nil {
			return nil, err
		}
		ops = append(ops, c)
	}
	return ops, nil
}

func hasOperators(v any) bool {
	o, ok := v.(doc.Object)
	return ok && slices.ContainsFunc(o, func(f doc.Field) bool {
		return strings.HasPrefix(f.Key, "$") && !slices.Contains(logicalOperators, f.Key)
	})
}

// Resolve gives the filter for one run.
func (e *FilterExpr) Resolve(v *Vars) (doc.Object, error) { return e.resolve(v, false) }

// ResolveNarrow gives the filter for a write. It refuses a filter that demands
// nothing, and a variable without a value: {"email":null} would match every
// document that has no e-mail.
func (e *FilterExpr) ResolveNarrow(v *Vars) (doc.Object, error) {
	filter, err := e.resolve(v, true)
	if err == nil && !narrows(filter) {
		err = FieldError(e.name, "must not be empty: it would change every document")
	}
	return filter, err
}

func (e *FilterExpr) resolve(v *Vars, narrow bool) (doc.Object, error) {
	if e.whole != nil {
		value, err := e.whole.Resolve(v)
		if err != nil {
			return nil, err
		}
		o, ok := value.(doc.Object)
		if !ok {
			return nil, FieldError(e.name, "must be an object")
		}
		for _, f := range o {
			if err := checkKey(e.name, f.Key); err != nil {
				return nil, err
			}
			if err := checkData(e.name+"."+f.Key, f.Value, narrow); err != nil {
				return nil, err
			}
		}
		return o, nil
	}
	return resolveConditions(v, e.name, e.conds, narrow)
}

func resolveConditions(v *Vars, name string, conds []condition, narrow bool) (doc.Object, error) {
	o := make(doc.Object, 0, len(conds))
	for i := range conds {
		value, err := conds[i].resolve(v, name+"."+conds[i].key, narrow)
		if err != nil {
			return nil, err
		}
		o = append(o, doc.Field{Key: conds[i].key, Value: value})
	}
	return o, nil
}

func (c *condition) resolve(v *Vars, name string, narrow bool) (any, error) {
	switch {
	case c.value != nil:
		return resolveData(c.value, v, name, narrow)
	case c.list != nil:
		return resolveList(c.list, v, name, narrow)
	case c.all != nil:
		branches := make(doc.Array, 0, len(c.all))
		for i := range c.all {
			branch, err := c.all[i].resolve(v, narrow)
			if err != nil {
				return nil, err
			}
			branches = append(branches, branch)
		}
		return branches, nil
	}
	return resolveConditions(v, name, c.ops, narrow)
}

// narrows reports whether a filter demands something of a document: one demand is
// enough, but of alternatives each must make one.
func narrows(filter doc.Object) bool {
	narrow := func(branch any) bool { return narrows(branch.(doc.Object)) }
	open := func(branch any) bool { return !narrow(branch) }
	return slices.ContainsFunc(filter, func(f doc.Field) bool {
		branches, _ := f.Value.(doc.Array)
		switch f.Key {
		case "$and":
			return slices.ContainsFunc(branches, narrow)
		case "$or", "$nor":
			return !slices.ContainsFunc(branches, open)
		}
		return true
	})
}
