package embedded

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

var fuzzDocuments = []string{
	`{"_id":1,"a":1,"b":"x","c":{"d":[1,2,{"e":null}]}}`,
	`{"_id":2,"a":1.0,"b":null,"c":{"d":[]}}`,
	`{"_id":3,"a":{"$numberDecimal":"1.00"},"b":["x","y"],"c":[{"d":1},{"d":"x"},3]}`,
	`{"_id":4,"a":[1,[1],null,{"b":1}],"c":{"d":{"e":1}}}`,
	`{"_id":"5","b":"","c":null}`,
	`{"_id":{"$oid":"65f000000000000000000001"},"a":{"$date":"2024-01-01T00:00:00Z"},"b":true}`,
	`{"_id":{"x":1},"a":{"b":1},"b":{"$numberLong":"9007199254740993"}}`,
	`{"_id":8,"a":{"$binary":{"base64":"AAE=","subType":"00"}},"b":{"$regularExpression":{"pattern":"x","options":"i"}}}`,
	`{"_id":9,"a":{"$numberDouble":"NaN"},"b":-0.0,"c":{"d":["x",["x"]]}}`,
	`{"_id":10,"a":[[{"b":5}]]}`,
}

var fuzzIndexes = []mongo.Index{
	{Fields: []string{"a"}},
	{Fields: []string{"a.b"}},
	{Fields: []string{"b"}, Sparse: true},
	{Fields: []string{"c.d"}},
	{Fields: []string{"c.d.e"}},
	{Fields: []string{"c.d.0", "a"}, Sparse: true},
	{Fields: []string{"b", "a"}},
}

func FuzzFind(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"a":1}`, `{"a":null}`, `{"a.b":5}`, `{"b":null}`, `{"b":{"$in":["x",null]}}`, `{"c.d":"x"}`, `{"c.d.e":null}`, `{"c.d.0":1,"a":1}`,
		`{"$or":[{"a":1},{"b":{"$regex":"^x","$options":"i"}}]}`, `{"$and":[{"a":1},{"a":{"$gt":0}}]}`,
		`{"_id":{"$in":[1,"5",{"x":1}]}}`, `{"a":{"$not":{"$eq":1}}}`, `{"a":{"$elemMatch":{"b":1}}}`,
		`{"a":{"$type":"decimal"}}`, `{"a":{"$size":4}}`, `{"b":{"$all":["x","y"]}}`, `{"a":{"$exists":false}}`,
		`{"$nor":[{"a":1}]}`, `{"$jsonSchema":{"required":["a"]}}`, `{"a":{"$mod":[2,1]}}`, `{"$where":"1"}`, `{"$and":1}`,
		`{"a":{"$numberDouble":"NaN"}}`, `{"a":{"$eq":1,"b":2}}`, `{"b":{"$eq":{"$numberDecimal":"0"}}}`, `{"c":{"$elemMatch":{"$gt":2}}}`,
	} {
		f.Add(seed)
	}
	s := openStore(f, f.TempDir())
	scanned, indexed := s.Collection("scanned"), s.Collection("indexed")
	require.NoError(f, indexed.EnsureIndexes(f.Context(), fuzzIndexes...))
	for _, text := range fuzzDocuments {
		var d bson.D
		require.NoError(f, bson.UnmarshalExtJSON([]byte(text), false, &d), text)
		for _, c := range []mongo.Collection{scanned, indexed} {
			_, err := c.InsertOne(f.Context(), d)
			require.NoError(f, err)
		}
	}
	requireConsistent(f, s)
	f.Fuzz(func(t *testing.T, text string) {
		var filter bson.D
		if len(text) > 4000 || bson.UnmarshalExtJSON([]byte(text), false, &filter) != nil {
			t.Skip("not a filter")
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		want, err1 := found(ctx, scanned, filter)
		have, err2 := found(ctx, indexed, filter)
		require.Equal(t, err1 == nil, err2 == nil, "scan: %v, index: %v", err1, err2)
		if err1 != nil {
			assert.True(t, isKind(err1), "%v", err1)
			assert.NotErrorIs(t, err1, mongo.ErrUnavailable)
			return
		}
		assert.Equal(t, want, have)
	})
}

// found lists the _ids of what a filter finds, in no particular order.
func found(ctx context.Context, c mongo.Collection, filter bson.D) ([]string, error) {
	documents, err := c.Find(ctx, filter, mongo.FindOptions{})
	ids := make([]string, len(documents))
	for i, d := range documents {
		id, _ := doc.Get(d, "_id")
		ids[i] = fmt.Sprint(id)
	}
	slices.Sort(ids)
	return ids, err
}
