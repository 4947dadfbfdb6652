// Package mongotest is the conformance suite of mongo.Store. Every backend runs
// it; what one passes, the rest of the program may rely on.
package mongotest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// Run runs the suite, each case on an empty store of its own. Cases named in
// skip are left out; a backend says beside the name why.
func Run(t *testing.T, open func(t *testing.T) mongo.Store, skip ...string) {
	for _, group := range []map[string]func(*fixture){documents, inserts, filters, updates, indexes, concurrency} {
		for name, run := range group {
			t.Run(name, func(t *testing.T) {
				if slices.Contains(skip, name) {
					t.Skip("the backend cannot do this, see its list")
				}
				ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
				defer cancel()
				store := open(t)
				run(&fixture{T: t, ctx: ctx, store: store, c: store.Collection("things")})
			})
		}
	}
}

// fixture is one case's store.
type fixture struct {
	*testing.T
	ctx   context.Context
	store mongo.Store
	c     mongo.Collection
}

// parse reads MongoDB's extended JSON.
func (f *fixture) parse(text string) bson.D {
	f.Helper()
	var d bson.D
	require.NoError(f, bson.UnmarshalExtJSON([]byte(text), false, &d), text)
	return d
}

func (f *fixture) insert(texts ...string) {
	f.Helper()
	for _, text := range texts {
		_, err := f.c.InsertOne(f.ctx, f.parse(text))
		require.NoError(f, err, text)
	}
}

// ids are the _ids of what a filter finds, in the order of _id.
func (f *fixture) ids(filter string) []any {
	f.Helper()
	found, err := f.c.Find(f.ctx, f.parse(filter), mongo.FindOptions{Sort: bson.D{{Key: "_id", Value: 1}}})
	require.NoError(f, err, filter)
	ids := []any{}
	for _, d := range found {
		id, _ := doc.Get(d, "_id")
		ids = append(ids, id)
	}
	return ids
}

// json is the document with an _id, as JSON.
func (f *fixture) json(id any) string {
	f.Helper()
	d, err := f.c.FindOne(f.ctx, bson.D{{Key: "_id", Value: id}}, mongo.FindOptions{})
	require.NoError(f, err)
	return string(doc.MarshalJSON(d))
}

func (f *fixture) update(filter, update string, opts mongo.UpdateOptions) mongo.UpdateResult {
	f.Helper()
	r, err := f.c.UpdateOne(f.ctx, f.parse(filter), f.parse(update), opts)
	require.NoError(f, err)
	return r
}
