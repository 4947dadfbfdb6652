package contract_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The frontends' pages ask for the schemas when they open, and break on a node whose
// collection is missing or whose fields are no plain list of texts (clients.md).
func TestSchemasForTheFrontends(t *testing.T) {
	url := start(t)
	browser := []string{"Origin", "http://localhost:3000", "Content-Type", "application/json"}
	ask := func() map[string][]string {
		t.Helper()
		got := send(t, http.MethodGet, url+"/db/schemas", "", browser...)
		require.Equal(t, http.StatusOK, got.status, "%s", got.body)
		assert.Equal(t, "http://localhost:3000", got.header.Get("Access-Control-Allow-Origin"))
		var body struct {
			OK      bool                `json:"ok"`
			Schemas map[string][]string `json:"schemas"`
		}
		require.NoError(t, json.Unmarshal([]byte(got.body), &body), "%s", got.body)
		assert.True(t, body.OK)
		for name, fields := range body.Schemas {
			assert.NotNil(t, fields, name)
		}
		return body.Schemas
	}
	assert.Equal(t, map[string][]string{"users": {"name", "email", "password"}}, ask(), "an empty server")

	for id, steps := range map[string]string{
		"canvas": `[{"id":"1","type":"input","position":{"x":1,"y":2},"data":{"label":"User Input","fields":{"variables":[{"name":"email","type":"string"}]}}},
			{"id":"2","type":"dbFind","data":{"label":"Find Users","fields":{"collection":"users","findType":"findOne","filters":{"email":"{{email}}"},"outputVar":"found"}}},
			{"id":"3","type":"dbInsert","data":{"label":"Create Booking","fields":{"collection":"bookings","data":{"email":"{{email}}"}},"_isNew":true}},
			{"id":"4","type":"dbUpdate","data":{"label":"Update","fields":{"collection":"Rooms","filters":{},"update":{},"updateType":"updateOne"}}},
			{"id":"5","type":"dbDelete","data":{"label":"Delete","fields":{"collection":"old bookings","filters":{},"deleteType":"deleteOne"}}},
			{"id":"6","type":"response","data":{"label":"API Response","fields":{}}}]`,
		"run": `[{"id":"1","type":"input","data":{"variables":[]}},
			{"id":"2","type":"dbInsert","collection":"orders","data":{"data":{"sku":"1"},"outputVar":"created"},"output":"created"},
			{"id":"3","type":"dbFind","collection":"items","filters":{},"findType":"many","output":"found"},
			{"id":"4","type":"dbUpdate","collection":"stock","filter":{},"data":{},"output":"updated"},
			{"id":"5","type":"dbDelete","collection":"carts","filter":{},"output":"deleted"},{"id":"6","type":"response","status":200,"body":{}}]`,
	} {
		for _, path := range []string{"/workflows/save", "/workflows"} {
			name := id + path[len("/workflows"):]
			got := send(t, http.MethodPost, url+path, workflow("workflow_1700000000000"+name, "user_1700000000001", name, steps, `"edges":[]`, `"inputVariables":[]`), browser...)
			require.Equal(t, http.StatusOK, got.status, "%s", got.body)
		}
	}
	all := ask()
	for _, name := range []string{"users", "bookings", "Rooms", "old bookings", "orders", "items", "stock", "carts"} {
		assert.Contains(t, all, name)
	}
	assert.Len(t, all, 8)

	// A run fills the lists.
	path := save(t, url, workflow("insert", "user_default", "insert", `[{"type":"dbInsert","collection":"orders","data":{"sku":"1","qty":1}},{"type":"response"}]`))
	require.Equal(t, http.StatusOK, send(t, http.MethodPost, url+path, `{"input":{}}`).status)
	assert.Equal(t, []string{"sku", "qty"}, ask()["orders"])

	// A draft on the canvas is not stored yet, and can be clicked.
	got := send(t, http.MethodPost, url+"/workflow/generate", `{"prompt":"Update a gizmo by title"}`, browser...)
	require.Equal(t, http.StatusOK, got.status, "%s", got.body)
	require.Contains(t, got.body, `"gizmos"`)
	assert.Equal(t, []string{}, ask()["gizmos"])
}
