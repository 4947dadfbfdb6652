package contract_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// define defines a collection that must be accepted; fields are JSON, rest further
// members of the body.
func define(t testing.TB, url, name, fields string, rest ...string) {
	t.Helper()
	body := strings.Join(append([]string{`"collectionName":` + quote(name), `"fields":` + fields}, rest...), ",")
	got := send(t, http.MethodPost, url+"/collections", "{"+body+"}")
	require.Equal(t, http.StatusCreated, got.status, "%s", got.body)
}

const (
	insertOrder = `[{"type":"input","variables":[{"name":"order"}]},{"type":"dbInsert","collection":"orders","data":"{{order}}"},{"type":"response","body":"{{created}}"}]`
	updateOrder = `[{"type":"input","variables":[{"name":"v"}]},{"type":"dbUpdate","collection":"orders","filter":{"name":"fit"},"data":%s},{"type":"response","body":"{{updated}}"}]`
)

// The steps hold documents to the definition, with an error that names the field
// (issue 5, part 1).
func TestStepsHoldDocumentsToTheirDefinition(t *testing.T) {
	url := start(t)
	insert := save(t, url, workflow("insert", "user_default", "insert", insertOrder))
	call := func(order string) answer { return send(t, http.MethodPost, url+insert, `{"order":`+order+`}`) }
	refusedFor := func(got answer, message string) {
		t.Helper()
		assert.Equal(t, http.StatusUnprocessableEntity, got.status, "%s", got.body)
		assert.True(t, strings.HasSuffix(got.text(t, "error"), ": "+message), "%s: %s", message, got.body)
		assert.Contains(t, got.body, `"failedStep":1`)
	}
	assert.Equal(t, http.StatusOK, call(`{"name":"o","qty":"many"}`).status, "without a definition anything goes")

	define(t, url, "orders", `{"name":"string","qty":"number","at":"Date","lines":"array","to":"object","by":"ObjectId","paid":"boolean"}`)
	for order, message := range map[string]string{
		`{"qty":"many"}`: "data.qty must be a number", `{"at":"soon"}`: "data.at must be a date such as 2026-01-31T12:00:00Z",
		`{"lines":{}}`: "data.lines must be an array", `{"to":[]}`: "data.to must be an object", `{"by":"me"}`: "data.by must be an id of 24 hexadecimal digits",
		`{"paid":1}`: "data.paid must be a boolean", `{"more":1,"name":7}`: "data.name must be a string",
	} {
		refusedFor(call(order), message)
	}
	got := call(`{"name":"fit","qty":1,"at":"2026-01-31T12:00:00Z","lines":[1],"to":{"a":1},"by":"507f1f77bcf86cd799439011","paid":false,"more":"kept","note":null}`)
	assert.Equal(t, http.StatusOK, got.status, "%s", got.body)
	assert.Contains(t, got.body, `"more":"kept","note":null`)

	for update, message := range map[string]string{
		`{"qty":"{{v}}"}`: "data.qty must be a number", `{"$set":{"qty":"{{v}}"}}`: "data.qty must be a number", `{"$inc":{"name":1}}`: "data.name must be a string",
		`{"$push":{"qty":1}}`: "data.qty must be a number", `{"$addToSet":{"name":"{{v}}"}}`: "data.name must be a string", `{"$max":{"qty":"{{v}}"}}`: "data.qty must be a number",
		`{"name.first":"{{v}}"}`: "data.name must be a string", `{"qty":2,"to":"{{v}}"}`: "data.to must be an object",
	} {
		path := save(t, url, workflow("update", "user_default", "update", strings.Replace(updateOrder, "%s", update, 1)))
		refusedFor(send(t, http.MethodPost, url+path, `{"v":"text"}`), message)
	}
	for update, status := range map[string]int{
		`{"qty":"{{v}}"}`: 200, `{"$push":{"lines":"{{v}}"}}`: 200, `{"to.city":"{{v}}"}`: 200, `{"other":"{{v}}"}`: 200, `{"$unset":{"at":""}}`: 200, `{"by":null}`: 200,
		`{"$inc":{"paid.count":2}}`: 422, // a boolean has no inside
		`{"$mul":{"more":"{{v}}"}}`: 422, // it is not defined, but the database cannot multiply a text
	} {
		path := save(t, url, workflow("update", "user_default", "update", strings.Replace(updateOrder, "%s", update, 1)))
		got := send(t, http.MethodPost, url+path, `{"v":5}`)
		assert.Equal(t, status, got.status, "%s: %s", update, got.body)
	}
	stored := send(t, http.MethodGet, url+`/collections/orders/data?filters={"name":"fit"}`, "").body
	for _, shown := range []string{`"qty":5`, `"lines":[1,5]`, `"to":{"a":1,"city":5}`, `"other":5`, `"by":null`, `"more":"kept"`} {
		assert.Contains(t, stored, shown)
	}
	assert.NotContains(t, stored, `"at":`)

	// A definition that changes is known to the next call; one that is deleted checks nothing.
	define(t, url, "orders", `{"qty":"string"}`)
	refusedFor(call(`{"qty":1}`), "data.qty must be a string")
	require.Equal(t, http.StatusOK, send(t, http.MethodPut, url+"/db/schemas/orders", `{"fields":{"qty":"number"}}`).status)
	assert.Equal(t, http.StatusOK, call(`{"qty":1}`).status)
	refusedFor(call(`{"qty":"1"}`), "data.qty must be a number")
	require.Equal(t, http.StatusOK, send(t, http.MethodDelete, url+"/collections/orders", "").status)
	assert.Equal(t, http.StatusOK, call(`{"qty":"1"}`).status)
}

