package collections_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestUpdateGetAndDelete(t *testing.T) {
	const required, unknown = `"error":"fields are required"`, `"error":"Collection not found"`
	play(t, []row{
		{name: "get unknown", method: "GET", path: "/orders", status: 404, contains: []string{unknown}},
		{name: "put unknown", method: "PUT", path: "/orders", body: `{"fields":{"a":"string"}}`, status: 404, contains: []string{unknown}},
		{name: "put unknown with a type that is none", method: "PUT", path: "/orders", body: `{"fields":{"a":"x"}}`, status: 404, contains: []string{unknown}},
		{name: "put a platform collection", method: "PUT", path: "/workflows", body: `{"fields":{}}`, status: 404, contains: []string{unknown}},
		{name: "delete unknown", method: "DELETE", path: "/orders", status: 404, contains: []string{unknown}},
		{name: "delete a platform collection", method: "DELETE", path: "/workflows", status: 404, contains: []string{unknown}},
		{name: "create", method: "POST", body: `{"collectionName":"orders","fields":{"title":"string","qty":"number"}}`, status: 201},
		{name: "get", method: "GET", path: "/orders", status: 200,
			contains: []string{`{"ok":true,"collection":{"collectionName":"orders","fields":{"title":"string","qty":"number"}}}`}},
		{name: "replaced by a post", method: "POST", body: `{"collectionName":"orders","fields":{"other":"string"}}`, status: 201, lacks: []string{"title"}},
		{name: "nothing of before", method: "GET", path: "/orders", status: 200, contains: []string{`"fields":{"other":"string"}`}},
		{name: "put", method: "PUT", path: "/orders", body: `{"fields":{"b":"date","a":"string"}}`, status: 200, contains: []string{`"fields":{"b":"date","a":"string"}`}},
		{name: "nothing of before, again", method: "GET", path: "/orders", status: 200, contains: []string{`"fields":{"b":"date","a":"string"}`}},
		{name: "put without fields", method: "PUT", path: "/orders", body: `{}`, status: 400, contains: []string{required}},
		{name: "put null", method: "PUT", path: "/orders", body: `{"fields":null}`, status: 400, contains: []string{required}},
		{name: "put a list", method: "PUT", path: "/orders", body: `{"fields":[]}`, status: 400, contains: []string{required}},
		{name: "put a type that is none", method: "PUT", path: "/orders", body: `{"fields":{"a":"x"}}`, status: 400, contains: []string{"fields.a must be one of"}},
		{name: "put under another name", method: "PUT", path: "/orders", body: `{"collectionName":"workflows","fields":{"c":"string"}}`, status: 200, contains: []string{`"collectionName":"orders"`}},
		{name: "still there", method: "GET", path: "/orders", status: 200, contains: []string{`"fields":{"c":"string"}`}},
		{name: "put no fields", method: "PUT", path: "/orders", body: `{"fields":{}}`, status: 200, contains: []string{`"fields":{}`}},
		{name: "insert", method: "POST", path: "/orders/data", body: `{"data":{"kept":1}}`, status: 201},
		{name: "delete", method: "DELETE", path: "/orders", status: 200, contains: []string{`{"ok":true,"message":"Collection deleted successfully"}`}},
		{name: "gone", method: "GET", path: "/orders", status: 404, contains: []string{unknown}},
		{name: "delete again", method: "DELETE", path: "/orders", status: 404, contains: []string{unknown}},
		{name: "its documents stay", method: "GET", path: "/orders/data", status: 200, contains: []string{`"kept":1`, `"total":1`}},
		{name: "and it is listed", method: "GET", status: 200, contains: []string{`"orders":["kept"]`}},
	})
}

// Definitions that one tree makes are those of the other.
func TestBothTreesAreOne(t *testing.T) {
	host := start(t)
	assert.Equal(t, http.StatusCreated, host.Call(http.MethodPost, "/db/schemas", `{"collectionName":"a","fields":{"x":"number"}}`).Status)
	assert.Contains(t, host.Call(http.MethodGet, "/collections/a", "").Body, `"x":"number"`)
	assert.Equal(t, http.StatusOK, host.Call(http.MethodDelete, "/collections/a", "").Status)
	assert.Equal(t, http.StatusNotFound, host.Call(http.MethodGet, "/db/schemas/a", "").Status)
}
