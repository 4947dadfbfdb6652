package embedded

import (
	"strings"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
)

// maxLookups bounds the keys that one plan looks up; a longer $in is scanned.
const maxLookups = 1000

// condition is what a filter demands of a field, as far as an index can help.
type condition struct {
	values    []any // those that it may have; nil when it is not fixed
	low, high *bound
}

// bound is the operand of a comparison.
type bound struct {
	value     any
	inclusive bool
}

// conditions finds what a filter demands of single fields.
func conditions(query bson.D) map[string]condition {
	found := map[string]condition{}
	addConditions(found, query)
	return found
}

func addConditions(found map[string]condition, query bson.D) {
	for _, f := range query {
		switch {
		case f.Key == "$and":
			branches, _ := f.Value.(bson.A)
			for _, b := range branches {
				branch, _ := b.(bson.D)
				addConditions(found, branch)
			}
		case !strings.HasPrefix(f.Key, "$"):
			c := found[f.Key]
			c.add(f.Value)
			found[f.Key] = c
		}
	}
}

// add takes over what an expression says. Of several demands of one kind the
// last counts: each of them holds, so one of them narrows enough.
func (c *condition) add(v any) {
	d, ok := v.(bson.D)
	if !ok {
		c.fix(scalars(v))
		return
	}
	if !isExpression(d) {
		return // a document to compare with, whatever its other keys
	}
	for _, op := range d {
		switch op.Key {
		case "$eq":
			c.fix(scalars(op.Value))
		case "$in":
			list, _ := op.Value.(bson.A)
			c.fix(scalars(list...))
		case "$gt", "$gte":
			c.low = &bound{op.Value, op.Key == "$gte"}
		case "$lt", "$lte":
			c.high = &bound{op.Value, op.Key == "$lte"}
		}
	}
}

func (c *condition) fix(values []any) {
	if values != nil {
		c.values = values
	}
}

// scalars are the values, unless one is compared in other ways than as a whole:
// lists, documents and patterns.
func scalars(values ...any) []any {
	if len(values) > maxLookups {
		return nil
	}
	for _, v := range values {
		switch v.(type) {
		case bson.A, bson.D, primitive.Regex:
			return nil
		}
	}
	if values == nil {
		return []any{}
	}
	return values
}

// isPlain reports whether two stored values that have v's key both equal v, as
// the matcher sees it. It takes decimals and floats less exactly.
func isPlain(v any) bool {
	switch v.(type) {
	case string, bool, int32, int64, primitive.ObjectID, primitive.DateTime:
		return true
	}
	return false
}
