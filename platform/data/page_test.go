package data_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/data"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/mongo/embedded"
)

// lent is a database of an owner's, and how often it is in use.
type lent struct {
	mongo.Store
	inUse int
}

func (l *lent) Of(_ context.Context, owner string) (mongo.Store, func(), error) {
	switch owner {
	case "nobody":
		return nil, nil, nil
	case "unreachable":
		return nil, nil, mongo.ErrUnavailable
	}
	l.inUse++
	return l.Store, func() { l.inUse-- }, nil
}

func open(t *testing.T) mongo.Store {
	t.Helper()
	store, err := embedded.Open(t.Context(), embedded.Options{Dir: t.TempDir(), Logger: zap.NewNop()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close(context.Background())) })
	return store
}

// Old rows belong to the database that the old backend used, and to no other.
func TestPagesMixInOldRowsOnlyWhereTheyAre(t *testing.T) {
	store, own := open(t), &lent{Store: open(t)}
	insert := func(s mongo.Store, collection string, document bson.D) {
		t.Helper()
		_, err := s.Collection(collection).InsertOne(t.Context(), document)
		require.NoError(t, err)
	}
	old := bson.D{{Key: "collectionName", Value: "things"}, {Key: "data", Value: bson.D{{Key: "from", Value: "old"}}}}
	insert(store, data.OldRows, old)
	insert(store, "things", bson.D{{Key: "from", Value: "shared"}})
	insert(own.Store, data.OldRows, old)
	insert(own.Store, "things", bson.D{{Key: "from", Value: "own"}})
	insert(store, data.Isolated.Prefix("nobody")+"things", bson.D{{Key: "from", Value: "isolated"}})
	for name, row := range map[string]struct {
		mode  data.Mode
		owner string
		want  []string
	}{
		"shared":                          {data.Shared, "nobody", []string{"shared", "old"}},
		"isolated":                        {data.Isolated, "nobody", []string{"isolated"}},
		"a database of one's own":         {data.Shared, "ann", []string{"own"}},
		"the same where owners are apart": {data.Isolated, "ann", []string{"own"}},
	} {
		t.Run(name, func(t *testing.T) {
			handle := data.NewProvider(store, data.Options{Mode: row.mode, Own: own, Clock: time.Now}).For(row.owner)
			found, total, err := handle.Page(t.Context(), "things", engine.Query{Limit: 10})
			require.NoError(t, err)
			var from []string
			for _, d := range found {
				from = append(from, d[1].Value.(string))
			}
			assert.Equal(t, row.want, from)
			assert.Equal(t, int64(len(row.want)), total)
		})
	}
	assert.Zero(t, own.inUse, "every one is given back")

	_, _, err := data.NewProvider(store, data.Options{Own: own, Clock: time.Now}).For("unreachable").Page(t.Context(), "things", engine.Query{})
	var failed *engine.Error
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, engine.Unavailable, failed.Kind)
	for _, name := range []string{"workflows", data.OldRows, "system.x", "owners.x.y", "", strings.Repeat("x", 121)} {
		_, _, err := data.NewProvider(store, data.Options{Clock: time.Now}).For("ann").Page(t.Context(), name, engine.Query{})
		require.ErrorAs(t, err, &failed, name)
		assert.Equal(t, engine.Failed, failed.Kind)
	}
}

// A document to be equal to is compared as it is, ids in it included; only where ids
// are compared do both of their forms match.
func TestIDsInFilters(t *testing.T) {
	const hex = "507f1f77bcf86cd799439011"
	store := open(t)
	handle := data.NewProvider(store, data.Options{Clock: time.Now}).For("ann")
	_, err := handle.Insert(t.Context(), "things", bson.D{{Key: "_id", Value: hex}, {Key: "sub", Value: bson.D{{Key: "ref", Value: hex}}}, {Key: "list", Value: bson.A{bson.D{{Key: "ref", Value: hex}}}}})
	require.NoError(t, err)
	d := func(key string, value any) bson.D { return bson.D{{Key: key, Value: value}} }
	for name, row := range map[string]struct {
		filter bson.D
		want   int64
	}{
		"_id":              {d("_id", hex), 1},
		"an operator":      {d("_id", d("$eq", hex)), 1},
		"not":              {d("_id", d("$not", d("$eq", hex))), 0},
		"a list":           {d("_id", d("$in", bson.A{hex})), 1},
		"a path":           {d("sub.ref", hex), 1},
		"a whole document": {d("sub", d("ref", hex)), 1},
		"another document": {d("sub", d("ref", "x")), 0},
		"elements":         {d("list", d("$elemMatch", d("ref", hex))), 1},
		"branches":         {d("$or", bson.A{d("_id", hex), d("a", 1)}), 1},
		"no name":          {d("", hex), 0},
	} {
		got, err := handle.Count(t.Context(), "things", row.filter)
		require.NoError(t, err, name)
		assert.Equal(t, row.want, got, name)
	}
}

// What is read is bounded in bytes too, wherever it is: a few large documents would
// take the memory of many requests.
func TestWhatIsFoundIsNotTooLarge(t *testing.T) {
	store := open(t)
	large := bson.D{{Key: "text", Value: strings.Repeat("x", 14<<20)}}
	for range 3 {
		_, err := store.Collection("things").InsertOne(t.Context(), large)
		require.NoError(t, err)
		_, err = store.Collection(data.OldRows).InsertOne(t.Context(), bson.D{{Key: "collectionName", Value: "rows"}, {Key: "data", Value: large}})
		require.NoError(t, err)
	}
	h := data.NewProvider(store, data.Options{Mode: data.Shared, Clock: time.Now}).For("ann")
	for _, name := range []string{"things", "rows"} {
		_, _, err := h.Page(t.Context(), name, engine.Query{Limit: 10})
		assert.ErrorContains(t, err, "more than 32 MB", name)
		found, total, err := h.Page(t.Context(), name, engine.Query{Limit: 2})
		require.NoError(t, err)
		assert.Len(t, found, 2)
		assert.EqualValues(t, 3, total)
	}
	_, err := h.Find(t.Context(), "things", engine.Query{})
	assert.ErrorContains(t, err, "more than 32 MB")
	found, err := h.Find(t.Context(), "things", engine.Query{Limit: 2})
	require.NoError(t, err)
	assert.Len(t, found, 2)
}
