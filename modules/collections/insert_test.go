package collections_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"
	"golang.org/x/crypto/bcrypt"

	"github.com/orchestrix/orchestrix/modules/modulestest"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// kinds are the types with values that they take and values that they do not.
var kinds = []struct {
	name      string
	good, bad []string
}{
	{"string", []string{`""`, `"a"`, `"7"`}, []string{`7`, `true`, `{}`, `[]`, `["a"]`}},
	{"number", []string{`0`, `-7`, `1.5`, `1e+300`, `9007199254740993`}, []string{`"7"`, `true`, `{}`, `[1]`}},
	{"boolean", []string{`true`, `false`}, []string{`"true"`, `0`, `{}`}},
	{"date", []string{`"2026-01-31T12:00:00Z"`, `"2026-01-31T12:00:00.000Z"`, `"2026-01-31T12:00:00+02:00"`, `"2026-01-31"`},
		[]string{`"tomorrow"`, `"2026-02-30"`, `"31.01.2026"`, `1769860800000`, `""`, `{}`}},
	{"object", []string{`{}`, `{"a":{"b":1}}`}, []string{`[]`, `"{}"`, `7`}},
	{"array", []string{`[]`, `[1,"a",{}]`}, []string{`{}`, `"a"`, `7`}},
	{"ObjectId", []string{`"507f1f77bcf86cd799439011"`}, []string{`"507f1f77"`, `"zzzf1f77bcf86cd799439011"`, `7`, `{}`}},
	{"mixed", []string{`"a"`, `7`, `true`, `{}`, `[]`}, nil},
}

func TestInsertChecksTypes(t *testing.T) {
	for _, old := range []bool{false, true} {
		host := start(t)
		for _, kind := range kinds {
			name := kind.name
			if old && name != "ObjectId" {
				name = string(name[0]-'a'+'A') + name[1:] // String, as the old backend wrote it
			}
			t.Run(name, func(t *testing.T) {
				collection := "c" + name
				define(t, host, collection, `{"first":"mixed","v":`+quote(name)+`}`)
				for _, value := range append(kind.good, `null`) {
					got := host.Call(http.MethodPost, "/collections/"+collection+"/data", `{"data":{"v":`+value+`}}`)
					assert.Equal(t, http.StatusCreated, got.Status, "%s: %s", value, got.Body)
					assert.Contains(t, got.Body, `"v":`+value)
				}
				for _, value := range kind.bad {
					got := host.Call(http.MethodPost, "/db/schemas/"+collection+"/data", `{"data":{"first":1,"v":`+value+`}}`)
					assert.Equal(t, http.StatusBadRequest, got.Status, "%s: %s", value, got.Body)
					assert.Contains(t, got.Body, `"error":"data.v must be `)
				}
				assert.Equal(t, len(kind.good)+1, find(t, host, collection).Total, "what was refused is not stored")
			})
		}
	}
}

