// Package doc holds the values that JSON and BSON share, in the one form that
// every layer passes on: requests, stored documents and workflow variables.
//
// A value is nil, bool, string, int64, float64, Object, Array, or one of the
// BSON scalars that JSON does not have (ObjectID, DateTime, ...), which keep
// their type until they are written as JSON. Objects keep the order of their
// keys, so that what was saved comes back as it was.
package doc

import (
	"slices"

	"go.mongodb.org/mongo-driver/bson/primitive"
)

// Object is a JSON object or BSON document with its keys in order.
type Object = primitive.D

// Field is one key and value of an Object.
type Field = primitive.E

// Array is a JSON or BSON array.
type Array = primitive.A

// Get returns the value under key, and whether there is one.
func Get(o Object, key string) (any, bool) {
	for i := range o {
		if o[i].Key == key {
			return o[i].Value, true
		}
	}
	return nil, false
}

// String returns the string under key, or "" when there is none.
func String(o Object, key string) string {
	v, _ := Get(o, key)
	s, _ := v.(string)
	return s
}

// Child returns the object under key, or nil when there is none.
func Child(o Object, key string) Object {
	v, _ := Get(o, key)
	child, _ := v.(Object)
	return child
}

// List returns the array under key, or nil when there is none.
func List(o Object, key string) Array {
	v, _ := Get(o, key)
	list, _ := v.(Array)
	return list
}

// Set returns o with key set to v: in its old place when the key is there,
// else at the end. Like append, it may change o itself.
func Set(o Object, key string, v any) Object {
	for i := range o {
		if o[i].Key == key {
			o[i].Value = v
			return o
		}
	}
	return append(o, Field{Key: key, Value: v})
}

// Without returns a copy of o that lacks the given keys, or o itself when it
// has none of them.
func Without(o Object, keys ...string) Object {
	for i := range o {
		if !slices.Contains(keys, o[i].Key) {
			continue
		}
		kept := append(make(Object, 0, len(o)-1), o[:i]...)
		for _, f := range o[i+1:] {
			if !slices.Contains(keys, f.Key) {
				kept = append(kept, f)
			}
		}
		return kept
	}
	return o
}

// Falsy reports whether the clients' language counts v as false: nil, false,
// zero and the empty string. The old backend treated such fields as missing.
func Falsy(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case bool:
		return !v
	case string:
		return v == ""
	case int64:
		return v == 0
	case int32:
		return v == 0
	case float64:
		return v == 0 || v != v
	}
	return false
}
