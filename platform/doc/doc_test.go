package doc_test

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

	"github.com/orchestrix/orchestrix/platform/doc"
)

func TestDecodeKeepsWhatWasWritten(t *testing.T) {
	for _, text := range []string{
		`null`, `true`, `""`, `[]`, `{}`, `{"b":1,"a":[1,-0.5,1e+21,9007199254740991,9223372036854775807],"":null}`,
		`"<b>&\u2028\"\\"`, `{"deep":{"x":{"y":[[[]]]}}}`, `1e-7`, `0.000001`,
	} {
		v, err := doc.Decode([]byte(text))
		require.NoError(t, err, text)
		want := strings.ReplaceAll(text, `\u2028`, "\u2028")
		assert.Equal(t, want, string(doc.MarshalJSON(v)))
	}
}

func TestDecodeRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                    "unexpected end",
		"{":                   "unexpected end",
		"{} x":                "text after the value",
		"{bad}":               "invalid character",
		`{"a":1,"a":2}`:       "same key twice",
		`{"a\u0000b":1}`:      "NUL",
		"1e999":               "out of range",
		"NaN":                 "invalid character",
		"\"\xff\"":            "invalid UTF-8",
		"{\"a\":\"\\ud800\"}": "surrogate",
		"[1,]":                "invalid character",
		"\ufeff{}":            "invalid character",
		strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000): "nested deeper",
	} {
		_, err := doc.Decode([]byte(text))
		var syntax *doc.SyntaxError
		require.ErrorAs(t, err, &syntax, text)
		assert.Contains(t, err.Error(), want)
	}
}

func TestAppendJSONWritesBSONScalars(t *testing.T) {
	id, err := primitive.ObjectIDFromHex("65f0c0ffee65f0c0ffee65f0")
	require.NoError(t, err)
	dec, err := primitive.ParseDecimal128("1.10")
	require.NoError(t, err)
	at := time.Date(2026, 2, 12, 10, 0, 0, 0, time.UTC)
	got := doc.MarshalJSON(doc.Object{
		{"id", id}, {"at", primitive.NewDateTimeFromTime(at)}, {"t", at}, {"dec", dec}, {"nan", math.NaN()},
		{"bin", primitive.Binary{Data: []byte("hi")}}, {"n", int32(3)}, {"s", []string{"a"}}, {"m", map[string]any{"k": 1}},
	})
	assert.JSONEq(t, `{"id":"65f0c0ffee65f0c0ffee65f0","at":"2026-02-12T10:00:00.000Z","t":"2026-02-12T10:00:00.000Z",
		"dec":{"$numberDecimal":"1.10"},"nan":null,"bin":"aGk=","n":3,"s":["a"],"m":{"k":1}}`, string(got))
}

func TestAppendJSONWritesWhatOnlyBSONHas(t *testing.T) {
	for want, v := range map[string]any{
		`{"$timestamp":{"t":7,"i":8}}`:                            primitive.Timestamp{T: 7, I: 8},
		`{"$regularExpression":{"pattern":"^\\d","options":"i"}}`: primitive.Regex{Pattern: `^\d`, Options: "i"},
		`{"$minKey":1}`:                    primitive.MinKey{},
		`{"$maxKey":1}`:                    primitive.MaxKey{},
		`{"$code":"x()","$scope":{"a":1}}`: primitive.CodeWithScope{Code: "x()", Scope: doc.Object{{"a", int32(1)}}},
		`"x()"`:                            primitive.JavaScript("x()"),
		`"s"`:                              primitive.Symbol("s"),
		`null`:                             primitive.Undefined{},
	} {
		assert.Equal(t, want, string(doc.MarshalJSON(v)))
	}
}

func TestObjectHelpers(t *testing.T) {
	o := doc.Object{{"a", "x"}, {"b", int64(2)}}
	v, ok := doc.Get(o, "b")
	assert.True(t, ok)
	assert.Equal(t, int64(2), v)
	assert.Equal(t, "x", doc.String(o, "a"))
	assert.Equal(t, "", doc.String(o, "b"))
	assert.Equal(t, doc.Object{{"b", int64(2)}}, doc.Without(o, "a", "c"))
	assert.Equal(t, doc.Object{{"a", "x"}, {"b", int64(2)}}, o, "Without leaves its argument alone")
	assert.Equal(t, doc.Object{{"a", "y"}, {"b", int64(2)}, {"c", nil}}, doc.Set(doc.Set(o, "a", "y"), "c", nil))
	for _, v := range []any{nil, false, "", int64(0), int32(0), 0.0, math.NaN()} {
		assert.True(t, doc.Falsy(v), "%v", v)
	}
	for _, v := range []any{true, "0", int64(1), doc.Object{}, doc.Array{}} {
		assert.False(t, doc.Falsy(v), "%v", v)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"a":[1,2.5,"x",null,{"b":true}]}`))
	f.Add([]byte(`"\ud83d\ude00"`))
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := doc.Decode(text)
		if err != nil {
			return
		}
		var std any
		require.NoError(t, json.Unmarshal(text, &std), "accepted what is not JSON")
		again, err := doc.Decode(doc.MarshalJSON(v))
		require.NoError(t, err)
		require.Equal(t, string(doc.MarshalJSON(v)), string(doc.MarshalJSON(again)))
	})
}

func BenchmarkDecodeRequest(b *testing.B) {
	text := []byte(`{"email":"someone@example.com","name":"Someone","age":42,"tags":["a","b"],"address":{"city":"X"}}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := doc.Decode(text); err != nil {
			b.Fatal(err)
		}
	}
}

func TestBSONIsWhatTheDriverReads(t *testing.T) {
	id, at := primitive.NewObjectID(), time.UnixMilli(1_700_000_000_123)
	var w doc.BSON
	outer := w.Begin()
	w.ID("_id", id)
	w.String("s", "é")
	w.Bool("t", true)
	w.Bool("f", false)
	w.Null("n")
	w.Int32("i", -7)
	w.Int64("l", 1<<40)
	w.Float("d", 1.5)
	w.Time("at", at)
	w.Header(bson.TypeEmbeddedDocument, "o")
	inner := w.Begin()
	w.Int64("x", 1)
	w.End(inner)
	raw := bson.Raw(append([]byte(nil), w.Out[inner:]...))
	w.Raw("r", raw)
	w.End(outer)
	want := doc.Object{{"_id", id}, {"s", "é"}, {"t", true}, {"f", false}, {"n", nil}, {"i", int32(-7)}, {"l", int64(1 << 40)}, {"d", 1.5},
		{"at", primitive.NewDateTimeFromTime(at)}, {"o", doc.Object{{"x", int64(1)}}}, {"r", doc.Object{{"x", int64(1)}}}}
	encoded, err := bson.Marshal(want)
	require.NoError(t, err)
	assert.Equal(t, encoded, w.Out)
}

func TestTimeIsItsFormat(t *testing.T) {
	for _, at := range []time.Time{
		{}, time.Unix(0, 0), time.Date(2026, 2, 12, 10, 4, 5, 6_999_999, time.FixedZone("", -5*3600)), time.Date(1969, 12, 31, 23, 59, 59, 999_999_999, time.UTC),
		time.Date(-7, 1, 2, 3, 4, 5, 1e6, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC), time.Date(12_345, 1, 1, 0, 0, 0, 10e6, time.UTC),
	} {
		assert.Equal(t, at.UTC().Format(doc.TimeFormat), doc.Time(at))
	}
}

func BenchmarkTime(b *testing.B) {
	at := time.Date(2026, 2, 12, 10, 4, 5, 6e6, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		_ = doc.Time(at)
	}
}