// A unique index that was declared holds for steps, too.
func TestUniqueIndexesHoldInWorkflows(t *testing.T) {
	url := start(t)
	define(t, url, "orders", `{"sku":"string"}`, `"indexes":[{"fields":["sku"],"unique":true}]`)
	path := save(t, url, workflow("insert", "user_default", "insert", insertOrder))
	call := func(order string) answer { return send(t, http.MethodPost, url+path, `{"order":`+order+`}`) }
	for order, status := range map[string]int{`{"sku":"a"}`: 200, `{"other":1}`: 200} {
		assert.Equal(t, status, call(order).status)
	}
	assert.Equal(t, http.StatusOK, call(`{"other":1}`).status, "those without a value are not bound")
	got := call(`{"sku":"a"}`)
	assert.Equal(t, http.StatusUnprocessableEntity, got.status, "%s", got.body)
	assert.Equal(t, "A document with the same sku already exists in orders", got.text(t, "error"))
}

// Two accounts may define the same name; neither sees what is the other's.
func TestCollectionsOfTwoAccounts(t *testing.T) {
	_, ann, bob := startWithTwo(t, loginRequired)
	for p, kind := range map[*person]string{ann: "number", bob: "string"} {
		got := p.send(t, http.MethodPost, "/collections", `{"ownerId":`+quote(ann.id)+`,"collectionName":"things","fields":{"`+kind+`s":"`+kind+`"},"indexes":[{"fields":["sku"],"unique":true}]}`)
		require.Equal(t, http.StatusCreated, got.status, "%s", got.body)
		got = p.send(t, http.MethodPost, "/collections/things/data", `{"ownerId":`+quote(bob.id)+`,"data":{"sku":"same","of`+kind+`":1}}`)
		require.Equal(t, http.StatusCreated, got.status, "%s", got.body)
		p.publish(t, "w-"+kind, `[{"type":"dbFind","collection":"named-`+kind+`"}]`)
		got = p.send(t, http.MethodPost, "/collections", `{"collectionName":"alone-`+kind+`","fields":{}}`)
		require.Equal(t, http.StatusCreated, got.status, "%s", got.body)
	}
	for _, row := range []struct {
		person, other *person
		own, not      string
	}{{ann, bob, "number", "string"}, {bob, ann, "string", "number"}} {
		for _, path := range []string{"/db/schemas", "/collections?refresh=true", "/collections?ownerId=" + row.other.id, "/collections/things", "/collections/things/data", "/collections/things/data?ownerId=" + row.other.id} {
			got := row.person.send(t, http.MethodGet, path, "")
			assert.Equal(t, http.StatusOK, got.status, "%s", got.body)
			assert.Contains(t, got.body, row.own, path)
			assert.NotContains(t, got.body, row.not, path)
		}
		for method, path := range map[string]string{http.MethodGet: "/collections/alone-" + row.not, http.MethodDelete: "/collections/alone-" + row.not, http.MethodPut: "/collections/alone-" + row.not} {
			got := row.person.send(t, method, path, map[string]string{http.MethodPut: `{"fields":{}}`}[method])
			assert.Equal(t, http.StatusNotFound, got.status, "%s", got.body)
		}
		for _, name := range []string{"alone-" + row.not, "owners." + row.other.id + ".things"} {
			got := row.person.send(t, http.MethodGet, "/collections/"+name+"/data", "")
			assert.Equal(t, http.StatusNotFound, got.status, "%s", got.body)
			got = row.person.send(t, http.MethodPost, "/collections/"+name+"/data", `{"data":{"a":1}}`)
			assert.Equal(t, http.StatusNotFound, got.status, "%s", got.body)
		}
	}
	for p, want := range map[*person]int{ann: http.StatusOK, bob: http.StatusUnprocessableEntity} {
		got := p.call(t, `[{"type":"dbInsert","collection":"things","data":{"strings":7}},{"type":"response"}]`, `{}`)
		assert.Equal(t, want, got.status, "%s", got.body)
	}
	require.Equal(t, http.StatusOK, ann.send(t, http.MethodDelete, "/collections/things", "").status)
	assert.Equal(t, http.StatusOK, bob.send(t, http.MethodGet, "/collections/things", "").status)

	// A name leaves room for the owner's: what can be defined can hold data.
	for n, status := range map[int]int{120 - len("owners..") - 24: http.StatusCreated, 120: http.StatusBadRequest} {
		name := strings.Repeat("x", n)
		got := ann.send(t, http.MethodPost, "/collections", `{"collectionName":"`+name+`","fields":{}}`)
		assert.Equal(t, status, got.status, "%s", got.body)
		if status == http.StatusCreated {
			assert.Equal(t, status, ann.send(t, http.MethodPost, "/collections/"+name+"/data", `{"data":{"a":1}}`).status)
		}
	}
}
