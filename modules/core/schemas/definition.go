// Package schemas knows the collections that workflows can use: those that were
// defined, those that hold documents, and those that saved workflows name. It
// holds documents to the types of a definition.
package schemas

import (
	"fmt"
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/users"
)

// Bounds of a definition.
const (
	maxFields      = 500
	maxFieldName   = 128 // bytes
	maxIndexes     = 10
	maxIndexFields = 5
)

// Definition says what the documents of a collection look like.
type Definition struct {
	Collection string
	Fields     doc.Object // name to type, in the order and spelling of the author
	Indexes    []mongo.Index

	// sampled marks what the old backend took from a document: there "object" is
	// what JavaScript calls dates, lists and null, too.
	sampled bool
	kinds   map[string]*kind
}

// define checks what an author wrote.
func define(collection string, fields doc.Object, indexes doc.Array) (*Definition, error) {
	if len(fields) > maxFields {
		return nil, apierr.BadRequest("fields may hold at most %d fields", maxFields)
	}
	for _, f := range fields {
		if problem := nameProblem(f.Key); problem != "" {
			return nil, apierr.BadRequest("fields.%.40q %s", f.Key, problem)
		}
		name, ok := f.Value.(string)
		if !ok || kindOf(name) == nil {
			return nil, apierr.BadRequest("fields.%s must be one of: %s", f.Key, kindNames)
		}
	}
	d := &Definition{Collection: collection, Fields: fields}
	if len(indexes) > maxIndexes {
		return nil, apierr.BadRequest("indexes may hold at most %d indexes", maxIndexes)
	}
	for i, v := range indexes {
		index, err := parseIndex(v)
		if err != nil {
			return nil, apierr.BadRequest("indexes[%d]%s", i, err)
		}
		if name := index.Name(); name == "_id_1" || collection == users.Collection && name == users.EmailKey+"_1" {
			return nil, apierr.BadRequest("indexes[%d] is the platform's own", i)
		}
		if slices.ContainsFunc(d.Indexes, func(other mongo.Index) bool { return other.Name() == index.Name() }) {
			return nil, apierr.BadRequest("indexes[%d] is declared twice", i)
		}
		d.Indexes = append(d.Indexes, index)
	}
	d.prepare()
	return d, nil
}

func nameProblem(field string) string {
	switch {
	case field == "":
		return "is empty"
	case len(field) > maxFieldName:
		return fmt.Sprintf("is longer than %d bytes", maxFieldName)
	case field[0] == '$' || strings.ContainsAny(field, ".\x00"):
		return "must not begin with $ nor hold a dot"
	}
	return ""
}

// parseIndex reads {fields: ["a", "b"], unique?: bool}. A unique index binds the
// documents that have a value.
func parseIndex(v any) (mongo.Index, error) {
	o, ok := v.(doc.Object)
	if !ok {
		return mongo.Index{}, fmt.Errorf(" must be an object with fields")
	}
	var index mongo.Index
	for _, f := range doc.List(o, "fields") {
		name, _ := f.(string)
		for part := range strings.SplitSeq(name, ".") {
			if nameProblem(part) != "" || len(name) > maxFieldName {
				return mongo.Index{}, fmt.Errorf(".fields must hold names of fields")
			}
		}
		if slices.Contains(index.Fields, name) {
			return mongo.Index{}, fmt.Errorf(".fields must name a field once")
		}
		index.Fields = append(index.Fields, name)
	}
	if len(index.Fields) == 0 || len(index.Fields) > maxIndexFields {
		return mongo.Index{}, fmt.Errorf(".fields must be a list of 1 to %d names of fields", maxIndexFields)
	}
	switch unique, _ := doc.Get(o, "unique"); unique {
	case nil, false:
	case true:
		index.Unique, index.Sparse = true, true
	default:
		return mongo.Index{}, fmt.Errorf(".unique must be true or false")
	}
	return index, nil
}

// keepIndexes adds those of the definition before: an index once made stays. Declared
// anew, it is replaced.
func (d *Definition) keepIndexes(before *Definition) error {
	if before == nil {
		return nil
	}
	for _, index := range before.Indexes {
		if !slices.ContainsFunc(d.Indexes, func(i mongo.Index) bool { return i.Name() == index.Name() }) {
			d.Indexes = append(d.Indexes, index)
		}
	}
	if len(d.Indexes) > maxIndexes {
		return apierr.BadRequest("indexes may hold at most %d indexes, with those of before", maxIndexes)
	}
	return nil
}

func (d *Definition) prepare() {
	d.kinds = make(map[string]*kind, len(d.Fields))
	for _, f := range d.Fields {
		name, _ := f.Value.(string)
		if d.sampled && name == "object" {
			name = "mixed"
		}
		d.kinds[f.Key] = kindOf(name)
	}
}

// document is the definition as it is stored, apart from its dates.
func (d *Definition) document() doc.Object {
	o := doc.Object{{"collectionName", d.Collection}, {"fields", d.Fields}, {"source", "defined"}}
	if d.Indexes != nil {
		o = append(o, doc.Field{Key: "indexes", Value: d.IndexList()})
	}
	return o
}

// IndexList is the indexes as authors write them.
func (d *Definition) IndexList() doc.Array {
	list := make(doc.Array, len(d.Indexes))
	for i, index := range d.Indexes {
		fields := make(doc.Array, len(index.Fields))
		for j, f := range index.Fields {
			fields[j] = f
		}
		list[i] = doc.Object{{"fields", fields}, {"unique", index.Unique}}
	}
	return list
}

// decode reads a stored definition, old or new. Types that nobody knows check
// nothing.
func decode(o doc.Object) *Definition {
	d := &Definition{Collection: doc.String(o, "collectionName"), Fields: doc.Child(o, "fields"), sampled: doc.String(o, "source") == "sampled"}
	if d.Fields == nil {
		d.Fields = doc.Object{}
	}
	for _, v := range doc.List(o, "indexes") {
		if index, err := parseIndex(v); err == nil {
			d.Indexes = append(d.Indexes, index)
		}
	}
	d.prepare()
	return d
}

func names(fields []string) string { return strings.Join(fields, ", ") }
