package mongotest

import (
	"fmt"
	"strings"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

var documents = map[string]func(*fixture){
	"an _id is made, and comes first": func(f *fixture) {
		id, err := f.c.InsertOne(f.ctx, bson.D{{Key: "a", Value: 1}})
		require.NoError(f, err)
		require.IsType(f, primitive.ObjectID{}, id)
		d, err := f.c.FindOne(f.ctx, bson.D{}, mongo.FindOptions{})
		require.NoError(f, err)
		assert.Equal(f, bson.E{Key: "_id", Value: id}, d[0])
	},
	"a given _id is kept, and refused twice": func(f *fixture) {
		f.insert(`{"_id":"x","n":1}`)
		_, err := f.c.InsertOne(f.ctx, f.parse(`{"_id":"x","n":2}`))
		require.ErrorIs(f, err, mongo.ErrDuplicate)
		assert.Equal(f, `{"_id":"x","n":1}`, f.json("x"))
	},
	"keys keep their order, operators inside are data": func(f *fixture) {
		text := `{"_id":1,"z":{"b":1,"a":[{"y":1,"x":null}]},"steps":[{"filters":{"age":{"$gte":1},"a.b":2}}],"":true}`
		f.insert(text)
		assert.Equal(f, text, f.json(1))
		f.update(`{"_id":1}`, `{"$set":{"steps":[{"filters":{"age":{"$lt":9}}}]}}`, mongo.UpdateOptions{})
		assert.Equal(f, `{"_id":1,"z":{"b":1,"a":[{"y":1,"x":null}]},"steps":[{"filters":{"age":{"$lt":9}}}],"":true}`, f.json(1))
	},
	"scalars come back with their type": func(f *fixture) {
		dec, err := primitive.ParseDecimal128("1.10")
		require.NoError(f, err)
		at := primitive.NewDateTimeFromTime(time.UnixMilli(1_700_000_000_123))
		in := bson.D{{Key: "_id", Value: "s"}, {Key: "i", Value: int64(1) << 60}, {Key: "f", Value: 1.5}, {Key: "n"}, {Key: "b", Value: false},
			{Key: "at", Value: at}, {Key: "dec", Value: dec}, {Key: "oid", Value: primitive.NewObjectID()}, {Key: "bin", Value: primitive.Binary{Data: []byte{0, 1}}}}
		_, err = f.c.InsertOne(f.ctx, in)
		require.NoError(f, err)
		out, err := f.c.FindOne(f.ctx, bson.D{{Key: "_id", Value: "s"}}, mongo.FindOptions{})
		require.NoError(f, err)
		assert.Equal(f, in, out)
	},
	"what is returned is the caller's": func(f *fixture) {
		f.insert(`{"_id":1,"a":{"b":1}}`)
		d, err := f.c.FindOne(f.ctx, bson.D{}, mongo.FindOptions{})
		require.NoError(f, err)
		inner, _ := doc.Get(d, "a")
		inner.(bson.D)[0].Value = "changed"
		assert.Equal(f, `{"_id":1,"a":{"b":1}}`, f.json(1))
	},
	"nothing found": func(f *fixture) {
		_, err := f.c.FindOne(f.ctx, bson.D{}, mongo.FindOptions{})
		require.ErrorIs(f, err, mongo.ErrNotFound)
		assert.Empty(f, f.ids(`{}`))
	},
	"sort, skip and limit": func(f *fixture) {
		f.insert(`{"_id":1,"g":1,"n":3}`, `{"_id":2,"g":1,"n":1}`, `{"_id":3,"g":0,"n":2}`, `{"_id":4,"g":1,"n":2}`)
		found, err := f.c.Find(f.ctx, bson.D{}, mongo.FindOptions{Sort: bson.D{{Key: "g", Value: -1}, {Key: "n", Value: 1}}, Skip: 1, Limit: 2})
		require.NoError(f, err)
		assert.Equal(f, `[{"_id":4,"g":1,"n":2},{"_id":1,"g":1,"n":3}]`, string(doc.MarshalJSON(found)))
	},
	"what is too large together": func(f *fixture) {
		f.insert(`{"_id":1,"g":2,"t":"`+strings.Repeat("x", 3000)+`"}`, `{"_id":2,"g":1,"t":"`+strings.Repeat("y", 3000)+`"}`)
		for name, opts := range map[string]mongo.FindOptions{
			"no bound":          {},
			"it fits":           {MaxBytes: 7000},
			"sorted":            {MaxBytes: 7000, Sort: bson.D{{Key: "g", Value: 1}}},
			"without the large": {MaxBytes: 1000, Projection: bson.D{{Key: "t", Value: 0}}},
		} {
			found, err := f.c.Find(f.ctx, bson.D{}, opts)
			require.NoError(f, err, name)
			assert.Len(f, found, 2, name)
		}
		for _, sort := range []bson.D{nil, {{Key: "g", Value: 1}}} {
			_, err := f.c.Find(f.ctx, bson.D{}, mongo.FindOptions{MaxBytes: 5000, Sort: sort})
			require.ErrorIs(f, err, mongo.ErrInvalid)
			found, err := f.c.Find(f.ctx, bson.D{}, mongo.FindOptions{MaxBytes: 100, Limit: 1, Sort: sort})
			require.NoError(f, err, "one alone is what it is")
			assert.Len(f, found, 1)
		}
	},
	"a sample": func(f *fixture) {
		large := `,"t":"` + strings.Repeat("x", 5<<20) + `"}`
		f.insert(`{"_id":1}`, `{"_id":2}`)
		newest := bson.D{{Key: "_id", Value: -1}}
		found, err := mongo.Sample(f.ctx, f.c, newest, 20)
		require.NoError(f, err)
		assert.Len(f, found, 2)
		f.insert(`{"_id":3`+large, `{"_id":4`+large)
		found, err = mongo.Sample(f.ctx, f.c, newest, 20)
		require.NoError(f, err)
		require.Len(f, found, 1)
		id, _ := doc.Get(found[0], "_id")
		assert.EqualValues(f, 4, id)
	},
	"projection": func(f *fixture) {
		f.insert(`{"_id":1,"a":1,"b":{"c":2,"d":3},"e":4}`)
		for projection, want := range map[string]string{
			`{"a":1}`: `{"_id":1,"a":1}`, `{"a":1,"_id":0}`: `{"a":1}`, `{"b":0,"e":0}`: `{"_id":1,"a":1}`,
		} {
			d, err := f.c.FindOne(f.ctx, bson.D{}, mongo.FindOptions{Projection: f.parse(projection)})
			require.NoError(f, err)
			assert.Equal(f, want, string(doc.MarshalJSON(d)), projection)
		}
	},
	"delete one and many": func(f *fixture) {
		f.insert(`{"_id":1,"a":1}`, `{"_id":2,"a":1}`, `{"_id":3,"a":1}`, `{"_id":4,"a":2}`)
		n, err := f.c.DeleteOne(f.ctx, f.parse(`{"a":1}`))
		require.NoError(f, err)
		assert.EqualValues(f, 1, n)
		n, err = f.c.DeleteMany(f.ctx, f.parse(`{"a":1}`))
		require.NoError(f, err)
		assert.EqualValues(f, 2, n)
		n, err = f.c.Count(f.ctx, bson.D{})
		require.NoError(f, err)
		assert.EqualValues(f, 1, n)
	},
	"collections are listed and dropped": func(f *fixture) {
		f.insert(`{"_id":1}`)
		_, err := f.store.Collection("other").InsertOne(f.ctx, bson.D{})
		require.NoError(f, err)
		names, err := f.store.Collections(f.ctx)
		require.NoError(f, err)
		assert.Equal(f, []string{"other", "things"}, names)
		require.NoError(f, f.c.Drop(f.ctx))
		assert.Empty(f, f.ids(`{}`))
	},
	"bad names are refused": func(f *fixture) {
		for _, name := range []string{"", "a\x00b", "a$b", "system.users"} {
			_, err := f.store.Collection(name).InsertOne(f.ctx, bson.D{})
			require.ErrorIs(f, err, mongo.ErrInvalid, fmt.Sprintf("%q", name))
		}
	},
}
