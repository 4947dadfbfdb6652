package remote

import (
	"fmt"

	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// checkQuery refuses operators that run JavaScript on the server. Filters come
// from workflows; a query language is not a place to run programs, and the
// embedded store has none of it.
func checkQuery(documents ...bson.D) error {
	for _, document := range documents {
		if operator := scriptIn(document); operator != "" {
			return fmt.Errorf("%w: %s", mongo.ErrUnsupported, operator)
		}
	}
	return nil
}

// scriptIn finds such an operator. Documents come from decoded BSON or from
// code, so they are no deeper than the stack allows.
func scriptIn(value any) string {
	switch v := value.(type) {
	case bson.D:
		for _, field := range v {
			if operator := scriptAt(field.Key, field.Value); operator != "" {
				return operator
			}
		}
	case bson.M:
		for key, value := range v {
			if operator := scriptAt(key, value); operator != "" {
				return operator
			}
		}
	case bson.A:
		for _, item := range v {
			if operator := scriptIn(item); operator != "" {
				return operator
			}
		}
	case []bson.D:
		for _, item := range v {
			if operator := scriptIn(item); operator != "" {
				return operator
			}
		}
	}
	return ""
}

func scriptAt(key string, value any) string {
	switch key {
	case "$where", "$function", "$accumulator":
		return key
	}
	return scriptIn(value)
}
