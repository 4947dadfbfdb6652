package schemas

import (
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// kind is a type that a field may have.
type kind struct {
	article string // "must be a number"
	fits    func(v any) bool
	number  bool // $inc and $mul may change it
	list    bool // $push and the like may change it
	inside  bool // a path such as "address.city" may go on in it
}

// kindNames are the types, for messages.
const kindNames = "string, number, boolean, date, object, array, ObjectId, mixed"

// kinds by their names in lower case; the old backend wrote String, ObjectID.
var kinds = map[string]*kind{
	"string":   {article: "a string", fits: is[string]},
	"number":   {article: "a number", fits: isNumber, number: true},
	"boolean":  {article: "a boolean", fits: is[bool]},
	"date":     {article: "a date such as 2026-01-31T12:00:00Z", fits: isDate},
	"object":   {article: "an object", fits: is[doc.Object], inside: true},
	"array":    {article: "an array", fits: is[doc.Array], list: true, inside: true},
	"objectid": {article: "an id of 24 hexadecimal digits", fits: isID},
	"mixed":    {article: "anything", fits: func(any) bool { return true }, number: true, list: true, inside: true},
}

func kindOf(name string) *kind { return kinds[strings.ToLower(name)] }

func is[T any](v any) bool { _, ok := v.(T); return ok }

func isNumber(v any) bool {
	switch v.(type) {
	case int64, int32, float64, primitive.Decimal128:
		return true
	}
	return false
}

// isDate takes what JSON can carry of a date, as the API writes it.
func isDate(v any) bool {
	switch v := v.(type) {
	case primitive.DateTime:
		return true
	case string:
		for _, layout := range []string{time.RFC3339, time.DateOnly} {
			if _, err := time.Parse(layout, v); err == nil {
				return true
			}
		}
	}
	return false
}

func isID(v any) bool {
	switch v := v.(type) {
	case primitive.ObjectID:
		return true
	case string:
		return primitive.IsValidObjectID(v) //nolint:staticcheck // it says what is meant
	}
	return false
}
