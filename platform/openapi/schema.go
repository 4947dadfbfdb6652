package openapi

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/registry"
)

// Describer is a struct that says which types its loose fields hold (doc.Object,
// doc.Array, any), by their names in JSON. Values of these types are not checked
// when they are read; the documentation shows what they should be.
type Describer interface {
	Describe() map[string]reflect.Type
}

// Schemer is a type that writes its own JSON Schema.
type Schemer interface {
	JSONSchema() doc.Object
}

// schemas are the types that a document has met, each under a name of its own.
type schemas struct {
	names   map[reflect.Type]string
	defined map[string]doc.Object
}

func newSchemas() *schemas {
	return &schemas{names: map[reflect.Type]string{}, defined: map[string]doc.Object{}}
}

// Schema is the schema of a type: a reference for a struct that has a name.
func (d *Document) Schema(t reflect.Type) doc.Object { return d.schemas.of(t) }

// Define keeps a schema under a name and returns the reference to it.
func (d *Document) Define(name string, schema doc.Object) doc.Object {
	d.schemas.defined[name] = schema
	return ref(name)
}

var (
	typeObject    = reflect.TypeFor[doc.Object]()
	typeArray     = reflect.TypeFor[doc.Array]()
	typeReply     = reflect.TypeFor[registry.Reply]()
	typeDescriber = reflect.TypeFor[Describer]()
	typeSchemer   = reflect.TypeFor[Schemer]()
)

func (s *schemas) of(t reflect.Type) doc.Object {
	switch t {
	case typeObject:
		return typed("object")
	case typeArray:
		return typed("array")
	case typeReply:
		return doc.Object{}
	}
	switch t.Kind() {
	case reflect.String:
		return typed("string")
	case reflect.Bool:
		return typed("boolean")
	case reflect.Int, reflect.Int32, reflect.Int64:
		return typed("integer")
	case reflect.Float64:
		return typed("number")
	case reflect.Pointer:
		return nullable(s.of(t.Elem()))
	case reflect.Slice:
		return append(typed("array"), doc.Field{Key: "items", Value: s.of(t.Elem())})
	case reflect.Map:
		return append(typed("object"), doc.Field{Key: "additionalProperties", Value: s.of(t.Elem())})
	case reflect.Struct:
		return s.structOf(t)
	}
	return doc.Object{} // anything
}

func (s *schemas) structOf(t reflect.Type) doc.Object {
	if t.Name() == "" {
		return s.build(t)
	}
	name, known := s.names[t]
	if !known {
		name = s.nameOf(t)
		s.names[t] = name
		s.defined[name] = nil // a type may hold itself
		s.defined[name] = s.build(t)
	}
	return ref(name)
}

func (s *schemas) build(t reflect.Type) doc.Object {
	if t.Implements(typeSchemer) {
		return reflect.Zero(t).Interface().(Schemer).JSONSchema()
	}
	object := &objectSchema{}
	s.addFields(object, t)
	return object.schema()
}

// addFields adds the fields of a response type by its json tags, as the host
// writes them.
func (s *schemas) addFields(object *objectSchema, t reflect.Type) {
	for i := range t.NumField() {
		sf := t.Field(i)
		name, options, _ := strings.Cut(sf.Tag.Get("json"), ",")
		if sf.Anonymous && name == "" && sf.Type.Kind() == reflect.Struct {
			s.addFields(object, sf.Type)
			continue
		}
		if !sf.IsExported() || name == "-" {
			continue
		}
		name = cmp.Or(name, sf.Name)
		if options != "" && sf.Type.Kind() == reflect.Pointer {
			sf.Type = sf.Type.Elem() // left out rather than null
		}
		object.add(name, s.field(sf, t, name), options == "")
	}
}

// field is the schema of a field with all that its tags say.
func (s *schemas) field(sf reflect.StructField, parent reflect.Type, name string) doc.Object {
	t := sf.Type
	if parent.Implements(typeDescriber) {
		if shown, ok := reflect.Zero(parent).Interface().(Describer).Describe()[name]; ok {
			t = shown
		}
	}
	return describe(s.of(t), sf.Tag)
}

// nameOf is the name of a type with its package's, unless it begins with it; of
// two that would be the same, the later one gets a longer name.
func (s *schemas) nameOf(t reflect.Type) string {
	path := strings.Split(t.PkgPath(), "/")
	own := title(t.Name())
	domain := title(path[len(path)-1])
	name := own
	if !strings.HasPrefix(own, domain) && !t.Implements(typeSchemer) && t != typeError {
		name = domain + own
	}
	for i := len(path) - 2; i >= 0; i-- {
		if _, taken := s.defined[name]; !taken {
			break
		}
		name = title(path[i]) + name
	}
	return name
}

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// object lists the named schemas by name.
func (s *schemas) object() doc.Object {
	o := doc.Object{}
	for _, name := range slices.Sorted(maps.Keys(s.defined)) {
		o = append(o, doc.Field{Key: name, Value: s.defined[name]})
	}
	return o
}

// objectSchema collects the properties of an object.
type objectSchema struct {
	properties doc.Object
	required   doc.Array
}

func (o *objectSchema) add(name string, schema doc.Object, required bool) {
	o.properties = doc.Set(o.properties, name, schema)
	if required {
		o.required = append(o.required, name)
	}
}

func (o *objectSchema) schema() doc.Object {
	schema := typed("object")
	if len(o.properties) > 0 {
		schema = append(schema, doc.Field{Key: "properties", Value: o.properties})
	}
	if len(o.required) > 0 {
		schema = append(schema, doc.Field{Key: "required", Value: o.required})
	}
	return schema
}

func typed(name string) doc.Object { return doc.Object{{"type", name}} }

func refTo(name string) string { return "#/components/schemas/" + name }

func ref(name string) doc.Object { return doc.Object{{"$ref", refTo(name)}} }

// nullable lets a schema be null, too.
func nullable(schema doc.Object) doc.Object {
	if kind := doc.String(schema, "type"); kind != "" {
		return append(doc.Object{{"type", doc.Array{kind, "null"}}}, doc.Without(schema, "type")...)
	}
	if len(schema) == 0 {
		return schema
	}
	return doc.Object{{"anyOf", doc.Array{schema, typed("null")}}}
}
