package collections_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

func TestIndexesAreMade(t *testing.T) {
	host := start(t)
	define(t, host, "orders", `{"sku":"string"}`, `[{"fields":["sku"],"unique":true},{"fields":["day","address.city"]},{"fields":["plain"],"unique":false}]`)
	made, err := host.Store.Collection("orders").Indexes(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []mongo.Index{
		{Fields: []string{"day", "address.city"}}, {Fields: []string{"plain"}}, {Fields: []string{"sku"}, Unique: true, Sparse: true},
	}, made)
	const shown = `"indexes":[{"fields":["sku"],"unique":true},{"fields":["day","address.city"],"unique":false},{"fields":["plain"],"unique":false}]`
	assert.Contains(t, host.Call(http.MethodGet, "/db/schemas/orders", "").Body, shown)

	got := host.Call(http.MethodPut, "/collections/orders", `{"fields":{"a":"string"}}`)
	assert.Contains(t, got.Body, shown, "without a list they stay")
	got = host.Call(http.MethodPut, "/collections/orders", `{"fields":{},"indexes":[{"fields":["late"]}]}`)
	require.Equal(t, http.StatusOK, got.Status, got.Body)
	assert.Contains(t, got.Body, `"indexes":[{"fields":["late"],"unique":false},`+shown[len(`"indexes":[`):], "and are shown beside further ones")
	got = host.Call(http.MethodPut, "/collections/orders", `{"fields":{},"indexes":[{"fields":["sku"]}]}`)
	assert.Contains(t, got.Body, `{"fields":["sku"],"unique":false}`, "one may be declared anew")
	insert(t, host, "orders", `{"sku":"same"}`)
	insert(t, host, "orders", `{"sku":"same"}`)
	got = host.Call(http.MethodPut, "/collections/orders", `{"fields":{},"indexes":[{"fields":["a"]},{"fields":["b"]},{"fields":["c"]},{"fields":["d"]},{"fields":["e"]},{"fields":["f"]},{"fields":["g"]}]}`)
	assert.Equal(t, http.StatusBadRequest, got.Status, "too many in all: %s", got.Body)
	made, err = host.Store.Collection("orders").Indexes(t.Context())
	require.NoError(t, err)
	assert.Len(t, made, 4, "none is taken away")
}

// A unique index binds the documents that have a value.
func TestUniqueIndexesAreSparse(t *testing.T) {
	host := start(t)
	define(t, host, "orders", `{}`, `[{"fields":["sku"],"unique":true},{"fields":["day","room"],"unique":true}]`)
	for _, row := range []struct {
		document string
		status   int
	}{
		{`{"a":1}`, 201}, {`{"a":1}`, 201}, {`{"sku":"x"}`, 201}, {`{"sku":"x"}`, 409}, {`{"sku":"X"}`, 201},
		{`{"sku":null}`, 201}, {`{"sku":null}`, 409}, // null is a value here, as in MongoDB
		{`{"day":1,"room":1}`, 201}, {`{"day":1,"room":2}`, 201}, {`{"day":1,"room":1}`, 409},
	} {
		got := host.Call(http.MethodPost, "/collections/orders/data", `{"data":`+row.document+`}`)
		assert.Equal(t, row.status, got.Status, "%s: %s", row.document, got.Body)
	}
	got := host.Call(http.MethodPost, "/collections/orders/data", `{"data":{"day":1,"room":2}}`)
	assert.Contains(t, got.Body, "A document with the same day and room already exists in orders")
}

// Documents that break a unique index are a conflict, and nothing is defined.
func TestBrokenUniqueIndex(t *testing.T) {
	host := start(t)
	define(t, host, "orders", `{"sku":"string"}`)
	for range 2 {
		insert(t, host, "orders", `{"sku":"secret value"}`)
	}
	for method, body := range map[string]string{
		http.MethodPost: `{"collectionName":"orders","fields":{"new":"string"},"indexes":[{"fields":["sku"],"unique":true}]}`,
		http.MethodPut:  `{"fields":{"new":"string"},"indexes":[{"fields":["sku"],"unique":true}]}`,
	} {
		path := map[string]string{http.MethodPost: "/collections", http.MethodPut: "/collections/orders"}[method]
		got := host.Call(method, path, body)
		assert.Equal(t, http.StatusConflict, got.Status, got.Body)
		assert.Contains(t, got.Body, `"error":"Documents of \"orders\" break the unique index on sku"`)
		assert.NotContains(t, got.Body, "secret value")
	}
	assert.Contains(t, host.Call(http.MethodGet, "/collections/orders", "").Body, `"fields":{"sku":"string"}}`)
	got := host.Call(http.MethodPost, "/collections", `{"collectionName":"fresh","fields":{},"indexes":[{"fields":["a"],"unique":true},{"fields":["a"]}]}`)
	assert.Equal(t, http.StatusBadRequest, got.Status, "one index, two declarations: %s", got.Body)
}

func TestIndexesThatAreRefused(t *testing.T) {
	rows := []row{}
	for indexes, why := range map[string]string{
		`"sku"`: "indexes must be", `{}`: "indexes must be", `7`: "indexes must be", `["sku"]`: "indexes[0] must be an object", `[null]`: "indexes[0]",
		`[{}]`: "indexes[0].fields must be a list", `[{"fields":[]}]`: "indexes[0].fields", `[{"fields":"sku"}]`: "indexes[0].fields", `[{"fields":[7]}]`: "indexes[0].fields",
		`[{"fields":[""]}]`: "indexes[0].fields", `[{"fields":["$a"]}]`: "indexes[0].fields", `[{"fields":["a..b"]}]`: "indexes[0].fields", `[{"fields":["a."]}]`: "indexes[0].fields",
		`[{"fields":["a\u0000"]}]`: "indexes[0].fields", `[{"fields":["a","b","c","d","e","f"]}]`: "indexes[0].fields", `[{"fields":["` + long(129) + `"]}]`: "indexes[0].fields",
		`[{"fields":["a","a"]}]`: "indexes[0].fields", `[{"fields":["_id"]}]`: "indexes[0] is the platform's own",
		`[{"fields":["a"],"unique":"yes"}]`: "indexes[0].unique must be true or false", `[{"fields":["a"]},{"fields":["a"],"unique":1}]`: "indexes[1].unique",
		`[{"fields":["a"]},{"fields":["b"]},{"fields":["c"]},{"fields":["d"]},{"fields":["e"]},{"fields":["f"]},{"fields":["g"]},{"fields":["h"]},{"fields":["i"]},{"fields":["j"]},{"fields":["k"]}]`: "at most 10",
	} {
		rows = append(rows, row{name: indexes, method: "POST", body: `{"collectionName":"c","fields":{},"indexes":` + indexes + `}`, status: 400, contains: []string{why}})
	}
	rows = append(rows,
		row{name: "the index of accounts", method: "POST", body: `{"collectionName":"users","fields":{},"indexes":[{"fields":["emailKey"]}]}`, status: 400, contains: []string{"the platform's own"}},
		row{name: "nothing is defined", method: "GET", path: "/c", status: 404})
	play(t, rows)
}