func TestInsert(t *testing.T) {
	const required, empty = `"error":"data object is required"`, `"error":"data object cannot be empty"`
	rows := []row{
		{name: "unknown", method: "POST", path: "/orders/data", body: `{"data":{"a":1}}`, status: 404, contains: []string{`"error":"Model not found: orders"`}},
		{name: "define", method: "POST", body: `{"collectionName":"orders","fields":{"sku":"string"},"indexes":[{"fields":["sku"],"unique":true}]}`, status: 201},
		{name: "no body", method: "POST", path: "/orders/data", status: 400, contains: []string{required}},
		{name: "empty", method: "POST", path: "/orders/data", body: `{"data":{}}`, status: 400, contains: []string{empty}},
		{name: "unknown fields are kept", method: "POST", path: "/orders/data", body: `{"data":{"more":{"deep":[1,{"x":null}]},"z":1,"a":2}}`, status: 201,
			contains: []string{`"more":{"deep":[1,{"x":null}]},"z":1,"a":2`, `"insertedId":"`, `"createdAt":"`}},
		{name: "an id of the caller's", method: "POST", path: "/orders/data", body: `{"data":{"_id":"mine","sku":"1"}}`, status: 201,
			contains: []string{`"data":{"_id":"mine","sku":"1"`, `"insertedId":"mine"`}},
		{name: "the same id", method: "POST", path: "/orders/data", body: `{"data":{"_id":"mine","sku":"2"}}`, status: 409,
			contains: []string{`"error":"A document with the same _id already exists in orders"`}},
		{name: "the same unique value", method: "POST", path: "/orders/data", body: `{"data":{"sku":"1"}}`, status: 409,
			contains: []string{`"error":"A document with the same sku already exists in orders"`}},
		{name: "a list as id", method: "POST", path: "/orders/data", body: `{"data":{"_id":[1]}}`, status: 400},
		{name: "what is no password", method: "POST", path: "/orders/data", body: `{"data":{"password":{"$ne":1}}}`, status: 400},
		{name: "a password that is too long", method: "POST", path: "/orders/data", body: `{"data":{"password":"` + long(73) + `"}}`, status: 400, contains: []string{"72 bytes"}},
		{name: "oversize", method: "POST", path: "/orders/data", body: `{"data":{"a":"` + long(10<<20) + `"}}`, status: 413},
		{name: "malformed", method: "POST", path: "/orders/data", body: `{"data":{"a":`, status: 400},
	}
	for _, wrong := range []string{`null`, `""`, `[]`, `[{"a":1}]`, `"a"`, `7`, `true`} {
		rows = append(rows, row{name: "data=" + wrong, method: "POST", path: "/orders/data", body: `{"data":` + wrong + `}`, status: 400, contains: []string{required}})
	}
	for _, wrong := range []string{`{"$set":{"a":1}}`, `{"a.b":1}`, `{"":1}`, `{"a":{"$gt":1}}`, `{"a":[{"b":{"c.d":1}}]}`} {
		rows = append(rows, row{name: "key in " + wrong, method: "POST", path: "/orders/data", body: `{"data":` + wrong + `}`, status: 400, contains: []string{"must not hold the key"}})
	}
	rows = append(rows, row{name: "only two are stored", method: "GET", path: "/orders/data", status: 200, contains: []string{`"total":2`}})
	play(t, rows)
}

// A password is hashed, once, and neither an answer nor a filter tells of it.
func TestPasswordsStayInside(t *testing.T) {
	host := start(t)
	define(t, host, "members", `{}`)
	for _, name := range []string{"users", "members"} {
		got := host.Call(http.MethodPost, "/collections/"+name+"/data", `{"data":{"email":"Ann@example.com","password":"canary"}}`)
		require.Equal(t, http.StatusCreated, got.Status, got.Body)
		shown := got.Body + host.Call(http.MethodGet, "/collections/"+name+"/data", "").Body
		for _, secret := range []string{"canary", "$2a$", "$2b$", "password", "emailKey\":\"ann@example.com\",\"password"} {
			assert.NotContains(t, shown, secret)
		}
		stored, err := host.Store.Collection(name).FindOne(t.Context(), bson.D{}, mongo.FindOptions{})
		require.NoError(t, err)
		assert.NoError(t, bcrypt.CompareHashAndPassword([]byte(doc.String(stored, "password")), []byte("canary")), "hashed once")
	}
	got := host.Call(http.MethodPost, "/collections/users/data", `{"data":{"email":"ann@EXAMPLE.com"}}`)
	assert.Equal(t, http.StatusConflict, got.Status)
	assert.Contains(t, got.Body, "A document with the same email already exists in users")
	for _, path := range []string{"password", "members.password", "password.x"} {
		for _, filter := range []string{`{%q:{"$regex":"^.2"}}`, `{%q:"x"}`, `{"$or":[{"a":1},{"$and":[{%q:{"$exists":true}}]}]}`, `{"list":{"$elemMatch":{%q:{"$gt":"$2"}}}}`, `{"a":{"$not":{"$elemMatch":{%q:1}}}}`} {
			got := host.Call(http.MethodGet, "/collections/users/data"+query("filters", fmt.Sprintf(filter, path)), "")
			assert.Equal(t, http.StatusBadRequest, got.Status, "%s: %s", filter, got.Body)
		}
		assert.Equal(t, http.StatusBadRequest, host.Call(http.MethodGet, "/collections/users/data"+query("sort", path), "").Status)
	}
}

// Of many that store the same at once, one does.
func TestUniqueHoldsInACrowd(t *testing.T) {
	host := start(t)
	define(t, host, "orders", `{"sku":"string"}`, `[{"fields":["sku"],"unique":true}]`)
	count := modulestest.Crowd(20, func(int) int {
		return host.Call(http.MethodPost, "/collections/orders/data", `{"data":{"sku":"one"}}`).Status
	})
	assert.Equal(t, map[int]int{http.StatusCreated: 1, http.StatusConflict: 19}, count)
}
