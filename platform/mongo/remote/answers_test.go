package remote_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// The answers are those of MongoDB 6, from its documentation and source.

func parse(t *testing.T, text string) bson.D {
	t.Helper()
	var d bson.D
	require.NoError(t, bson.UnmarshalExtJSON([]byte(text), false, &d), text)
	return d
}

const (
	refusedWrite = `{"ok":1,"n":0,"nModified":0,"writeErrors":[{"index":0,"code":11000,"keyPattern":{"email":1},"keyValue":{"email":"x"},
		"errmsg":"E11000 duplicate key error collection: shop.people index: email_1 dup key: { email: \"x\" }"}]}`
	refusedCommand = `{"ok":0,"code":11000,"codeName":"DuplicateKey","keyPattern":{"email":1},"keyValue":{"email":"x"},
		"errmsg":"E11000 duplicate key error collection: shop.people index: email_1 dup key: { email: \"x\" }"}`
)

func TestDuplicatesAreOneKindFromEveryWrite(t *testing.T) {
	store, server := serve(t, func(command bson.D) bson.D {
		if command[0].Key == "findAndModify" {
			return parse(t, refusedCommand)
		}
		return parse(t, refusedWrite)
	})
	people, ctx := store.Collection("people"), t.Context()
	byName, set := bson.D{{Key: "name", Value: "n"}}, bson.D{{Key: "$set", Value: bson.D{{Key: "email", Value: "x"}}}}
	for name, write := range map[string]func() error{
		"insert": func() error { _, err := people.InsertOne(ctx, bson.D{{Key: "email", Value: "x"}}); return err },
		"update": func() error { _, err := people.UpdateOne(ctx, byName, set, mongo.UpdateOptions{}); return err },
		"many":   func() error { _, err := people.UpdateMany(ctx, byName, set, mongo.UpdateOptions{}); return err },
		"upsert": func() error {
			_, err := people.UpdateOne(ctx, byName, set, mongo.UpdateOptions{Upsert: true})
			return err
		},
		"findAndModify": func() error {
			_, err := people.FindOneAndUpdate(ctx, byName, set, mongo.FindUpdateOptions{Upsert: true})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			var duplicate *mongo.DuplicateError
			require.ErrorAs(t, write(), &duplicate)
			assert.Equal(t, mongo.DuplicateError{Collection: "people", Index: "email_1"}, *duplicate)
		})
	}
	assert.Len(t, server.Given("update"), 3, "none of these raced")
}

func TestALostUpsertRaceIsWonTheNextTime(t *testing.T) {
	tries := 0
	store, server := serve(t, func(bson.D) bson.D {
		if tries++; tries == 1 {
			return parse(t, refusedWrite)
		}
		return parse(t, `{"ok":1,"n":1,"nModified":1}`)
	})
	result, err := store.Collection("people").UpdateOne(t.Context(), bson.D{{Key: "email", Value: "x"}},
		bson.D{{Key: "$inc", Value: bson.D{{Key: "n", Value: 1}}}}, mongo.UpdateOptions{Upsert: true})
	require.NoError(t, err)
	assert.Equal(t, mongo.UpdateResult{Matched: 1, Modified: 1}, result)
	assert.Len(t, server.Given("update"), 2)
}

func TestABrokenUniqueIndexIsReportedAndTheOthersAreMade(t *testing.T) {
	store, server := serve(t, func(command bson.D) bson.D {
		switch {
		case command[0].Key == "aggregate":
			return parse(t, `{"ok":1,"cursor":{"id":{"$numberLong":"0"},"ns":"shop.people","firstBatch":[{"key":["x"]},{"key":[null]}]}}`)
		case strings.Contains(text(t, command), `"email_1"`):
			return parse(t, refusedCommand)
		}
		return parse(t, `{"ok":1}`)
	})
	unique := mongo.Index{Fields: []string{"email"}, Unique: true}
	err := store.Collection("people").EnsureIndexes(t.Context(), unique,
		mongo.Index{Fields: []string{"at"}, Expire: true}, mongo.Index{Fields: []string{"a", "b.c"}, Unique: true, Sparse: true})
	var broken *mongo.IndexError
	require.ErrorAs(t, err, &broken)
	assert.Equal(t, mongo.IndexError{Collection: "people", Index: unique, Values: []string{`{"email":"x"}`, `{"email":null}`}}, *broken)
	made := server.Given("createIndexes")
	require.Len(t, made, 3)
	assert.Contains(t, text(t, made[1]), `"indexes":[{"key":{"at":1},"expireAfterSeconds":0,"name":"at_1"}]`)
	assert.Contains(t, text(t, made[2]), `"key":{"a":1,"b.c":1},"name":"a_1_b.c_1","sparse":true,"unique":true`)
}

