package contract_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// makeToken is a workflow whose token has the claims of the input.
const makeToken = `[{"type":"input","variables":[{"name":"claims"}]},{"type":"jwtGenerate","payload":"{{claims}}"},{"type":"response","body":"{{token}}"}]`

// makes has the person's workflow make a token with claims.
func (p *person) makes(t *testing.T, claims string) string {
	t.Helper()
	return strings.Trim(p.result(t, makeToken, `{"claims":`+claims+`}`), `"`)
}

// A token that a workflow made names no session, whatever it was told to say.
func TestWorkflowsNameNoSession(t *testing.T) {
	for mode, change := range modes {
		t.Run(mode, func(t *testing.T) {
			url, ann, bob := startWithTwo(t, change)
			for _, claims := range []string{
				`{"userId":"` + bob.id + `","sid":"` + bob.sid + `"}`,
				`{"sid":"` + ann.sid + `","userId":"` + ann.id + `","email":"` + ann.email + `"}`,
				`{"userId":"` + bob.id + `","\u0073id":"` + bob.sid + `"}`,
				`{"userId":"` + bob.id + `","sid":{"$ne":null}}`,
				`{"userId":"` + bob.id + `","SID":"` + bob.sid + `","sessionId":"` + bob.sid + `"}`,
				`{"userId":"` + bob.id + `","exp":99999999999,"iat":0,"nbf":0}`,
			} {
				token := ann.makes(t, claims)
				made := claimsOf(t, token)
				assert.NotContains(t, made, "sid")
				assert.Less(t, made["exp"].(float64), 9e9, "its life is the step's")
				for _, c := range [][2]string{{"GET", "/auth/sessions"}, {"POST", "/auth/password"}, {"DELETE", "/auth/sessions/x"}} {
					refused(t, send(t, c[0], url+c[1], "", "Authorization", "Bearer "+token), claims)
				}
				me := send(t, http.MethodGet, url+"/auth/me", "", "Authorization", "Bearer "+token)
				owned := send(t, http.MethodGet, url+"/workflows", "", "Authorization", "Bearer "+token)
				if mode == "required" {
					refused(t, me, "me")
					refused(t, owned, "workflows")
				}
				assert.Equal(t, http.StatusOK, ann.call(t, guarded, `{}`, "Authorization", "Bearer "+token).status)
			}
			got := ann.call(t, makeToken, `{"claims":{"userId":"x","sid":"a","sid":"b"}}`)
			assert.Equal(t, http.StatusBadRequest, got.status, "two of them are no JSON: %s", got.body)
			assert.True(t, ann.alive(t) && bob.alive(t))
		})
	}
}

// Where a login is required, workflows believe the tokens of their own owner's
// workflows, and the owner's own login, for trying them out: neither the tokens of
// other owners' workflows nor the logins of others.
func TestTokensOfOwnersAreApart(t *testing.T) {
	url, ann, bob := startWithTwo(t, loginRequired)
	token := ann.makes(t, `{"userId":"u1","role":"admin"}`)
	for name, c := range map[string]struct {
		by    *person
		token string
		ok    bool
	}{
		"its owner's workflow":   {ann, token, true},
		"another owner's":        {bob, token, false},
		"a login of another":     {bob, ann.token, false},
		"the session of another": {bob, mint(t, jwt.MapClaims{"userId": bob.id, "sid": ann.sid}), false},
		"no session":             {ann, mint(t, jwt.MapClaims{"userId": ann.id}), false},
		"with another signature": {ann, token[:strings.LastIndexByte(token, '.')+1] + strings.Split(ann.token, ".")[2], false},
	} {
		t.Run(name, func(t *testing.T) {
			got := c.by.call(t, guarded, `{}`, "Authorization", "Bearer "+c.token)
			if c.ok {
				assert.Equal(t, http.StatusOK, got.status, "%s", got.body)
				assert.Equal(t, "admin", got.text(t, "role"))
				return
			}
			assert.Equal(t, http.StatusUnauthorized, got.status, "%s", got.body)
			assert.Contains(t, []string{"invalid signature", "session has ended"}, got.text(t, "error"))
			assert.NotContains(t, got.body, "admin")
		})
	}
	t.Run("the owner's own login", func(t *testing.T) {
		self := logIn(t, url, ann.email, password)
		got := ann.call(t, guarded, `{}`, "Authorization", "Bearer "+self.token)
		require.Equal(t, http.StatusOK, got.status, "%s", got.body)
		assert.Equal(t, ann.id, got.text(t, "userId"))
		assert.NotContains(t, got.body, self.sid)
		run := self.run(t, guarded)
		assert.Equal(t, "succeeded", self.ended(t, run))
		self.send(t, http.MethodPost, "/auth/logout", "")
		got = ann.call(t, guarded, `{}`, "Authorization", "Bearer "+self.token)
		assert.Equal(t, http.StatusUnauthorized, got.status, "%s", got.body)
		assert.Equal(t, "session has ended", got.text(t, "error"))
	})
	t.Run("a second workflow of the owner", func(t *testing.T) {
		other := ann.publish(t, "other", guarded)
		assert.Equal(t, http.StatusOK, send(t, http.MethodPost, url+other, `{}`, "Authorization", "Bearer "+token).status)
	})
	t.Run("it makes no owner", func(t *testing.T) {
		victim := ann.makes(t, `{"userId":"`+bob.id+`","ownerId":"`+bob.id+`"}`)
		bob.result(t, `[{"type":"dbInsert","collection":"notes","data":{"text":"of bob"}},{"type":"response"}]`, `{}`)
		got := ann.call(t, findAll("notes"), `{"ownerId":"`+bob.id+`"}`, "Authorization", "Bearer "+victim)
		assert.JSONEq(t, `[]`, got.body)
	})
}

