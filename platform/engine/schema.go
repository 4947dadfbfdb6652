package engine

import "github.com/orchestrix/orchestrix/platform/doc"

// FieldsSchema is the JSON Schema of what the steps of this type take, from the
// declaration. It shows what to write; what is stored may be anything.
func (t *StepType) FieldsSchema() doc.Object {
	schema := fieldsSchema(t.Fields)
	if t.Output.Default != "" {
		properties := append(doc.Child(schema, "properties"), doc.Field{Key: "outputVar", Value: doc.Object{
			{"type", "string"}, {"description", "Name of the variable that it sets: " + t.Output.Description}, {"default", t.Output.Default},
		}})
		schema = doc.Set(schema, "properties", properties)
	}
	return append(doc.Object{{"title", t.Type}, {"description", t.Summary}}, schema...)
}

func fieldsSchema(fields []Field) doc.Object {
	properties, required := doc.Object{}, doc.Array{}
	for _, f := range fields {
		properties = append(properties, doc.Field{Key: f.Name, Value: f.schema()})
		if f.Required {
			required = append(required, f.Name)
		}
	}
	schema := doc.Object{{"type", "object"}, {"properties", properties}}
	if len(required) > 0 {
		schema = append(schema, doc.Field{Key: "required", Value: required})
	}
	return schema
}

func (f *Field) schema() doc.Object {
	var schema doc.Object
	switch f.Kind {
	case Name, Template:
		schema = doc.Object{{"type", "string"}}
	case Number:
		schema = doc.Object{{"type", doc.Array{"number", "string"}}}
	case Choice:
		values := make(doc.Array, len(f.Enum))
		for i, v := range f.Enum {
			values[i] = v
		}
		schema = doc.Object{{"type", "string"}, {"enum", values}, {"default", f.Enum[0]}}
	case Filter, Document, Update:
		schema = doc.Object{{"type", "object"}}
	case Flag:
		schema = doc.Object{{"type", "boolean"}}
	case List:
		schema = doc.Object{{"type", "array"}, {"items", fieldsSchema(f.Items)}}
	}
	schema = append(schema, doc.Field{Key: "description", Value: f.Description})
	if f.Example != nil {
		schema = append(schema, doc.Field{Key: "examples", Value: doc.Array{f.Example}})
	}
	return schema
}
