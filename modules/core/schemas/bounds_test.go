package schemas_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/doc"
)

func TestBounds(t *testing.T) {
	f := newFixture(t, openStore(t))
	f.list()
	wide := bson.D{}
	for i := range 600 {
		wide = append(wide, bson.E{Key: fmt.Sprintf("f%d", i), Value: i})
	}
	wide = append(wide, bson.E{Key: string(make([]byte, 200)) + "x", Value: 1})
	f.Learn(owner, "wide", wide)
	assert.Len(t, f.list()["wide"], 500)

	names := make([]string, 10_100)
	for i := range names {
		names[i] = fmt.Sprintf("c%d", i)
	}
	f.Mentioned(owner, names)
	assert.Len(t, f.list(), 10_001)
	for _, name := range names {
		f.Learn(owner, name, bson.D{{Key: "a", Value: 1}})
	}
	assert.LessOrEqual(t, len(f.list()), 10_101)
}

// More definitions than are read again are none that can be made.
func TestDefinitionsAreBounded(t *testing.T) {
	store := openStore(t)
	all := make([]bson.D, 10_000)
	for i := range all {
		all[i] = bson.D{{Key: "collectionName", Value: fmt.Sprintf("c%d", i)}, {Key: "fields", Value: bson.D{}}}
	}
	require.NoError(t, store.Collection("collectiondefinitions").InsertMany(t.Context(), all))
	f := newFixture(t, store)
	_, err := f.Define(t.Context(), owner, f.data, "one more", fieldsOf("a", "string"), nil, false)
	require.ErrorContains(t, err, "10000 collections")
	f.define("c7", "a", "string")
	require.NoError(t, f.Delete(t.Context(), owner, "c8"))
	f.define("one more", "a", "string")
}

// With very many collections only some are sampled; all are listed.
func TestCollectionsBeyondTheSampledAreListed(t *testing.T) {
	f := newFixture(t, openStore(t))
	for i := range 1010 {
		f.insert(fmt.Sprintf("c%04d", i), bson.D{{Key: "a", Value: 1}})
	}
	all := f.list()
	assert.Len(t, all, 1010)
	assert.Equal(t, []string{"a"}, all["c0000"])
	assert.Equal(t, []string{}, all["c1009"])
}

func TestDocumentsAreHeldToTheirDefinition(t *testing.T) {
	f := newFixture(t, openStore(t))
	f.define("c", "s", "string", "n", "number", "o", "object", "l", "array", "d", "date", "m", "mixed")
	for document, want := range map[string]string{
		`{"s":"x","n":1,"o":{},"l":[],"d":"2026-01-31","m":1,"other":true}`: "",
		`{"s":null,"n":null,"o":null}`:                                      "",
		`{"n":1,"s":1}`:                                                     "data.s must be a string",
		`{"l":{}}`:                                                          "data.l must be an array",
	} {
		check(t, want, f.CheckDocument(t.Context(), owner, "c", parse(t, document)), document)
	}
	for update, want := range map[string]string{
		`{"$set":{"n":1.5,"other":"x","o.deep":1,"l.0":1,"m.x":1}}`: "",
		`{"$set":{"n":"x"}}`:                                     "data.n must be a number",
		`{"$set":{"s.x":"y"}}`:                                   "data.s must be a string",
		`{"$set":{"n":null},"$unset":{"s":""}}`:                  "",
		`{"$min":{"n":"x"}}`:                                     "data.n must be a number",
		`{"$max":{"d":"soon"}}`:                                  "data.d must be a date such as 2026-01-31T12:00:00Z",
		`{"$inc":{"n":1,"m":1,"o.count":1,"other":1}}`:           "",
		`{"$inc":{"s":1}}`:                                       "data.s must be a string",
		`{"$inc":{"s.x":1}}`:                                     "data.s must be a string",
		`{"$mul":{"l":2}}`:                                       "data.l must be an array",
		`{"$push":{"l":1,"m":1,"o.list":1,"other":1}}`:           "",
		`{"$push":{"n":1}}`:                                      "data.n must be a number",
		`{"$addToSet":{"s":{"$each":[1]}}}`:                      "data.s must be a string",
		`{"$pull":{"o":1}}`:                                      "data.o must be an object",
		`{"$set":{"s":"fine"},"$inc":{"n":1},"$push":{"d":"x"}}`: "data.d must be a date such as 2026-01-31T12:00:00Z",
	} {
		check(t, want, f.CheckUpdate(t.Context(), owner, "c", parse(t, update)), update)
	}
}

// Definitions of the old backend: types that nobody knows check nothing, and what it
// called an object after looking at a document may be anything that is no scalar.
func TestDefinitionsOfTheOldBackend(t *testing.T) {
	store := openStore(t)
	for source, fields := range map[string]bson.D{
		"sampled":  {{Key: "o", Value: "object"}, {Key: "n", Value: "number"}},
		"mongoose": {{Key: "o", Value: "Mixed"}, {Key: "n", Value: "Number"}, {Key: "b", Value: "Buffer"}, {Key: "x", Value: bson.D{}}, {Key: "i", Value: "ObjectID"}},
	} {
		_, err := store.Collection("collectiondefinitions").InsertOne(t.Context(), bson.D{{Key: "collectionName", Value: source}, {Key: "fields", Value: fields}, {Key: "source", Value: source}})
		require.NoError(t, err)
	}
	f := newFixture(t, store)
	for _, name := range []string{"sampled", "mongoose"} {
		for _, value := range []string{`[1]`, `{}`, `"2026-01-31"`, `null`} {
			check(t, "", f.CheckDocument(t.Context(), owner, name, parse(t, `{"o":`+value+`,"b":7,"x":7}`)), value)
		}
		check(t, "data.n must be a number", f.CheckDocument(t.Context(), owner, name, parse(t, `{"n":"x"}`)), name)
	}
	f.define("sampled", "o", "object")
	check(t, "data.o must be an object", f.CheckDocument(t.Context(), owner, "sampled", parse(t, `{"o":[1]}`)), "defined anew")
}

func parse(t *testing.T, text string) doc.Object {
	t.Helper()
	v, err := doc.Decode([]byte(text))
	require.NoError(t, err)
	return v.(doc.Object)
}

func check(t *testing.T, want string, err error, of string) {
	t.Helper()
	if want == "" {
		assert.NoError(t, err, of)
	} else {
		assert.EqualError(t, err, want, of)
	}
}