func TestAChangedIndexIsReplaced(t *testing.T) {
	creations := 0
	store, server := serve(t, func(command bson.D) bson.D {
		switch command[0].Key {
		case "aggregate":
			return parse(t, `{"ok":1,"cursor":{"id":{"$numberLong":"0"},"ns":"shop.people","firstBatch":[]}}`)
		case "createIndexes":
			if creations++; creations == 1 {
				return parse(t, `{"ok":0,"code":86,"codeName":"IndexKeySpecsConflict","errmsg":"An existing index has the same name as the requested index."}`)
			}
		}
		return parse(t, `{"ok":1}`)
	})
	require.NoError(t, store.Collection("people").EnsureIndexes(t.Context(), mongo.Index{Fields: []string{"email"}, Unique: true}))
	assert.Len(t, server.Given("dropIndexes"), 1)
	assert.Len(t, server.Given("createIndexes"), 2)
}

// Somebody's own database has indexes that somebody else has named.
func TestAnIndexOfAnotherNameServesWhenItIsTheSame(t *testing.T) {
	for name, unique := range map[string]bool{"the same": true, "another": false} {
		t.Run(name, func(t *testing.T) {
			store, server := serve(t, func(command bson.D) bson.D {
				switch command[0].Key {
				case "aggregate":
					return parse(t, `{"ok":1,"cursor":{"id":{"$numberLong":"0"},"ns":"shop.people","firstBatch":[]}}`)
				case "createIndexes":
					return parse(t, `{"ok":0,"code":85,"codeName":"IndexOptionsConflict","errmsg":"Index already exists with a different name: by_email"}`)
				case "dropIndexes":
					return parse(t, `{"ok":0,"code":27,"codeName":"IndexNotFound","errmsg":"index not found with name [email_1]"}`)
				case "listIndexes":
					return parse(t, `{"ok":1,"cursor":{"id":{"$numberLong":"0"},"ns":"shop.people","firstBatch":[
						{"v":2,"key":{"_id":1},"name":"_id_"}, {"v":2,"key":{"email":1},"name":"by_email","unique":true}]}}`)
				}
				return parse(t, `{"ok":1}`)
			})
			err := store.Collection("people").EnsureIndexes(t.Context(), mongo.Index{Fields: []string{"email"}, Unique: unique})
			if unique {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, mongo.ErrInvalid)
				assert.ErrorContains(t, err, "by_email")
			}
			assert.Len(t, server.Given("createIndexes"), 1)
		})
	}
}

func TestIndexesAreListedAsTheInterfaceSaysThem(t *testing.T) {
	store, _ := serve(t, func(bson.D) bson.D {
		return parse(t, `{"ok":1,"cursor":{"id":{"$numberLong":"0"},"ns":"shop.people","firstBatch":[
			{"v":2,"key":{"_id":1},"name":"_id_"}, {"v":2,"key":{"z":1},"name":"z_1","expireAfterSeconds":0},
			{"v":2,"key":{"d":-1},"name":"d_-1"}, {"v":2,"key":{"_fts":"text","_ftsx":1},"name":"t_text"},
			{"v":2,"key":{"a":1.0,"b":1},"name":"a_1_b_1","unique":true,"sparse":true}]}}`)
	})
	all, err := store.Collection("people").Indexes(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []mongo.Index{{Fields: []string{"a", "b"}, Unique: true, Sparse: true}, {Fields: []string{"z"}, Expire: true}}, all)
}

func TestEveryFindIsLimitedAndEveryWriteIsJournaled(t *testing.T) {
	store, server := serve(t, func(command bson.D) bson.D {
		if command[0].Key == "find" {
			return parse(t, `{"ok":1,"cursor":{"id":{"$numberLong":"0"},"ns":"shop.people","firstBatch":[{"_id":1,"a":[{"b":{"c":1}}]}]}}`)
		}
		return parse(t, `{"ok":1,"n":1}`)
	})
	people := store.Collection("people")
	found, err := people.Find(t.Context(), nil, mongo.FindOptions{})
	require.NoError(t, err)
	assert.Equal(t, []bson.D{{{Key: "_id", Value: int32(1)}, {Key: "a", Value: bson.A{bson.D{{Key: "b", Value: bson.D{{Key: "c", Value: int32(1)}}}}}}}}, found)
	assert.Contains(t, text(t, server.Given("find")[0]), `"limit":10000`)
	_, err = people.InsertOne(t.Context(), bson.D{})
	require.NoError(t, err)
	assert.Contains(t, text(t, server.Given("insert")[0]), `"writeConcern":{"w":"majority","j":true}`)
}

