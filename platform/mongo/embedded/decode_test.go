package embedded

import (
	"bytes"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
	"pgregory.net/rapid"
)

// requireSameDocument compares with the library: bytes that it refuses are
// refused, and others read the same.
func requireSameDocument(t require.TestingT, raw []byte, without ...string) {
	want, err1 := theLibrary(raw, without...)
	have, err2 := decode(raw, without...)
	require.Equal(t, err1 == nil, err2 == nil, "%v and %v", err1, err2)
	again, err := bson.Marshal(have) // which tells NaN and NaN apart by their bits only
	require.NoError(t, err)
	expected, err := bson.Marshal(want)
	require.NoError(t, err)
	require.Equal(t, expected, again)
	require.Len(t, have, len(want))
	for i := range want {
		require.IsType(t, want[i].Value, have[i].Value)
	}
}

// theLibrary is how a document was decoded before doc.ReadBSON.
func theLibrary(raw []byte, without ...string) (d bson.D, err error) {
	err = bson.Unmarshal(bytes.Clone(raw), &d)
	return slices.DeleteFunc(d, func(f bson.E) bool { return slices.Contains(without, f.Key) }), err
}

func TestDecodingReadsWhatTheLibraryReads(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw, err := encode(encodableDocument(t, 0, rapid.IntRange(0, 5).Draw(t, "fields")))
		if err != nil {
			t.Skip("not a document")
		}
		requireSameDocument(t, raw, rapid.SliceOfN(encodableKeys, 0, 2).Draw(t, "without")...)
	})
}

func TestDecodingSharesNoMemoryWithTheStore(t *testing.T) {
	binary := mustEncode(t, bson.D{{Key: "key", Value: "text"}, {Key: "list", Value: bson.A{"a", primitive.Binary{Data: []byte("b")}}}})
	for _, raw := range [][]byte{binary, mustEncode(t, bson.D{{Key: "key", Value: "text"}, {Key: "list", Value: bson.A{"a"}}})} {
		before, err := theLibrary(raw)
		require.NoError(t, err)
		d, err := decode(raw)
		require.NoError(t, err)
		clear(raw)
		require.Equal(t, before, d)
	}
}

func mustEncode(t *testing.T, d bson.D) []byte {
	t.Helper()
	raw, err := encode(d)
	require.NoError(t, err)
	return raw
}

func FuzzDecode(f *testing.F) {
	for _, text := range fuzzDocuments {
		var d bson.D
		if bson.UnmarshalExtJSON([]byte(text), false, &d) == nil {
			if raw, err := encode(d); err == nil {
				f.Add(raw)
			}
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		want, err := theLibrary(raw)
		have, err2 := decode(raw)
		require.Equal(t, err == nil, err2 == nil, "%v and %v", err, err2)
		if err == nil {
			expected, err := bson.Marshal(want)
			require.NoError(t, err)
			again, err := bson.Marshal(have)
			require.NoError(t, err)
			require.Equal(t, expected, again)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	raw, err := encode(bson.D{
		{Key: "_id", Value: primitive.NewObjectID()}, {Key: "email", Value: "ada@example.com"}, {Key: "age", Value: int32(36)},
		{Key: "tags", Value: bson.A{"a", "b", "c"}}, {Key: "address", Value: bson.D{{Key: "city", Value: "London"}, {Key: "zip", Value: "W1"}}},
	})
	require.NoError(b, err)
	for name, read := range map[string]func() (bson.D, error){
		"here": func() (bson.D, error) { return decode(raw) }, "library": func() (bson.D, error) { return theLibrary(raw) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := read(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
