package contract_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What a caller sends to a published API is data: it never becomes an operator,
// a path or a collection (security.md 1 and 2).
func TestOperatorInjection(t *testing.T) {
	url := start(t)
	people := func(name, step string) string {
		return save(t, url, workflow(name, "user_default", name, `[{"type":"input","variables":[{"name":"email"},{"name":"name"},{"name":"where"}]},`+step+`]`))
	}
	insert := people("insert", `{"type":"dbInsert","collection":"people","data":{"email":"{{email}}","name":"{{name}}"}},{"type":"response","status":201,"body":{}}`)
	find := people("find", `{"type":"dbFind","collection":"people","filters":{"email":"{{email}}"},"findType":"many"},{"type":"response","body":"{{found}}"}`)
	whole := people("whole", `{"type":"dbFind","collection":"people","filters":"{{where}}","findType":"many"},{"type":"response","body":"{{found}}"}`)
	remove := people("remove", `{"type":"dbDelete","collection":"people","filter":{"email":"{{email}}"},"deleteType":"deleteMany"},{"type":"response","body":"{{deleted}}"}`)
	update := people("update", `{"type":"dbUpdate","collection":"people","filter":{"email":"{{email}}"},"data":{"name":"{{name}}"},"updateType":"updateMany"},{"type":"response","body":"{{updated}}"}`)
	reach := people("reach", `{"type":"dbFind","collection":"{{name}}","filters":{},"findType":"many"},{"type":"response","body":"{{found}}"}`)
	for _, person := range []string{"ann", "bob"} {
		require.Equal(t, http.StatusCreated, send(t, "POST", url+insert, `{"email":"`+person+`@x.yz","name":"`+person+`"}`).status)
	}

	for _, hostile := range []string{
		`{"$ne":null}`, `{"$gt":""}`, `{"$regex":".*"}`, `{"$in":["ann@x.yz"]}`, `{"$where":"1"}`, `{"$expr":{"$eq":[1,1]}}`,
		`{"$function":{"body":"x"}}`, `{"$not":{"$eq":1}}`, `["ann@x.yz"]`, `[{"$ne":null}]`, `{"a.b":1}`, `{"a":{"$ne":1}}`, `{"$exists":true}`,
		`"{\"$ne\":null}"`, `"$ne"`, `"{{found}}"`, `""`, `null`, `true`, `0`,
	} {
		t.Run(hostile, func(t *testing.T) {
			for _, path := range []string{find, remove, update} {
				got := send(t, "POST", url+path, `{"email":`+hostile+`,"name":"changed"}`)
				assert.Contains(t, []int{200, 422}, got.status, "%s: %s", path, got.body)
				assert.NotContains(t, got.body, "ann@x.yz\",\"name", "%s", path)
			}
		})
	}
	for name, body := range map[string]string{
		"a name with an operator": `{"email":"ann@x.yz","name":{"$set":{"role":"admin"}}}`,
		"a name with a dot":       `{"email":"ann@x.yz","name":{"a.b":1}}`,
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, http.StatusUnprocessableEntity, send(t, "POST", url+update, body).status)
			assert.Equal(t, http.StatusUnprocessableEntity, send(t, "POST", url+insert, body).status)
		})
	}
	for _, where := range []string{`{"$where":"1"}`, `{"email":{"$ne":null}}`, `{"$or":[{}]}`, `{"$expr":true}`} {
		got := send(t, "POST", url+whole, `{"where":`+where+`}`)
		assert.Equal(t, http.StatusUnprocessableEntity, got.status, "%s: %s", where, got.body)
	}
	for _, collection := range []string{`"workflows"`, `"publishedapis"`, `"sessions"`, `"system.users"`, `"people\u0000"`, `{"$ne":1}`, `""`, `"$cmd"`} {
		got := send(t, "POST", url+reach, `{"name":`+collection+`}`)
		assert.Equal(t, http.StatusUnprocessableEntity, got.status, "%s: %s", collection, got.body)
		assert.NotContains(t, got.body, "apiPath")
	}
	for _, person := range []string{"ann", "bob"} {
		got := send(t, "POST", url+find, `{"email":"`+person+`@x.yz"}`)
		assert.Contains(t, got.body, `"name":"`+person+`"`, "nothing was deleted or changed")
	}
}

// A password is stored as a hash, once, and no answer shows it.
func TestPasswordsStayInside(t *testing.T) {
	url := start(t)
	path := save(t, url, workflow("w", "user_default", "x", `[{"type":"input","variables":[{"name":"email"},{"name":"password"}]},
		{"type":"dbInsert","collection":"users","data":{"email":"{{email}}","password":"{{password}}"}},
		{"type":"dbFind","collection":"users","filters":{"email":"{{email}}"}},
		{"type":"dbUpdate","collection":"users","filter":{"email":"{{email}}"},"data":{"name":"n"}},
		{"type":"inputValidation","rules":[{"field":"nothing","required":true}]}]`))
	got := send(t, "POST", url+path, `{"email":"a@b.cd","password":"canary-password"}`)
	assert.Equal(t, http.StatusUnprocessableEntity, got.status)
	assert.Contains(t, got.body, `"passwordHashed":true`)
	assert.NotContains(t, got.body, "$2a$")
	assert.NotContains(t, got.body, "$2b$")
}
