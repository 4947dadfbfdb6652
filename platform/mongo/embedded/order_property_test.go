package embedded

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
	"pgregory.net/rapid"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

func decimalOf(text string) primitive.Decimal128 {
	d, err := primitive.ParseDecimal128(text)
	if err != nil {
		panic(err)
	}
	return d
}

// Values whose keys are shortened, inexact, or from lists, among many that are
// plain.
var (
	longText   = string(make([]byte, 960))
	orderPlain = rapid.SampledFrom([]any{nil, int32(0), int32(1), int32(2), int64(2), int32(3), 1.0, 2.5, -1.5, "", "x", "y", "xy", true, false,
		primitive.DateTime(-5), primitive.DateTime(7), primitive.ObjectID{1}, primitive.ObjectID{2}})
	orderOdd = rapid.SampledFrom([]any{decimalOf("2.5"), decimalOf("2.50000000000000000000001"), decimalOf("2.49999999999999999999999"), decimalOf("1.00"),
		longText, longText + "a", longText + "b", longText + string(make([]byte, 100)), longText + string(make([]byte, 99)) + "a", "x\x00", primitive.Timestamp{T: 1},
		bson.A{}, bson.A{int32(1), int32(3)}, bson.A{int32(0), "y"}, bson.A{bson.A{int32(2)}}, bson.A{int32(2), int32(2)}, bson.A{nil},
		bson.D{}, bson.D{{Key: "a", Value: int32(1)}}, bson.D{{Key: "a", Value: decimalOf("2.49999999999999999999999")}}, primitive.Binary{Data: []byte{1}}})
	orderFields = rapid.SampledFrom([]string{"a", "b", "c"})
)

func orderValue(t *rapid.T, odd bool) any {
	if odd && rapid.IntRange(0, 3).Draw(t, "odd") == 0 {
		return orderOdd.Draw(t, "value")
	}
	return orderPlain.Draw(t, "value")
}

func orderFilter(t *rapid.T, odd bool) bson.D {
	filter := bson.D{}
	for range rapid.IntRange(0, 3).Draw(t, "conditions") {
		var value any
		switch rapid.IntRange(0, 5).Draw(t, "operator") {
		case 0, 1:
			value = orderValue(t, odd)
		case 2:
			value = bson.D{{Key: "$in", Value: bson.A{orderValue(t, odd), orderValue(t, odd)}}}
		case 3:
			value = bson.D{{Key: rapid.SampledFrom([]string{"$gt", "$gte"}).Draw(t, "low"), Value: orderValue(t, odd)}}
		case 4:
			value = bson.D{{Key: rapid.SampledFrom([]string{"$lt", "$lte"}).Draw(t, "high"), Value: orderValue(t, odd)}}
		case 5:
			value = bson.D{{Key: rapid.SampledFrom([]string{"$gt", "$gte"}).Draw(t, "low"), Value: orderValue(t, odd)},
				{Key: rapid.SampledFrom([]string{"$lt", "$lte"}).Draw(t, "high"), Value: orderValue(t, odd)}}
		}
		condition := bson.E{Key: rapid.SampledFrom([]string{"a", "b", "c", "_id"}).Draw(t, "path"), Value: value}
		if rapid.IntRange(0, 5).Draw(t, "and") == 0 {
			condition = bson.E{Key: "$and", Value: bson.A{bson.D{condition}}}
		}
		filter = append(filter, condition)
	}
	return filter
}

// Whatever the documents, the indexes and the sort: an indexed collection finds
// the same as an unindexed one, in the same order, counts and deletes the same.
func TestIndexedOrderIsTheOrder(t *testing.T) {
	s, round := openStore(t, t.TempDir()), 0
	rapid.Check(t, func(t *rapid.T) {
		round++
		scanned, indexed := s.Collection(fmt.Sprint("scanned", round)), s.Collection(fmt.Sprint("indexed", round))
		ctx, odd := t.Context(), rapid.Bool().Draw(t, "odd values")
		index := func() {
			i := mongo.Index{Sparse: rapid.Bool().Draw(t, "sparse")}
			i.Fields = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "_id"}), 1, 3, rapid.ID[string]).Draw(t, "fields")
			require.NoError(t, indexed.EnsureIndexes(ctx, i))
		}
		index()
		if rapid.Bool().Draw(t, "early") {
			index()
		}
		var docs []bson.D
		for range rapid.IntRange(0, 25).Draw(t, "documents") {
			d := bson.D{{Key: "_id", Value: orderValue(t, odd)}}
			if _, list := d[0].Value.(bson.A); list {
				continue
			}
			for _, field := range []string{"a", "b", "c"} {
				if rapid.IntRange(0, 4).Draw(t, field) > 0 {
					d = append(d, bson.E{Key: field, Value: orderValue(t, odd)})
				}
			}
			docs = append(docs, d)
		}
		for _, c := range []mongo.Collection{scanned, indexed} {
			if err := c.InsertMany(ctx, docs); err != nil {
				require.ErrorIs(t, err, mongo.ErrDuplicate)
			}
		}
		index()
		for range 10 {
			filter := orderFilter(t, odd)
			opts := mongo.FindOptions{Skip: rapid.Int64Range(0, 3).Draw(t, "skip"), Limit: rapid.Int64Range(0, 6).Draw(t, "limit")}
			for range rapid.IntRange(1, 2).Draw(t, "columns") {
				column := rapid.OneOf(orderFields, rapid.Just("_id")).Draw(t, "sort")
				if _, twice := doc.Get(opts.Sort, column); !twice {
					opts.Sort = append(opts.Sort, bson.E{Key: column, Value: rapid.SampledFrom([]int{1, -1}).Draw(t, "direction")})
				}
			}
			want, err1 := scanned.Find(ctx, filter, opts)
			have, err2 := indexed.Find(ctx, filter, opts)
			require.Equal(t, err1, err2)
			require.Equal(t, want, have, "%v %v", filter, opts)
			n1, err1 := scanned.Count(ctx, filter)
			n2, err2 := indexed.Count(ctx, filter)
			require.Equal(t, err1, err2)
			require.Equal(t, n1, n2, "%v", filter)
		}
		filter := orderFilter(t, odd)
		n1, err1 := scanned.DeleteMany(ctx, filter)
		n2, err2 := indexed.DeleteMany(ctx, filter)
		require.Equal(t, err1, err2)
		require.Equal(t, n1, n2, "%v", filter)
	})
	requireConsistent(t, s)
}
