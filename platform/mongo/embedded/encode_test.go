package embedded

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
	"pgregory.net/rapid"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// theLongWay is how a document was encoded before appendDocument.
func theLongWay(d bson.D) ([]byte, error) {
	d, err := normal(d)
	if err != nil {
		return nil, err
	}
	return bson.Marshal(d)
}

func requireSameBytes(t require.TestingT, d bson.D) {
	want, err1 := theLongWay(d)
	have, err2 := encode(d)
	require.Equal(t, err1 == nil, err2 == nil, "%v and %v", err1, err2)
	if err1 == nil {
		require.Equal(t, want, have, "%v", d)
		return
	}
	// A document with two faults may be refused for either.
	require.True(t, isKind(err2), "%v", err2)
}

type strange struct {
	A int               `bson:"a"`
	B map[string]string `bson:"b,omitempty"`
}

var (
	someText  = "text"
	nilText   *string
	encodable = rapid.OneOf(
		scalarValues,
		rapid.SampledFrom([]any{
			0, -1, math.MaxInt32, math.MaxInt32 + 1, math.MinInt32, math.MinInt32 - 1, math.MaxInt, int8(1), uint(2), uint64(math.MaxUint64), float32(1.5),
			time.Time{}, time.UnixMilli(1_700_000_000_123), primitive.Null{}, primitive.Symbol("s"), []byte{1, 2}, []byte(nil), [2]int{1, 2}, strange{A: 1},
			&strange{A: 2, B: map[string]string{"x": "y"}}, (*strange)(nil), &someText, nilText, map[string]any{"only": 1}, bson.M(nil), []int{1, 2}, []float64(nil),
			json.Number("12"), json.Number("1.5"), primitive.MinKey{}, primitive.Undefined{}, primitive.JavaScript("x"), bson.A(nil), bson.D(nil), []any(nil),
			[]string{"a", "b"}, []string(nil), []bson.D{{{Key: "a", Value: 1}}, nil}, []bson.A{{1}}, bson.Raw{5, 0, 0, 0, 0}, bson.RawValue{}, struct{}{},
			primitive.Binary{Subtype: 2, Data: []byte{1}}, primitive.Regex{Pattern: "a", Options: "xim"}, primitive.Regex{Pattern: "a\x00"}, "bad \xff text",
			primitive.NewDecimal128(0x7800000000000000, 0), math.NaN(), make(chan int), func() {}, time.Second, errUnencodable{},
		}),
	)
	encodableKeys = rapid.SampledFrom([]string{"", "a", "b", "_id", "a.b", "$set", "größe", "\xff", "nul\x00"})
)

// errUnencodable refuses to be encoded.
type errUnencodable struct{}

func (errUnencodable) MarshalBSON() ([]byte, error) { return nil, assert.AnError }

func encodableValue(t *rapid.T, depth int) any {
	kind := rapid.IntRange(0, 5).Draw(t, "kind")
	if depth > 3 || kind > 2 {
		return encodable.Draw(t, "value")
	}
	size := rapid.IntRange(0, 3).Draw(t, "size")
	if kind == 0 {
		return encodableDocument(t, depth+1, size)
	}
	list := bson.A{}
	for range size {
		list = append(list, encodableValue(t, depth+1))
	}
	if kind == 1 {
		return []any(list)
	}
	return list
}

func encodableDocument(t *rapid.T, depth, size int) bson.D {
	d := bson.D{}
	for range size {
		d = append(d, bson.E{Key: encodableKeys.Draw(t, "key"), Value: encodableValue(t, depth)})
	}
	return d
}

func TestEncodingIsByteForByteTheOldOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		requireSameBytes(t, encodableDocument(t, 0, rapid.IntRange(0, 5).Draw(t, "fields")))
	})
}

func TestEncodingNestsAsDeeply(t *testing.T) {
	for _, depth := range []int{1, maxDepth - 2, maxDepth - 1, maxDepth, maxDepth + 1, 1000} {
		var document, list, mixed, other any = 1, 1, nil, map[string]int{"a": 1}
		for n := range depth {
			document, list = bson.D{{Key: "a", Value: document}}, bson.A{list}
			if n%2 == 0 {
				mixed = []any{mixed}
			} else {
				mixed = bson.D{{Key: "", Value: mixed}}
			}
			other = []any{other}
		}
		for _, v := range []any{document, list, mixed, other} {
			requireSameBytes(t, bson.D{{Key: "v", Value: v}})
		}
	}
}

func TestEncodingHasALimitOfSize(t *testing.T) {
	for n, fits := range map[int]bool{mongo.MaxDocument - 14: true, mongo.MaxDocument - 13: true, mongo.MaxDocument - 12: false} {
		_, err := encode(bson.D{{Key: "a", Value: strings.Repeat("x", n)}})
		require.Equal(t, fits, err == nil, "%d", n)
	}
}

func TestEncoderKeepsWhatItReturned(t *testing.T) {
	for _, many := range []bool{false, true} {
		e := encoder{many: many}
		var all [][]byte
		var want []bson.D
		for i := range 500 {
			d := bson.D{{Key: "a", Value: strings.Repeat("x", i*i%40_000)}, {Key: "_id", Value: i}}
			raw, key, id, err := e.document(d)
			require.NoError(t, err)
			require.Equal(t, int32(i), id)
			require.Equal(t, appendKey(nil, int32(i)), key)
			all, want = append(all, raw), append(want, bson.D{{Key: "_id", Value: int32(i)}, d[0]})
		}
		for i := range all {
			d, err := decode(all[i])
			require.NoError(t, err)
			require.Equal(t, want[i], d)
		}
	}
}

func FuzzEncode(f *testing.F) {
	for _, text := range fuzzDocuments {
		f.Add(text)
	}
	f.Add(`{"a":{"$code":"x"},"b":{"$minKey":1},"c":{"$symbol":"s"},"d":{"$timestamp":{"t":1,"i":2}}}`)
	f.Add(`{"_id":[{"$uuid":"00000000-0000-0000-0000-000000000000"}],"a\u0000b":{"$undefined":true}}`)
	f.Fuzz(func(t *testing.T, text string) {
		var d bson.D
		if len(text) > 4000 || bson.UnmarshalExtJSON([]byte(text), false, &d) != nil {
			t.Skip("not a document")
		}
		requireSameBytes(t, d)
		raw, err := encode(d)
		if err != nil {
			return
		}
		stored, err := decode(raw)
		require.NoError(t, err)
		for _, field := range d { // the short way to the keys agrees with the long one
			i := index{definition: newDefinition(mongo.Index{Fields: []string{field.Key}}, false)}
			var short, long entrySet
			require.NoError(t, long.long(&i, stored))
			require.NoError(t, short.of(&i, raw))
			require.Equal(t, long.keys, short.keys)
			require.Equal(t, long.ordered, short.ordered)
		}
	})
}
