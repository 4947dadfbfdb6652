package mongotest

import (
	"strings"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// many parses documents for InsertMany.
func (f *fixture) many(texts ...string) []bson.D {
	f.Helper()
	docs := make([]bson.D, len(texts))
	for i, text := range texts {
		docs[i] = f.parse(text)
	}
	return docs
}

// raw encodes documents for InsertRaw.
func (f *fixture) raw(texts ...string) []bson.Raw {
	f.Helper()
	docs := make([]bson.Raw, len(texts))
	for i, d := range f.many(texts...) {
		encoded, err := bson.Marshal(d)
		require.NoError(f, err)
		docs[i] = encoded
	}
	return docs
}

var inserts = map[string]func(*fixture){
	"insert raw": func(f *fixture) {
		require.NoError(f, f.c.InsertRaw(f.ctx, nil))
		require.NoError(f, f.c.EnsureIndexes(f.ctx, mongo.Index{Fields: []string{"k"}, Unique: true}))
		id := primitive.NewObjectID().Hex()
		docs := f.raw(`{"_id":"x","k":1,"a":{"b":[1,"y"]}}`, `{"_id":{"$oid":"`+id+`"},"k":2}`, `{"_id":7,"k":3}`)
		require.NoError(f, f.c.InsertRaw(f.ctx, docs))
		assert.Equal(f, `{"_id":"x","k":1,"a":{"b":[1,"y"]}}`, f.json("x"))
		assert.Equal(f, `{"_id":7,"k":3}`, f.json(7))
		require.ErrorIs(f, f.c.InsertRaw(f.ctx, append(docs, f.raw(`{"_id":8,"k":1}`, `{"_id":9,"k":4}`)...)), mongo.ErrDuplicate)
		assert.Equal(f, `{"_id":9,"k":4}`, f.json(9))
		n, err := f.c.Count(f.ctx, bson.D{})
		require.NoError(f, err)
		assert.EqualValues(f, 4, n)
	},
	"insert raw refuses what is no document": func(f *fixture) {
		bad := []bson.Raw{nil, {5, 0, 0, 0, 0}, {9, 0, 0, 0, 0}, []byte("not BSON"), f.raw(`{"a":1,"_id":2}`)[0]}
		for _, raw := range bad {
			require.ErrorIs(f, f.c.InsertRaw(f.ctx, append([]bson.Raw{raw}, f.raw(`{"_id":1}`)...)), mongo.ErrInvalid)
			assert.Equal(f, want(1), f.ids(`{}`), "the others are stored")
			_, err := f.c.DeleteMany(f.ctx, bson.D{})
			require.NoError(f, err)
		}
	},
	"insert many": func(f *fixture) {
		require.NoError(f, f.c.InsertMany(f.ctx, nil))
		assert.Empty(f, f.ids(`{}`))
		docs := f.many(`{"_id":2,"a":{"b":[1,"x"]}}`, `{"_id":1}`, `{"a":1}`, `{"a":2}`)
		require.NoError(f, f.c.InsertMany(f.ctx, docs))
		assert.Equal(f, f.many(`{"_id":2,"a":{"b":[1,"x"]}}`, `{"_id":1}`, `{"a":1}`, `{"a":2}`), docs, "the caller's documents are as they were")
		assert.Equal(f, `{"_id":2,"a":{"b":[1,"x"]}}`, f.json(2))
		ids := f.ids(`{"a":{"$gte":1}}`)
		require.Len(f, ids, 2)
		assert.IsType(f, primitive.ObjectID{}, ids[0])
		assert.NotEqual(f, ids[0], ids[1])
	},
	"insert many leaves out what is taken": func(f *fixture) {
		f.insert(`{"_id":1,"n":"old"}`)
		err := f.c.InsertMany(f.ctx, f.many(`{"_id":1}`, `{"_id":2}`, `{"_id":3,"n":"a"}`, `{"_id":3,"n":"b"}`, `{"_id":4}`))
		require.ErrorIs(f, err, mongo.ErrDuplicate)
		require.NotErrorIs(f, err, mongo.ErrInvalid)
		assert.Equal(f, want(1, 2, 3, 4), f.ids(`{}`))
		assert.Equal(f, `{"_id":1,"n":"old"}`, f.json(1))
		assert.Equal(f, `{"_id":3,"n":"a"}`, f.json(3))
	},
	"insert many again stores nothing twice": func(f *fixture) {
		docs := f.many(`{"_id":1,"n":1}`, `{"_id":2,"n":2}`, `{"_id":3,"n":3}`)
		require.NoError(f, f.c.InsertMany(f.ctx, docs[:2]))
		require.ErrorIs(f, f.c.InsertMany(f.ctx, docs), mongo.ErrDuplicate)
		assert.Equal(f, want(1, 2, 3), f.ids(`{}`))
	},
	"insert many obeys unique indexes": func(f *fixture) {
		require.NoError(f, f.c.EnsureIndexes(f.ctx, mongo.Index{Fields: []string{"k", "n"}, Unique: true}))
		f.insert(`{"_id":1,"k":"a","n":1}`)
		err := f.c.InsertMany(f.ctx, f.many(`{"_id":2,"k":"a","n":1}`, `{"_id":3,"k":"a","n":2}`, `{"_id":4,"k":"b","n":1}`, `{"_id":5,"k":"b","n":1.0}`, `{"_id":6,"k":"c","n":1}`))
		require.ErrorIs(f, err, mongo.ErrDuplicate)
		assert.Equal(f, want(1, 3, 4, 6), f.ids(`{}`))
	},
	"insert many names the index": func(f *fixture) {
		require.NoError(f, f.c.EnsureIndexes(f.ctx, mongo.Index{Fields: []string{"k"}, Unique: true}))
		err := f.c.InsertMany(f.ctx, f.many(`{"_id":1,"k":"a"}`, `{"_id":2,"k":"a"}`))
		var duplicate *mongo.DuplicateError
		require.ErrorAs(f, err, &duplicate)
		assert.Equal(f, mongo.DuplicateError{Collection: "things", Index: "k_1"}, *duplicate)
	},
	"insert many leaves out what is invalid": func(f *fixture) {
		huge := bson.D{{Key: "_id", Value: "huge"}, {Key: "text", Value: strings.Repeat("x", 17<<20)}}
		strange := bson.D{{Key: "_id", Value: "strange"}, {Key: "a", Value: make(chan int)}}
		list := bson.D{{Key: "_id", Value: bson.A{1}}}
		for _, bad := range []bson.D{huge, strange, list} {
			require.NoError(f, f.c.Drop(f.ctx))
			docs := []bson.D{{{Key: "_id", Value: 1}}, bad, {{Key: "_id", Value: 2}}}
			err := f.c.InsertMany(f.ctx, docs)
			require.ErrorIs(f, err, mongo.ErrInvalid)
			require.NotErrorIs(f, err, mongo.ErrDuplicate)
			assert.Equal(f, want(1, 2), f.ids(`{}`))
			err = f.c.InsertMany(f.ctx, docs)
			require.ErrorIs(f, err, mongo.ErrInvalid)
			require.ErrorIs(f, err, mongo.ErrDuplicate)
		}
	},
	"insert many takes more than one write": func(f *fixture) {
		const count = 2500
		docs := make([]bson.D, count)
		for i := range docs {
			docs[i] = bson.D{{Key: "_id", Value: i}, {Key: "n", Value: i % 10}}
		}
		f.insert(`{"_id":7}`, `{"_id":2400}`)
		require.ErrorIs(f, f.c.InsertMany(f.ctx, docs), mongo.ErrDuplicate)
		n, err := f.c.Count(f.ctx, bson.D{})
		require.NoError(f, err)
		assert.EqualValues(f, count, n)
		large := make([]bson.D, 5)
		for i := range large {
			large[i] = bson.D{{Key: "_id", Value: -1 - i}, {Key: "text", Value: strings.Repeat("x", 3<<20)}}
		}
		require.NoError(f, f.c.InsertMany(f.ctx, large))
		assert.Equal(f, want(-5, -4, -3, -2, -1), f.ids(`{"_id":{"$lt":0}}`))
	},
}
