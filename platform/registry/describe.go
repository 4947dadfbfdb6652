package registry

import (
	"reflect"
	"slices"
)

// Field is one field of a request type, as the documentation needs it.
type Field struct {
	reflect.StructField
	Key    string       // its name in the request
	From   string       // the tag that says where it comes from
	Owner  bool         // it holds whom the request is bound to, if it is
	Parent reflect.Type // the struct that declares it
}

// Fields are those of the request type, in its order.
func (h Handler[A]) Fields() []Field {
	p := h.plan
	if p == nil {
		p = h.reads
	}
	if p == nil {
		return nil
	}
	fields := make([]Field, len(p.fields))
	for i, f := range p.fields {
		parent := h.req
		if above := f.index[:len(f.index)-1]; len(above) > 0 {
			parent = h.req.FieldByIndex(above).Type
		}
		fields[i] = Field{StructField: h.req.FieldByIndex(f.index), Key: f.name, From: sourceTags[f.source], Owner: f.owner, Parent: parent}
	}
	return fields
}

// Tag is a group of routes in the documentation.
type Tag struct{ Name, Description string }

// Describe says in a sentence what the routes of a tag are about.
func (r *Registry[A]) Describe(tag, description string) { r.tags[tag] = description }

// Tags are those that the routes have, by name.
func (r *Registry[A]) Tags() []Tag {
	var names []string
	for _, route := range r.routes {
		names = append(names, route.Tag)
	}
	slices.Sort(names)
	var tags []Tag
	for _, name := range slices.Compact(names) {
		tags = append(tags, Tag{Name: name, Description: r.tags[name]})
	}
	return tags
}
