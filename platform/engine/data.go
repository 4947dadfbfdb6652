package engine

import (
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// resolveData resolves a value inside a filter or update. What the author wrote
// as one value must not become a list or a piece of query syntax because of
// what a variable holds.
func resolveData(e *Expr, v *Vars, name string, narrow bool) (any, error) {
	switch e.kind {
	case literal:
		return e.value, nil
	case object:
		o := make(doc.Object, len(e.values))
		for i := range e.values {
			value, err := resolveData(&e.values[i], v, name+"."+e.keys[i], narrow)
			if err != nil {
				return nil, err
			}
			o[i] = doc.Field{Key: e.keys[i], Value: value}
		}
		return o, nil
	case array:
		a := make(doc.Array, len(e.values))
		for i := range e.values {
			value, err := resolveData(&e.values[i], v, name, narrow)
			if err != nil {
				return nil, err
			}
			a[i] = value
		}
		return a, nil
	}
	value, err := e.Resolve(v)
	if err != nil {
		return nil, err
	}
	return value, checkData(name, value, narrow)
}

// resolveList resolves the operand of a list operator: here one variable may
// give the whole list.
func resolveList(e *Expr, v *Vars, name string, narrow bool) (any, error) {
	if e.kind == array {
		return resolveData(e, v, name, narrow)
	}
	value, err := e.Resolve(v)
	if err != nil {
		return nil, err
	}
	items, ok := value.(doc.Array)
	if !ok {
		return nil, FieldError(name, "must be a list")
	}
	for _, item := range items {
		if err := checkData(name, item, narrow); err != nil {
			return nil, err
		}
	}
	return value, nil
}

// checkData checks a value that a variable gave where one value was written.
func checkData(name string, value any, narrow bool) error {
	switch value := value.(type) {
	case nil:
		if narrow {
			return FieldError(name, "has no value: the filter would match documents without it")
		}
	case doc.Array:
		return FieldError(name, "must be a single value, not a list")
	case doc.Object:
		return CheckKeys(name, value)
	}
	return nil
}

// CheckKeys refuses keys that a database reads as operators or paths, at any
// depth of a value that a caller or a variable gave.
func CheckKeys(name string, value any) error {
	switch value := value.(type) {
	case doc.Object:
		for _, f := range value {
			if err := checkKey(name, f.Key); err != nil {
				return err
			}
			if err := CheckKeys(name, f.Value); err != nil {
				return err
			}
		}
	case doc.Array:
		for _, item := range value {
			if err := CheckKeys(name, item); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkKey(name, key string) error {
	if key == "" || strings.HasPrefix(key, "$") || strings.ContainsAny(key, ".\x00") {
		return FieldError(name, "must not hold the key %q", key)
	}
	return nil
}
