package collections_test

import (
	"encoding/json"
	"math"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
)

// Documents of other programs may hold every BSON type that the store takes; all can
// be read. (Package doc's tests have the others.)
func TestEveryTypeCanBeRead(t *testing.T) {
	oid, err := primitive.ObjectIDFromHex(ref)
	require.NoError(t, err)
	decimal, err := primitive.ParseDecimal128("12345678901234567890.10")
	require.NoError(t, err)
	host := start(t)
	for name, row := range map[string]struct {
		value any
		want  string
	}{
		"double":    {1.5, `1.5`},
		"whole":     {2.0, `2`},
		"nan":       {math.NaN(), `null`},
		"inf":       {math.Inf(-1), `null`},
		"string":    {"<a> \u2028 🚀 \x00", `"<a> ` + "\u2028" + ` 🚀 \u0000"`},
		"object":    {bson.D{{Key: "z", Value: bson.D{}}, {Key: "a", Value: bson.A{}}}, `{"z":{},"a":[]}`},
		"array":     {bson.A{1, "x", nil, bson.A{oid}}, `[1,"x",null,["` + ref + `"]]`},
		"binary":    {primitive.Binary{Subtype: 4, Data: []byte("hi")}, `"aGk="`},
		"objectid":  {oid, `"` + ref + `"`},
		"boolean":   {true, `true`},
		"date":      {primitive.NewDateTimeFromTime(time.Date(2026, 1, 31, 12, 0, 0, 5e6, time.UTC)), `"2026-01-31T12:00:00.005Z"`},
		"early":     {primitive.NewDateTimeFromTime(time.Date(1901, 1, 1, 0, 0, 0, 0, time.UTC)), `"1901-01-01T00:00:00.000Z"`},
		"null":      {nil, `null`},
		"regex":     {primitive.Regex{Pattern: "^a", Options: "i"}, `{"$regularExpression":{"pattern":"^a","options":"i"}}`},
		"symbol":    {primitive.Symbol("s"), `"s"`},
		"int32":     {int32(math.MinInt32), `-2147483648`},
		"int64":     {int64(math.MaxInt64), `9223372036854775807`},
		"timestamp": {primitive.Timestamp{T: 7, I: 8}, `{"$timestamp":{"t":7,"i":8}}`},
		"decimal":   {decimal, `{"$numberDecimal":"12345678901234567890.10"}`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := host.Store.Collection("all").InsertOne(t.Context(), bson.D{{Key: "_id", Value: name}, {Key: "v", Value: row.value}})
			require.NoError(t, err)
			got := host.Call(http.MethodGet, "/collections/all/data"+query("filters", `{"_id":"`+name+`"}`, "findType", "one"), "")
			assert.Equal(t, http.StatusOK, got.Status)
			assert.Contains(t, got.Body, `"v":`+row.want+`}`)
			assert.True(t, json.Valid([]byte(got.Body)))
		})
	}
}

// What JSON can carry comes back as it was sent, and can be found by its value.
func TestRoundTrip(t *testing.T) {
	host := start(t)
	define(t, host, "things", `{}`)
	for _, value := range []string{
		`null`, `true`, `false`, `0`, `-1`, `2147483648`, `9223372036854775807`, `-9223372036854775808`, `9007199254740993`, `1.5`, `-0.1`, `1e-7`, `1e+21`, `1.7976931348623157e+308`,
		`""`, `"a"`, `"\u0000\u001f"`, `"\\\""`, `"🚀 Ünï"`, `"{{x}}"`, `"$set"`, `"2026-01-31T12:00:00.000Z"`, `"` + ref + `"`, `"null"`,
		`{}`, `[]`, `{"z":1,"a":{"y":[],"b":null}}`, `[1,"a",null,true,[[]],{"a":{}}]`, `{"a b":1,"ключ":2,"__proto__":3,"constructor":4}`,
	} {
		t.Run(value, func(t *testing.T) {
			got := host.Call(http.MethodPost, "/collections/things/data", `{"data":{"v":`+value+`}}`)
			require.Equal(t, http.StatusCreated, got.Status, got.Body)
			assert.Contains(t, got.Body, `{"v":`[1:]+value+`,"createdAt"`)
			var answer struct{ InsertedID string }
			require.NoError(t, json.Unmarshal([]byte(got.Body), &answer))
			found := host.Call(http.MethodGet, "/collections/things/data"+query("filters", `{"_id":"`+answer.InsertedID+`"}`), "")
			assert.Contains(t, found.Body, `"v":`+value+`,"createdAt"`)
			found = host.Call(http.MethodGet, "/collections/things/data"+query("filters", `{"v":`+value+`,"_id":"`+answer.InsertedID+`"}`), "")
			assert.Contains(t, found.Body, `"count":1`, found.Body)
		})
	}
}
