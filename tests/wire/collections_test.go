package wire

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The endpoints of collections over the driver: what one program defines and stores,
// another one on the same database knows soon.
func TestCollectionsOverTheWire(t *testing.T) {
	uri := Start(t)
	one, other := startProgram(t, uri), startProgram(t, uri)
	assert.Contains(t, other.get("/db/schemas"), `"schemas":{"users":["name","email","password"]}`)

	status, _, body := one.post("/collections", `{"collectionName":"orders","fields":{"qty":"number","sku":"string"},"indexes":[{"fields":["sku"],"unique":true},{"fields":["day","qty"]}]}`)
	require.Equal(t, http.StatusCreated, status, body)
	assert.Contains(t, one.get("/collections/orders"), `"fields":{"qty":"number","sku":"string"},"indexes":[{"fields":["sku"],"unique":true},{"fields":["day","qty"],"unique":false}]`)
	indexes, err := connect(t, uri).Collection("orders").Indexes(t.Context())
	require.NoError(t, err)
	require.Len(t, indexes, 2)
	assert.True(t, indexes[1].Unique)

	for document, want := range map[string]int{`{"sku":"a","qty":1,"more":{"z":[1,null],"a":true}}`: http.StatusCreated, `{"qty":2}`: http.StatusCreated, `{"qty":"x"}`: http.StatusBadRequest} {
		status, _, body = one.post("/collections/orders/data", `{"data":`+document+`}`)
		assert.Equal(t, want, status, body)
	}
	status, _, body = one.post("/collections/orders/data", `{"data":{"sku":"a"}}`)
	assert.Equal(t, http.StatusConflict, status, body)
	assert.Contains(t, body, "A document with the same unique value already exists in orders")

	found := one.get("/collections/orders/data?filters=%7B%22qty%22%3A%7B%22%24gte%22%3A1%7D%7D&sort=-qty&limit=1&skip=1")
	assert.Contains(t, found, `"sku":"a","qty":1,"more":{"z":[1,null],"a":true}`)
	assert.Contains(t, found, `"count":1,"total":2`)
	assert.Contains(t, one.get("/db/schemas"), `"orders":["qty","sku","more"]`)
	for _, p := range []*program{one, other} { // an unsupported filter is a 400, never a failure
		assert.Contains(t, p.get("/collections/orders/data?filters=%7B%22%24where%22%3A%221%22%7D"), `may not use the operator $where`)
	}

	// The other program hears of the definition within seconds, and holds documents to it.
	require.Eventually(t, func() bool {
		status, _, _ := other.post("/collections/orders/data", `{"data":{"qty":"x"}}`)
		return status == http.StatusBadRequest
	}, 10*time.Second, 20*time.Millisecond)
	assert.Contains(t, other.get("/db/schemas?refresh=true"), `"more"`)
	assert.NotContains(t, one.get("/db/schemas"), "collectiondefinitions")
}
