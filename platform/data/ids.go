package data

import (
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// matchIDs makes a filter find ids in either form: JSON has only strings, while
// stored ids are ObjectIDs (and may have been stored as strings as well). A
// comparison with a 24-hex string matches both.
func matchIDs(filter doc.Object) doc.Object {
	return mapFields(filter, func(f doc.Field) doc.Field {
		switch value := f.Value.(type) {
		case string:
			return matchID(f.Key, value)
		case doc.Array:
			f.Value = matchList(f.Key, value)
		case doc.Object:
			if f.Key == "$elemMatch" || demands(value) { // else a document to be equal to
				f.Value = matchIDs(value)
			}
		}
		return f
	})
}

// demands reports whether a value is made of operators.
func demands(o doc.Object) bool { return len(o) > 0 && strings.HasPrefix(o[0].Key, "$") }

func matchID(key, value string) doc.Field {
	id, ok := objectID(value)
	if !ok {
		return doc.Field{Key: key, Value: value}
	}
	both := doc.Array{id, value}
	switch key {
	case "$eq":
		return doc.Field{Key: "$in", Value: both}
	case "$ne":
		return doc.Field{Key: "$nin", Value: both}
	}
	if strings.HasPrefix(key, "$") { // ordering and text operators compare what was written
		return doc.Field{Key: key, Value: value}
	}
	return doc.Field{Key: key, Value: doc.Object{{"$in", both}}}
}

func matchList(key string, list doc.Array) doc.Array {
	out := make(doc.Array, 0, len(list))
	for _, item := range list {
		switch item := item.(type) {
		case doc.Object:
			out = append(out, matchIDs(item)) // a branch of $and, $or, $nor
		case string:
			if id, ok := objectID(item); ok && (key == "$in" || key == "$nin") {
				out = append(out, id)
			}
			out = append(out, item)
		default:
			out = append(out, item)
		}
	}
	return out
}

func objectID(s string) (primitive.ObjectID, bool) {
	if len(s) != 24 {
		return primitive.NilObjectID, false
	}
	id, err := primitive.ObjectIDFromHex(s)
	return id, err == nil
}

// mapFields returns o with every field replaced, leaving o itself alone.
func mapFields(o doc.Object, change func(doc.Field) doc.Field) doc.Object {
	out := slices.Clone(o)
	for i := range out {
		out[i] = change(out[i])
	}
	return out
}
