package remote

import (
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
)

// upsertRetries bounds the retries of an upsert that lost a race.
const upsertRetries = 3

// racing runs a write. Two upserts that both find nothing both insert, and the
// loser gets a duplicate key; when its filter asks for that very key, it finds
// the winner's document the next time. MongoDB retries some of these itself,
// but not all. An upsert that did not race fails the same way again, having
// written nothing.
func racing[T any](upsert bool, filter bson.D, write func() (T, error)) (T, error) {
	for tries := 0; ; tries++ {
		result, err := write()
		if err == nil || !upsert || tries == upsertRetries {
			return result, err
		}
		server, ok := asServerError(err)
		if !ok || !slices.Contains(duplicateCodes, server.code) || !covers(filter, keyFields(server)) {
			return result, err
		}
	}
}

// keyFields are the fields of the violated index.
func keyFields(e serverError) []string {
	if pattern, ok := e.raw.Lookup("keyPattern").DocumentOK(); ok {
		elements, _ := pattern.Elements()
		fields := make([]string, 0, len(elements))
		for _, element := range elements {
			fields = append(fields, element.Key())
		}
		return fields
	}
	// Servers before 4.2 say it only in the name.
	name := indexOf(e)
	switch name {
	case "_id_":
		return []string{"_id"}
	case unknownIndex:
		return nil
	}
	return strings.Split(strings.TrimSuffix(name, "_1"), "_1_")
}

// covers reports whether filter demands one value of each field.
func covers(filter bson.D, fields []string) bool {
	demanded := map[string]bool{}
	equalities(filter, demanded)
	for _, field := range fields {
		if !demanded[field] {
			return false
		}
	}
	return len(fields) > 0
}

func equalities(filter bson.D, into map[string]bool) {
	for _, field := range filter {
		if field.Key == "$and" {
			for _, branch := range branches(field.Value) {
				equalities(branch, into)
			}
			continue
		}
		if !strings.HasPrefix(field.Key, "$") && isEquality(field.Value) {
			into[field.Key] = true
		}
	}
}

func branches(value any) []bson.D {
	switch list := value.(type) {
	case []bson.D:
		return list
	case bson.A:
		var all []bson.D
		for _, item := range list {
			if branch, ok := item.(bson.D); ok {
				all = append(all, branch)
			}
		}
		return all
	}
	return nil
}

func isEquality(value any) bool {
	switch v := value.(type) {
	case primitive.Regex:
		return false
	case bson.D:
		return len(v) == 0 || !strings.HasPrefix(v[0].Key, "$") || slices.ContainsFunc(v, isEq)
	case bson.M:
		for key := range v {
			if strings.HasPrefix(key, "$") && key != "$eq" {
				return false
			}
		}
	}
	return true
}

func isEq(e bson.E) bool { return e.Key == "$eq" }
