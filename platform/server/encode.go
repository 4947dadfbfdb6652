package server

import (
	"encoding"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// appendJSON appends v as doc.AppendJSON does, and structs by their json tags
// (name, omitempty, omitzero). The standard encoder cannot be used: it loses the
// order of the keys in a doc.Object and escapes for HTML.
func appendJSON(dst []byte, v any) []byte {
	switch v.(type) {
	case nil, bool, string, int, int32, int64, float64, doc.Object, doc.Array:
		return doc.AppendJSON(dst, v)
	}
	rv := reflect.ValueOf(v)
	return encoderOf(rv.Type())(dst, rv)
}

type encoder func(dst []byte, v reflect.Value) []byte

// encoders by reflect.Type; there are as many as there are response types.
var encoders sync.Map

func encoderOf(t reflect.Type) encoder {
	if e, ok := encoders.Load(t); ok {
		return e.(encoder)
	}
	e := compile(t)
	encoders.Store(t, e)
	return e
}

var (
	typeObject  = reflect.TypeFor[doc.Object]()
	typeArray   = reflect.TypeFor[doc.Array]()
	typeJSON    = reflect.TypeFor[json.Marshaler]()
	typeText    = reflect.TypeFor[encoding.TextMarshaler]()
	bsonPackage = typeObject.PkgPath()
)

func compile(t reflect.Type) encoder {
	if t == typeObject || t == typeArray || t.PkgPath() == bsonPackage || t.Implements(typeJSON) || t.Implements(typeText) {
		return func(dst []byte, v reflect.Value) []byte { return doc.AppendJSON(dst, v.Interface()) }
	}
	switch t.Kind() {
	case reflect.String:
		return func(dst []byte, v reflect.Value) []byte { return doc.AppendJSON(dst, v.String()) }
	case reflect.Bool:
		return func(dst []byte, v reflect.Value) []byte { return strconv.AppendBool(dst, v.Bool()) }
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(dst []byte, v reflect.Value) []byte { return strconv.AppendInt(dst, v.Int(), 10) }
	case reflect.Interface:
		return func(dst []byte, v reflect.Value) []byte { return appendJSON(dst, v.Interface()) }
	case reflect.Pointer:
		return appendPointer
	case reflect.Slice:
		return appendSlice
	case reflect.Map:
		if t.Key().Kind() == reflect.String {
			return appendMap
		}
	case reflect.Struct:
		return compileStruct(t)
	}
	return func(dst []byte, v reflect.Value) []byte { return doc.AppendJSON(dst, v.Interface()) }
}

func appendPointer(dst []byte, v reflect.Value) []byte {
	if v.IsNil() {
		return append(dst, "null"...)
	}
	return encoderOf(v.Type().Elem())(dst, v.Elem())
}

// appendSlice writes nil as [], so that clients can always iterate.
func appendSlice(dst []byte, v reflect.Value) []byte {
	encode := encoderOf(v.Type().Elem())
	dst = append(dst, '[')
	for i := range v.Len() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = encode(dst, v.Index(i))
	}
	return append(dst, ']')
}

func appendMap(dst []byte, v reflect.Value) []byte {
	values := make(map[string]reflect.Value, v.Len())
	for it := v.MapRange(); it.Next(); {
		values[it.Key().String()] = it.Value()
	}
	encode := encoderOf(v.Type().Elem())
	dst = append(dst, '{')
	for i, key := range slices.Sorted(maps.Keys(values)) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(doc.AppendJSON(dst, key), ':')
		dst = encode(dst, values[key])
	}
	return append(dst, '}')
}

// member is one field of a struct.
type member struct {
	index  []int
	key    []byte // quoted, with the colon
	skip   func(reflect.Value) bool
	encode encoder
}

func compileStruct(t reflect.Type) encoder {
	members := membersOf(t, nil)
	return func(dst []byte, v reflect.Value) []byte {
		dst = append(dst, '{')
		first := true
		for i := range members {
			m := &members[i]
			field := v.FieldByIndex(m.index)
			if m.skip != nil && m.skip(field) {
				continue
			}
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = m.encode(append(dst, m.key...), field)
		}
		return append(dst, '}')
	}
}

func membersOf(t reflect.Type, index []int) (members []member) {
	for i := range t.NumField() {
		sf := t.Field(i)
		name, options, _ := strings.Cut(sf.Tag.Get("json"), ",")
		at := append(slices.Clone(index), i)
		if sf.Anonymous && name == "" && sf.Type.Kind() == reflect.Struct {
			members = append(members, membersOf(sf.Type, at)...)
			continue
		}
		if !sf.IsExported() || name == "-" {
			continue
		}
		if name == "" {
			name = sf.Name
		}
		m := member{index: at, key: append(doc.MarshalJSON(name), ':')}
		switch options {
		case "omitempty":
			m.skip = isEmpty
		case "omitzero":
			m.skip = reflect.Value.IsZero
		}
		// Looked up late: a type may contain itself.
		encode := sync.OnceValue(func() encoder { return encoderOf(sf.Type) })
		m.encode = func(dst []byte, v reflect.Value) []byte { return encode()(dst, v) }
		members = append(members, m)
	}
	return members
}

// isEmpty is what omitempty means to encoding/json.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map, reflect.Array, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}