// Where no login is required, a login's token is believed by every workflow as
// long as its session lives, and tells them nothing of the session.
func TestLoginsAreBelievedInOpenMode(t *testing.T) {
	url, ann, bob := startWithTwo(t, openMode)
	path := ann.publish(t, "guarded", guarded)
	call := func(token string) answer {
		return send(t, http.MethodPost, url+path, `{}`, "Authorization", "Bearer "+token)
	}
	got := call(bob.token)
	require.Equal(t, http.StatusOK, got.status, "%s", got.body)
	assert.Equal(t, bob.id, got.text(t, "userId"))
	assert.Equal(t, bob.email, got.text(t, "email"))
	assert.NotContains(t, got.body, "sid")
	assert.NotContains(t, got.body, bob.sid)

	// Nor does the log of a background run.
	run := send(t, http.MethodPost, url+"/workflows/run", `{"ownerId":"x","steps":`+guarded+`}`, "Authorization", "Bearer "+bob.token).text(t, "executionId")
	assert.Equal(t, "succeeded", ann.ended(t, run))
	log := send(t, http.MethodGet, url+"/executions/"+run+"/logs", "").body
	assert.Contains(t, log, bob.id)
	assert.NotContains(t, log, bob.sid)
	assert.NotContains(t, log, bob.token)

	for name, token := range map[string]string{
		"somebody else's session": mint(t, jwt.MapClaims{"userId": bob.id, "sid": ann.sid}),
		"an unknown session":      mint(t, jwt.MapClaims{"userId": bob.id, "sid": unknownRunID}),
		"no text":                 mint(t, jwt.MapClaims{"userId": bob.id, "sid": 7}),
	} {
		got := call(token)
		assert.Equal(t, http.StatusUnauthorized, got.status, "%s: %s", name, got.body)
		assert.Equal(t, "session has ended", got.text(t, "error"), name)
	}
	bob.send(t, http.MethodPost, "/auth/logout", "")
	assert.Equal(t, http.StatusUnauthorized, call(bob.token).status)
	assert.Equal(t, http.StatusOK, call(ann.token).status)
}

// An owner builds the sign-up, the login and a protected endpoint out of steps,
// and strangers use them.
func TestSignUpLogInAndCallAProtectedEndpoint(t *testing.T) {
	for mode, change := range modes {
		t.Run(mode, func(t *testing.T) {
			url, ann, bob := startWithTwo(t, change)
			const enterSteps = `[{"type":"input","variables":[{"name":"email"},{"name":"password"}]},
				{"type":"userLogin","email":"{{email}}","password":"{{password}}"},
				{"type":"jwtGenerate","payload":{"userId":"{{loginResult.userId}}","email":"{{loginResult.email}}"},"expiresIn":"1h"},
				{"type":"response","body":{"token":"{{token}}"}}]`
			const profile = `[{"type":"authMiddleware"},{"type":"dbFind","collection":"users","filters":{"_id":"{{currentUser.userId}}"}},
				{"type":"response","body":{"name":"{{found.name}}","email":"{{currentUser.email}}"}}]`
			join, enter, show := ann.publish(t, "join", addUser), ann.publish(t, "enter", enterSteps), ann.publish(t, "show", profile)

			made := send(t, http.MethodPost, url+join, `{"email":"Eve@User.example","password":"eve's own","name":"Eve"}`)
			require.Equal(t, http.StatusCreated, made.status, "%s", made.body)
			entered := send(t, http.MethodPost, url+enter, login("eve@user.example", "eve's own"))
			require.Equal(t, http.StatusOK, entered.status, "%s", entered.body)
			token := entered.text(t, "token")
			assert.Equal(t, made.text(t, "id"), claimsOf(t, token)["userId"])

			foreign := bob.makes(t, `{"userId":"`+made.text(t, "id")+`"}`)
			foreignStatus := map[string]int{"open": 200, "required": 401}[mode] // in one database there is one key
			bearer := func(token string) []string { return []string{"Authorization", "Bearer " + token} }
			play(t, url, []exchange{
				{name: "protected", method: "POST", path: show, headers: bearer(token), status: 200, contains: []string{`"name":"Eve"`, `"email":"Eve@User.example"`}},
				{name: "no token", method: "POST", path: show, status: 401, contains: []string{"Missing or invalid Authorization header"}, lacks: []string{"Eve"}},
				{name: "a wrong token", method: "POST", path: show, headers: bearer(token + "x"), status: 401, lacks: []string{"Eve"}},
				{name: "a token of another owner", method: "POST", path: show, headers: bearer(foreign), status: foreignStatus},
				{name: "a wrong password", method: "POST", path: enter, body: login("eve@user.example", "wrong"), status: 401, contains: []string{"Invalid email or password"}, lacks: []string{"token\":\""}},
				{name: "an unknown user", method: "POST", path: enter, body: login("nobody@user.example", "wrong"), status: 401, contains: []string{"Invalid email or password"}},
				{name: "the same e-mail again", method: "POST", path: join, body: login("EVE@user.example", "x"), status: 422, contains: []string{"already exists"}},
				{name: "it opens nothing of the platform", method: "GET", path: "/auth/sessions", headers: bearer(token), status: 401},
			})
		})
	}
}
