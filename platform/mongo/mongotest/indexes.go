package mongotest

import (
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

var indexes = map[string]func(*fixture){
	"unique on insert, update and upsert": func(f *fixture) {
		require.NoError(f, f.c.EnsureIndexes(f.ctx, mongo.Index{Fields: []string{"k"}, Unique: true}))
		f.insert(`{"_id":1,"k":"a"}`, `{"_id":2,"k":"b"}`)
		_, err := f.c.InsertOne(f.ctx, f.parse(`{"k":"a"}`))
		require.ErrorIs(f, err, mongo.ErrDuplicate)
		var duplicate *mongo.DuplicateError
		require.ErrorAs(f, err, &duplicate)
		assert.Equal(f, "k_1", duplicate.Index)
		_, err = f.c.UpdateOne(f.ctx, f.parse(`{"_id":2}`), f.parse(`{"$set":{"k":"a"}}`), mongo.UpdateOptions{})
		require.ErrorIs(f, err, mongo.ErrDuplicate)
		_, err = f.c.UpdateOne(f.ctx, f.parse(`{"_id":3}`), f.parse(`{"$set":{"k":"a"}}`), mongo.UpdateOptions{Upsert: true})
		require.ErrorIs(f, err, mongo.ErrDuplicate)
		assert.Equal(f, want(1, 2), f.ids(`{}`))
		_, err = f.c.DeleteOne(f.ctx, f.parse(`{"_id":1}`))
		require.NoError(f, err)
		f.update(`{"_id":2}`, `{"$set":{"k":"a"}}`, mongo.UpdateOptions{})
	},
	"unique over two fields": func(f *fixture) {
		require.NoError(f, f.c.EnsureIndexes(f.ctx, mongo.Index{Fields: []string{"a", "b"}, Unique: true}))
		f.insert(`{"_id":1,"a":1,"b":1}`, `{"_id":2,"a":1,"b":2}`)
		_, err := f.c.InsertOne(f.ctx, f.parse(`{"a":1.0,"b":2}`))
		require.ErrorIs(f, err, mongo.ErrDuplicate)
		assert.Equal(f, want(2), f.ids(`{"a":1,"b":2}`))
	},
	"missing is one value unless sparse": func(f *fixture) {
		require.NoError(f, f.c.EnsureIndexes(f.ctx, mongo.Index{Fields: []string{"k"}, Unique: true}))
		f.insert(`{"_id":1}`)
		_, err := f.c.InsertOne(f.ctx, f.parse(`{"_id":2}`))
		require.ErrorIs(f, err, mongo.ErrDuplicate)
	},
	"unique where present": func(f *fixture) {
		require.NoError(f, f.c.EnsureIndexes(f.ctx, mongo.Index{Fields: []string{"k"}, Unique: true, Sparse: true}))
		f.insert(`{"_id":1}`, `{"_id":2}`, `{"_id":3,"k":"a"}`)
		_, err := f.c.InsertOne(f.ctx, f.parse(`{"k":"a"}`))
		require.ErrorIs(f, err, mongo.ErrDuplicate)
		assert.Equal(f, want(1, 2), f.ids(`{"k":null}`))
	},
	"an index finds the same as a scan": func(f *fixture) {
		docs := []string{`{"_id":1,"k":1,"t":["a","b"]}`, `{"_id":2,"k":1.0,"t":"b"}`, `{"_id":3,"k":null}`, `{"_id":4}`, `{"_id":5,"k":"1","t":[]}`, `{"_id":6,"o":[{"k":1},{"k":2}]}`}
		f.insert(docs...)
		filters := []string{`{"k":1}`, `{"k":null}`, `{"k":{"$in":[1,"1"]}}`, `{"t":"b"}`, `{"t":["a","b"]}`, `{"o.k":2}`, `{"k":1,"t":"a"}`, `{"k":{"$in":[]}}`, `{"k":{"$eq":1},"t":{"$ne":"a"}}`}
		before := map[string][]any{}
		for _, filter := range filters {
			before[filter] = f.ids(filter)
		}
		require.NoError(f, f.c.EnsureIndexes(f.ctx, mongo.Index{Fields: []string{"k"}}, mongo.Index{Fields: []string{"t"}}, mongo.Index{Fields: []string{"o.k"}}))
		for _, filter := range filters {
			assert.Equal(f, before[filter], f.ids(filter), filter)
		}
		f.update(`{"_id":1}`, `{"$set":{"k":7}}`, mongo.UpdateOptions{})
		assert.Equal(f, want(2), f.ids(`{"k":1}`))
		assert.Equal(f, want(1), f.ids(`{"k":7}`))
	},
	"broken unique rules are reported, the rest is made": func(f *fixture) {
		f.insert(`{"_id":1,"k":"same","n":1}`, `{"_id":2,"k":"same","n":2}`)
		err := f.c.EnsureIndexes(f.ctx, mongo.Index{Fields: []string{"k"}, Unique: true}, mongo.Index{Fields: []string{"n"}, Unique: true})
		var broken *mongo.IndexError
		require.ErrorAs(f, err, &broken)
		assert.Contains(f, broken.Error(), "same")
		all, err := f.c.Indexes(f.ctx)
		require.NoError(f, err)
		assert.Equal(f, []mongo.Index{{Fields: []string{"n"}, Unique: true}}, all)
		f.insert(`{"_id":3,"k":"same"}`)
	},
	"indexes may be ensured again": func(f *fixture) {
		want := []mongo.Index{{Fields: []string{"a"}}, {Fields: []string{"b", "c"}, Unique: true}}
		for range 2 {
			require.NoError(f, f.c.EnsureIndexes(f.ctx, want...))
		}
		all, err := f.c.Indexes(f.ctx)
		require.NoError(f, err)
		assert.Equal(f, want, all)
		_, err = f.c.InsertOne(f.ctx, bson.D{})
		require.NoError(f, err)
	},
}
