package contract_test

import (
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/modules"
	"github.com/orchestrix/orchestrix/platform/mongo/embedded"
)

// A database that is lost, before anything was read and after, is a 503, and the
// next call works.
func TestCollectionsWithoutADatabase(t *testing.T) {
	s := settings(t)
	s.Environment = "production"
	store, err := embedded.Open(t.Context(), embedded.Options{Dir: s.DataDir, Logger: zap.NewNop()})
	require.NoError(t, err)
	gone := &atomic.Bool{}
	program, err := modules.BuildOn(t.Context(), s, zap.NewNop(), flaky{store, gone})
	require.NoError(t, err)
	url, _ := launch(t, program)
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
