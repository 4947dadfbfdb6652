package mongotest

import (
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

var updates = map[string]func(*fixture){
	"operators": func(f *fixture) {
		for update, want := range map[string]string{
			`{"$set":{"a":2,"x.y":1}}`: `{"_id":1,"a":2,"t":[1,2],"x":{"y":1}}`, `{"$unset":{"a":""}}`: `{"_id":1,"t":[1,2]}`,
			`{"$inc":{"a":5,"c":1}}`: `{"_id":1,"a":6,"t":[1,2],"c":1}`, `{"$push":{"t":3}}`: `{"_id":1,"a":1,"t":[1,2,3]}`,
			`{"$push":{"t":{"$each":[3,4]}}}`: `{"_id":1,"a":1,"t":[1,2,3,4]}`, `{"$pull":{"t":1}}`: `{"_id":1,"a":1,"t":[2]}`,
			`{"$addToSet":{"t":2}}`: `{"_id":1,"a":1,"t":[1,2]}`, `{"$setOnInsert":{"a":9}}`: `{"_id":1,"a":1,"t":[1,2]}`,
		} {
			require.NoError(f, f.c.Drop(f.ctx))
			f.insert(`{"_id":1,"a":1,"t":[1,2]}`)
			f.update(`{"_id":1}`, update, mongo.UpdateOptions{})
			assert.Equal(f, want, f.json(1), update)
		}
	},
	"counts": func(f *fixture) {
		f.insert(`{"_id":1,"a":1}`, `{"_id":2,"a":1}`, `{"_id":3,"a":2}`)
		r, err := f.c.UpdateMany(f.ctx, bson.D{}, f.parse(`{"$set":{"a":2}}`), mongo.UpdateOptions{})
		require.NoError(f, err)
		assert.Equal(f, mongo.UpdateResult{Matched: 3, Modified: 2}, r)
		assert.Equal(f, mongo.UpdateResult{}, f.update(`{"a":9}`, `{"$set":{"a":2}}`, mongo.UpdateOptions{}))
	},
	"upsert": func(f *fixture) {
		r := f.update(`{"k":"x"}`, `{"$set":{"v":1},"$setOnInsert":{"c":1}}`, mongo.UpdateOptions{Upsert: true})
		require.NotNil(f, r.UpsertedID)
		assert.Zero(f, r.Matched)
		f.update(`{"k":"x"}`, `{"$set":{"v":2},"$setOnInsert":{"c":2}}`, mongo.UpdateOptions{Upsert: true})
		d, err := f.c.FindOne(f.ctx, bson.D{}, mongo.FindOptions{Projection: bson.D{{Key: "_id", Value: 0}}})
		require.NoError(f, err)
		assert.JSONEq(f, `{"k":"x","v":2,"c":1}`, string(doc.MarshalJSON(d)))
	},
	"find and update": func(f *fixture) {
		filter, update := f.parse(`{"k":1}`), f.parse(`{"$inc":{"n":1}}`)
		_, err := f.c.FindOneAndUpdate(f.ctx, filter, update, mongo.FindUpdateOptions{})
		require.ErrorIs(f, err, mongo.ErrNotFound)
		_, err = f.c.FindOneAndUpdate(f.ctx, filter, update, mongo.FindUpdateOptions{Upsert: true})
		require.ErrorIs(f, err, mongo.ErrNotFound, "there was nothing before")
		for _, step := range []struct {
			opts mongo.FindUpdateOptions
			want int32
		}{{mongo.FindUpdateOptions{}, 1}, {mongo.FindUpdateOptions{After: true}, 3}, {mongo.FindUpdateOptions{After: true, Upsert: true}, 4}} {
			d, err := f.c.FindOneAndUpdate(f.ctx, filter, update, step.opts)
			require.NoError(f, err)
			n, _ := doc.Get(d, "n")
			assert.EqualValues(f, step.want, n)
		}
		d, err := f.c.FindOneAndUpdate(f.ctx, f.parse(`{"k":2}`), update, mongo.FindUpdateOptions{After: true, Upsert: true})
		require.NoError(f, err)
		assert.Len(f, d, 3)
	},
	"find and update takes the first by sort": func(f *fixture) {
		f.insert(`{"_id":1,"n":2}`, `{"_id":2,"n":1}`, `{"_id":3,"n":3}`)
		d, err := f.c.FindOneAndUpdate(f.ctx, bson.D{}, f.parse(`{"$set":{"taken":true}}`), mongo.FindUpdateOptions{Sort: bson.D{{Key: "n", Value: 1}}})
		require.NoError(f, err)
		assert.Equal(f, `{"_id":2,"n":1}`, string(doc.MarshalJSON(d)))
		assert.Equal(f, want(2), f.ids(`{"taken":true}`))
	},
	"bad updates change nothing": func(f *fixture) {
		f.insert(`{"_id":1,"a":"x"}`)
		for _, update := range []string{`{}`, `{"a":1}`, `{"$foo":{"a":1}}`, `{"$inc":{"a":1}}`, `{"$set":{"_id":2}}`, `{"$push":{"a":1}}`} {
			_, err := f.c.UpdateOne(f.ctx, f.parse(`{"_id":1}`), f.parse(update), mongo.UpdateOptions{})
			require.Error(f, err, update)
			require.NotErrorIs(f, err, mongo.ErrUnavailable, update)
		}
		assert.Equal(f, `{"_id":1,"a":"x"}`, f.json(1))
	},
}