// A server keeps a cursor for ten minutes unless it is told that nobody reads on.
func TestACursorIsClosedWhoeverGivesUp(t *testing.T) {
	for name, maxBytes := range map[string]int64{"too much": 1, "the context ends": 0} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			store, server := serve(t, func(command bson.D) bson.D {
				batch := "firstBatch"
				if command[0].Key == "getMore" {
					batch = "nextBatch"
					cancel()
				}
				return parse(t, `{"ok":1,"cursor":{"id":{"$numberLong":"7"},"ns":"shop.people","`+batch+`":[{"_id":1},{"_id":2}]}}`)
			})
			_, err := store.Collection("people").Find(ctx, nil, mongo.FindOptions{MaxBytes: maxBytes})
			if maxBytes > 0 {
				require.ErrorIs(t, err, mongo.ErrInvalid)
			} else {
				require.ErrorIs(t, err, context.Canceled)
			}
			assert.Len(t, server.Given("killCursors"), 1)
		})
	}
}

func TestBadQueriesNeverReachTheServer(t *testing.T) {
	store, server := serve(t, func(bson.D) bson.D { return parse(t, `{"ok":1}`) })
	people, ctx := store.Collection("people"), t.Context()
	script := bson.D{{Key: "$or", Value: bson.A{bson.D{{Key: "$where", Value: "true"}}}}}
	set := bson.D{{Key: "$set", Value: bson.D{{Key: "a", Value: 1}}}}
	for name, row := range map[string]struct {
		kind error
		call func() error
	}{
		"script in find": {mongo.ErrUnsupported, func() error { _, err := people.Find(ctx, script, mongo.FindOptions{}); return err }},
		"script in projection": {mongo.ErrUnsupported, func() error {
			_, err := people.FindOne(ctx, nil, mongo.FindOptions{Projection: bson.D{{Key: "a", Value: bson.M{"$function": 1}}}})
			return err
		}},
		"script in count":  {mongo.ErrUnsupported, func() error { _, err := people.Count(ctx, script); return err }},
		"script in update": {mongo.ErrUnsupported, func() error { _, err := people.UpdateMany(ctx, script, set, mongo.UpdateOptions{}); return err }},
		"script in find update": {mongo.ErrUnsupported, func() error {
			_, err := people.FindOneAndUpdate(ctx, script, set, mongo.FindUpdateOptions{})
			return err
		}},
		"script in delete one":  {mongo.ErrUnsupported, func() error { _, err := people.DeleteOne(ctx, script); return err }},
		"script in delete many": {mongo.ErrUnsupported, func() error { _, err := people.DeleteMany(ctx, script); return err }},
		"negative limit":        {mongo.ErrInvalid, func() error { _, err := people.Find(ctx, nil, mongo.FindOptions{Limit: -1}); return err }},
		"empty update":          {mongo.ErrInvalid, func() error { _, err := people.UpdateOne(ctx, nil, nil, mongo.UpdateOptions{}); return err }},
		"replacement": {mongo.ErrInvalid, func() error {
			_, err := people.UpdateOne(ctx, nil, bson.D{{Key: "a", Value: 1}}, mongo.UpdateOptions{})
			return err
		}},
		"index of nothing":     {mongo.ErrInvalid, func() error { return people.EnsureIndexes(ctx, mongo.Index{}) }},
		"not encodable":        {mongo.ErrInvalid, func() error { _, err := people.InsertOne(ctx, bson.D{{Key: "a", Value: make(chan int)}}); return err }},
		"name of a collection": {mongo.ErrInvalid, func() error { return store.Collection("system.users").Drop(ctx) }},
	} {
		t.Run(name, func(t *testing.T) { require.ErrorIs(t, row.call(), row.kind) })
	}
	assert.Empty(t, server.Commands())
}

func text(t *testing.T, command bson.D) string {
	t.Helper()
	out, err := bson.MarshalExtJSON(command, false, false)
	require.NoError(t, err)
	return string(out)
}
