package contract_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
)

// A database that is lost, before anything was read and after, is a 503, and the
// next call works.
func TestCollectionsWithoutADatabase(t *testing.T) {
	s := settings(t)
	s.Environment = "production"
	url, gone := launchFlaky(t, s)
	rows := []exchange{
		{name: "list anew", method: "GET", path: "/db/schemas?refresh=true"},
		{name: "define", method: "POST", path: "/collections", body: `{"collectionName":"orders","fields":{"qty":"number"}}`},
		{name: "define with an index", method: "POST", path: "/collections", body: `{"collectionName":"orders","fields":{},"indexes":[{"fields":["a"]}]}`},
		{name: "insert", method: "POST", path: "/collections/users/data", body: `{"data":{"a":1}}`},
		{name: "find", method: "GET", path: "/collections/users/data"},
	}
	before := append([]exchange{
		{name: "list", method: "GET", path: "/db/schemas"},
		{name: "get", method: "GET", path: "/collections/orders"},
		{name: "put", method: "PUT", path: "/collections/orders", body: `{"fields":{}}`},
		{name: "delete", method: "DELETE", path: "/collections/orders"},
	}, rows...)
	unavailable := func(rows []exchange) {
		gone.Store(true)
		for i := range rows {
			rows[i].status, rows[i].lacks = http.StatusServiceUnavailable, []string{"canary-user", "db.internal"}
		}
		play(t, url, rows)
		gone.Store(false)
	}
	unavailable(before)
	play(t, url, []exchange{
		{name: "not defined", method: "GET", path: "/collections/orders", status: 404},
		{name: "define", method: "POST", path: "/collections", body: `{"collectionName":"orders","fields":{"qty":"number"}}`, status: 201},
		{name: "list", method: "GET", path: "/db/schemas", status: 200, contains: []string{`"orders":["qty"]`}},
	})
	unavailable(append(rows, exchange{name: "delete", method: "DELETE", path: "/collections/orders"}))
	play(t, url, []exchange{
		{name: "listed", method: "GET", path: "/db/schemas", status: 200, contains: []string{`"orders":["qty"]`}},
		{name: "inserted", method: "POST", path: "/collections/orders/data", body: `{"data":{"qty":1}}`, status: 201},
		{name: "found", method: "GET", path: "/collections/orders/data", status: 200, contains: []string{`"total":1`}},
		{name: "deleted", method: "DELETE", path: "/collections/orders", status: 200},
	})
	assert.False(t, gone.Load())
}
