package contract_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Steps cannot read a password's hash by asking for it piece by piece, nor change
// a password or an e-mail past the rules for them.
func TestPasswordsAreOutOfReach(t *testing.T) {
	_, ann, _ := startWithTwo(t, openMode)
	ann.add(t, "end@user.example", "the user's own")
	find := func(filter string) string {
		return `{"type":"dbFind","collection":"users","filters":` + filter + `,"findType":"many"}`
	}
	remove := func(filter string) string {
		return `{"type":"dbDelete","collection":"users","filter":` + filter + `}`
	}
	update := func(data string) string {
		return `{"type":"dbUpdate","collection":"users","filter":{"email":"end@user.example"},"data":` + data + `}`
	}
	for _, step := range []string{
		find(`{"password":{"$regex":"^\\$2"}}`),
		find(`{"password":{"$gt":"$2"}}`),
		find(`{"password":{"$gte":"$2"}}`),
		find(`{"password":{"$lt":"$3"}}`),
		find(`{"password":{"$not":{"$regex":"^x"}}}`),
		find(`{"$or":[{"password":{"$regex":"^\\$2"}}]}`),
		find(`{"$and":[{"$nor":[{"password":{"$lte":"x"}}]}]}`),
		find(`{"password":{"$in":["x"],"$regex":"^\\$2"}}`),
		remove(`{"password":{"$regex":"^\\$2"}}`),
		update(`{"$min":{"password":"$"}}`),
		update(`{"$max":{"password":"z"}}`),
		update(`{"$push":{"password":"x"}}`),
		update(`{"$inc":{"password":1}}`),
		update(`{"$set":{"password.x":"y"}}`),
		update(`{"password.x":"y"}`),
		update(`{"$max":{"email":"z@user.example"}}`),
		update(`{"$unset":{"emailKey":""}}`),
		update(`{"$max":{"emailKey":"z"}}`),
	} {
		got := ann.call(t, `[`+step+`,{"type":"response","body":{}}]`, `{}`)
		assert.Equal(t, http.StatusUnprocessableEntity, got.status, "%s: %s", step, got.body)
		assert.Contains(t, got.body, "INVALID_FIELD", step)
	}
	for step, want := range map[string]string{
		find(`{"password":"the user's own"}`):                  `[]`,
		find(`{"password":{"$in":["the user's own"]}}`):        `[]`,
		find(`{"password":{"$exists":false}}`):                 `[]`,
		find(`{"email":{"$regex":"^end"},"password":"wrong"}`): `[]`,
	} {
		assert.JSONEq(t, want, ann.result(t, `[`+step+`,{"type":"response","body":"{{found}}"}]`, `{}`), step)
	}
	ann.result(t, `[`+update(`{"emailKey":"ann@example.com","name":"End"}`)+`,{"type":"response"}]`, `{}`)
	assert.True(t, ann.knows(t, "END@user.example", "the user's own"), "nothing was changed")
	assert.True(t, ann.knows(t, ann.email, password))
}
