package data

import (
	"errors"
	"strings"

	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/users"
)

// orNone turns "not found" into no document and no error.
func orNone(err error) error {
	if errors.Is(err, mongo.ErrNotFound) {
		return nil
	}
	return explain(err)
}

// explain turns a store's error into one that callers may see.
func explain(err error) error {
	var duplicate *mongo.DuplicateError
	switch {
	case errors.As(err, &duplicate):
		return &engine.Error{Kind: engine.Failed, Code: "DUPLICATE", Cause: err,
			Message: "A document with the same " + indexText(duplicate.Index) + " already exists in " + plainName(duplicate.Collection)}
	case errors.Is(err, mongo.ErrUnavailable):
		return &engine.Error{Kind: engine.Unavailable, Code: "UNAVAILABLE", Message: "The database does not answer", Cause: err}
	case errors.Is(err, mongo.ErrUnsupported), errors.Is(err, mongo.ErrInvalid):
		return &engine.Error{Kind: engine.Failed, Code: "INVALID_QUERY", Message: err.Error(), Cause: err}
	}
	return err
}

// indexText names the fields of an index for people: "emailKey_1" is the e-mail,
// "day_1_room_1" is day and room.
func indexText(index string) string {
	switch index {
	case "", "_id", "_id_":
		return "_id"
	case users.EmailKey + "_1":
		return "email"
	case "unknown": // the server did not say
		return "unique value"
	}
	return strings.ReplaceAll(strings.TrimSuffix(index, "_1"), "_1_", " and ")
}
