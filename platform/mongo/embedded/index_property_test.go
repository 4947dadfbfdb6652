package embedded

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"
	"pgregory.net/rapid"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// Small pools, so that random filters meet random documents.
var (
	poolScalars = rapid.SampledFrom([]any{nil, int32(0), int32(1), int64(1), 1.0, 2.5, "", "x", "y", true})
	poolValues  = rapid.OneOf(poolScalars,
		rapid.Map(rapid.SliceOfN(poolScalars, 0, 3), func(l []any) any { return bson.A(l) }),
		rapid.Custom(poolDocument),
		rapid.Map(rapid.SliceOfN(rapid.OneOf(rapid.Custom(poolDocument), poolScalars), 0, 3), func(l []any) any { return bson.A(l) }))
	poolPaths = rapid.SampledFrom([]string{"a", "b", "a.b", "a.a", "a.0", "a.0.b", "b.a", "b.1"})
)

func poolDocument(t *rapid.T) any {
	d := bson.D{}
	for _, key := range []string{"a", "b"} {
		if rapid.Bool().Draw(t, key) {
			d = append(d, bson.E{Key: key, Value: rapid.OneOf(poolScalars,
				rapid.Map(rapid.SliceOfN(poolScalars, 0, 2), func(l []any) any { return bson.A(l) })).Draw(t, "value")})
		}
	}
	return d
}

func poolFilter(t *rapid.T) bson.D {
	filter := bson.D{}
	for range rapid.IntRange(1, 2).Draw(t, "conditions") {
		var value any
		switch rapid.IntRange(0, 3).Draw(t, "operator") {
		case 0:
			value = poolScalars.Draw(t, "operand")
		case 1:
			value = bson.D{{Key: "$in", Value: bson.A(rapid.SliceOfN(poolValues, 0, 3).Draw(t, "operands"))}}
		case 2:
			value = bson.D{{Key: "$eq", Value: poolValues.Draw(t, "operand")}, {Key: "$exists", Value: rapid.Bool().Draw(t, "exists")}}
		case 3:
			value = poolValues.Draw(t, "operand")
		}
		condition := bson.E{Key: poolPaths.Draw(t, "path"), Value: value}
		switch rapid.IntRange(0, 5).Draw(t, "combined") {
		case 0:
			condition = bson.E{Key: "$and", Value: bson.A{bson.D{condition}}}
		case 1:
			condition = bson.E{Key: "$or", Value: bson.A{bson.D{condition}, bson.D{{Key: "_id", Value: 1}}}}
		}
		filter = append(filter, condition)
	}
	return filter
}

func poolIndex(t *rapid.T) mongo.Index {
	return mongo.Index{
		Fields: rapid.SliceOfNDistinct(poolPaths, 1, 3, rapid.ID[string]).Draw(t, "fields"),
		Sparse: rapid.Bool().Draw(t, "sparse"),
	}
}

// Whatever the documents, the indexes and the writes: an indexed collection
// holds and finds what an unindexed one does.
func TestIndexedFindsWhatAScanFinds(t *testing.T) {
	s, round := openStore(t, t.TempDir()), 0
	rapid.Check(t, func(t *rapid.T) {
		round++
		scanned, indexed := s.Collection(fmt.Sprint("scanned", round)), s.Collection(fmt.Sprint("indexed", round))
		ctx := t.Context()
		both := func(write func(mongo.Collection) (any, error)) {
			want, err1 := write(scanned)
			have, err2 := write(indexed)
			require.Equal(t, err1 == nil, err2 == nil, "scan: %v, index: %v", err1, err2)
			if err1 == nil {
				require.Equal(t, want, have)
			}
		}
		find := func(t *rapid.T) {
			filter := poolFilter(t)
			want, err1 := found(ctx, scanned, filter)
			have, err2 := found(ctx, indexed, filter)
			require.Equal(t, err1 == nil, err2 == nil, "scan: %v, index: %v", err1, err2)
			require.Equal(t, want, have, "%v", filter)
		}
		t.Repeat(map[string]func(*rapid.T){
			"index": func(t *rapid.T) {
				require.NoError(t, indexed.EnsureIndexes(ctx, poolIndex(t)))
			},
			"insert": func(t *rapid.T) {
				d := append(bson.D{{Key: "_id", Value: rapid.Int32Range(0, 12).Draw(t, "id")}}, poolDocument(t).(bson.D)...)
				if v := poolValues.Draw(t, "extra"); len(d) == 1 {
					d = append(d, bson.E{Key: "a", Value: v})
				}
				both(func(c mongo.Collection) (any, error) { return c.InsertOne(ctx, d) })
			},
			"update": func(t *rapid.T) {
				// One document: an update of many that fails stops at another one
				// when it walks in another order.
				filter := bson.D{{Key: "_id", Value: rapid.Int32Range(0, 12).Draw(t, "id")}}
				op := rapid.SampledFrom([]string{"$set", "$push", "$unset"}).Draw(t, "update")
				update := bson.D{{Key: op, Value: bson.D{{Key: poolPaths.Draw(t, "target"), Value: poolValues.Draw(t, "value")}}}}
				both(func(c mongo.Collection) (any, error) { return c.UpdateOne(ctx, filter, update, mongo.UpdateOptions{}) })
			},
			"delete": func(t *rapid.T) {
				filter := poolFilter(t)
				both(func(c mongo.Collection) (any, error) { return c.DeleteMany(ctx, filter) })
			},
			"find": find,
		})
	})
	requireConsistent(t, s)
}
