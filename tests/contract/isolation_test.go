package contract_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/config"
	"github.com/orchestrix/orchestrix/modules/modulestest"
)

// Steps of workflows that take their values from the input.
const (
	addUser = `[{"type":"input","variables":[{"name":"email"},{"name":"password"},{"name":"name"}]},
		{"type":"dbInsert","collection":"users","data":{"email":"{{email}}","password":"{{password}}","name":"{{name}}"}},{"type":"response","status":201,"body":{"id":"{{created._id}}"}}]`
	setPassword = `[{"type":"input","variables":[{"name":"email"},{"name":"password"}]},
		{"type":"dbUpdate","collection":"users","filter":{"email":"{{email}}"},"data":{"password":"{{password}}"},"updateType":"updateMany"},{"type":"response","body":"{{updated.matchedCount}}"}]`
	checkLogin = `[{"type":"input","variables":[{"name":"email"},{"name":"password"}]},
		{"type":"userLogin","email":"{{email}}","password":"{{password}}"},{"type":"response","body":"{{loginResult}}"}]`
)

func findAll(collection string) string {
	return `[{"type":"dbFind","collection":"` + collection + `","filters":{},"findType":"many"},{"type":"response","body":"{{found}}"}]`
}

func login(email, password string) string {
	return `{"email":` + quote(email) + `,"password":` + quote(password) + `}`
}

// add stores a user of the person's workflows.
func (p *person) add(t *testing.T, email, password string) {
	t.Helper()
	got := p.call(t, addUser, login(email, password))
	require.Equal(t, http.StatusCreated, got.status, "%s", got.body)
}

// knows reports whether the userLogin step of the person's workflows takes a login.
func (p *person) knows(t *testing.T, email, password string) bool {
	t.Helper()
	got := p.call(t, checkLogin, login(email, password))
	require.Contains(t, []int{http.StatusOK, http.StatusUnauthorized}, got.status, "%s", got.body)
	if got.status == http.StatusUnauthorized {
		require.Contains(t, got.body, "Invalid email or password")
	}
	return got.status == http.StatusOK
}

// Where a login is required, each owner's workflows have data of their own, and
// nobody's reach the accounts.
func TestDataOfOwnersIsApart(t *testing.T) {
	url, ann, bob := startWithTwo(t, loginRequired)
	ann.add(t, "end@user.example", "of ann's")
	ann.result(t, `[{"type":"dbInsert","collection":"notes","data":{"text":"of ann"}},{"type":"response"}]`, `{}`)

	one, many := `"filter":{"email":"end@user.example"}`, `"filter":{"_id":{"$exists":true}}`
	for _, c := range []struct{ name, step, want string }{
		{"find users", `{"type":"dbFind","collection":"users","filters":{},"findType":"many","outputVar":"x"}`, `[]`},
		{"find a user", `{"type":"dbFind","collection":"users","filters":{"email":"end@user.example"},"outputVar":"x"}`, `null`},
		{"find notes", `{"type":"dbFind","collection":"notes","filters":{},"findType":"many","outputVar":"x"}`, `[]`},
		{"update a user", `{"type":"dbUpdate","collection":"users",` + one + `,"data":{"password":"of bob's"},"outputVar":"x"}`, `null`},
		{"update users", `{"type":"dbUpdate","collection":"users",` + many + `,"data":{"password":"of bob's"},"updateType":"updateMany","outputVar":"x"}`, `{"matchedCount":0,"modifiedCount":0}`},
		{"update notes", `{"type":"dbUpdate","collection":"notes",` + many + `,"data":{"text":"of bob"},"updateType":"updateMany","outputVar":"x"}`, `{"matchedCount":0,"modifiedCount":0}`},
		{"delete a user", `{"type":"dbDelete","collection":"users",` + one + `,"outputVar":"x"}`, `{"deletedCount":0}`},
		{"delete users", `{"type":"dbDelete","collection":"users",` + many + `,"deleteType":"deleteMany","outputVar":"x"}`, `{"deletedCount":0}`},
		{"delete notes", `{"type":"dbDelete","collection":"notes",` + many + `,"deleteType":"deleteMany","outputVar":"x"}`, `{"deletedCount":0}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.JSONEq(t, c.want, bob.result(t, `[`+c.step+`,{"type":"response","body":"{{x}}"}]`, `{}`))
		})
	}
	t.Run("in the background too", func(t *testing.T) {
		id := bob.run(t, `[{"type":"dbFind","collection":"notes","filters":{},"findType":"many"},{"type":"response","body":"{{found}}"}]`)
		assert.Equal(t, "succeeded", bob.ended(t, id))
		assert.NotContains(t, bob.send(t, http.MethodGet, "/executions/"+id+"/logs", "").body, "of ann")
	})
	t.Run("its owner's is as it was", func(t *testing.T) {
		assert.Contains(t, ann.result(t, findAll("notes"), `{}`), `"text":"of ann"`)
		assert.True(t, ann.knows(t, "end@user.example", "of ann's"))
		assert.False(t, bob.knows(t, "end@user.example", "of ann's"))
	})
	t.Run("accounts are no users of workflows", func(t *testing.T) {
		users := ann.result(t, findAll("users"), `{}`)
		assert.Contains(t, users, "end@user.example")
		for _, account := range []*person{ann, bob} {
			assert.Equal(t, `0`, ann.result(t, setPassword, login(account.email, "taken over")))
			assert.False(t, ann.knows(t, account.email, password))
			assert.NotContains(t, users, account.email)
			assert.True(t, account.alive(t))
			logIn(t, url, account.email, password)
		}
		assert.Equal(t, http.StatusUnauthorized, tryLogin(t, url, "end@user.example", "of ann's").status)
	})
	t.Run("its owner may change and delete", func(t *testing.T) {
		assert.Equal(t, `1`, ann.result(t, setPassword, login("end@user.example", "changed")))
		assert.True(t, ann.knows(t, "end@user.example", "changed"))
		assert.JSONEq(t, `{"deletedCount":1}`, ann.result(t, `[{"type":"dbDelete","collection":"users",`+one+`},{"type":"response","body":"{{deleted}}"}]`, `{}`))
		assert.JSONEq(t, `[]`, ann.result(t, findAll("users"), `{}`))
	})
}

// No step reaches a collection that is not its owner's, by whatever name.
func TestCollectionsOutOfReach(t *testing.T) {
	for mode, change := range modes {
		t.Run(mode, func(t *testing.T) {
			_, ann, bob := startWithTwo(t, change)
			ann.add(t, "end@user.example", "x")
			for _, name := range []string{
				"owners." + ann.id + ".users", "owners." + bob.id + ".users", "owners.x.y", "owners.", "sessions", "workflows", "publishedapis",
				"executions", "execution_logs", "userdbconnections", "collectiondefinitions", "dynamicdatas",
				"system.users", "system.indexes", "$cmd", "users$", "$users", ".users", "", strings.Repeat("n", 300),
			} {
				for _, step := range []string{
					`{"type":"dbFind","collection":` + quote(name) + `,"filters":{},"findType":"many"}`,
					`{"type":"dbInsert","collection":` + quote(name) + `,"data":{"a":1}}`,
					`{"type":"dbUpdate","collection":` + quote(name) + `,"filter":{"_id":{"$exists":true}},"data":{"a":1},"updateType":"updateMany"}`,
					`{"type":"dbDelete","collection":` + quote(name) + `,"filter":{"_id":{"$exists":true}},"deleteType":"deleteMany"}`,
				} {
					got := bob.call(t, `[`+step+`,{"type":"response","body":"{{found}}"}]`, `{}`)
					assert.Equal(t, http.StatusUnprocessableEntity, got.status, "%s: %s", step, got.body)
					assert.NotContains(t, got.body, "user.example")
				}
			}
			assert.True(t, ann.alive(t) && bob.alive(t), "no session was deleted")
		})
	}
}

// An e-mail can be that of an account and of a user of each owner's workflows at
// once: four people with four passwords.
func TestOneEmailManyPeople(t *testing.T) {
	url, ann, bob := startWithTwo(t, loginRequired)
	const email = "same@example.com"
	signUp(t, url, email)
	ann.add(t, email, "of ann's")
	bob.add(t, "SAME@example.com", "of bob's")
	for _, pw := range []string{password, "of ann's"} {
		assert.Equal(t, pw == password, tryLogin(t, url, "Same@Example.com", pw).status == http.StatusOK, pw)
		assert.Equal(t, pw == "of ann's", ann.knows(t, "Same@Example.com", pw), pw)
	}
	assert.True(t, bob.knows(t, "Same@Example.com", "of bob's"))
}

// An e-mail is that of one user in one place, in any case of letters.
func TestEmailsOfUsersAreUnique(t *testing.T) {
	for mode, change := range modes {
		t.Run(mode, func(t *testing.T) {
			url, ann, _ := startWithTwo(t, change)
			path := ann.publish(t, "add", addUser)
			user := func(email string) string { return `{"email":` + quote(email) + `}` }
			// The first of all users are the hardest: there is no index before.
			count := modulestest.Crowd(20, func(int) int {
				got, err := try(t.Context(), http.MethodPost, url+path, user("first@user.example"))
				assert.NoError(t, err)
				return got.status
			})
			assert.Equal(t, map[int]int{http.StatusCreated: 1, http.StatusUnprocessableEntity: 19}, count)

			require.Equal(t, http.StatusCreated, send(t, http.MethodPost, url+path, user("second@user.example")).status)
			const taken = "A document with the same email already exists in users"
			for _, email := range []string{"second@user.example", "SECOND@User.Example"} {
				got := send(t, http.MethodPost, url+path, user(email))
				assert.Equal(t, http.StatusUnprocessableEntity, got.status, "%s", got.body)
				assert.Equal(t, taken, got.text(t, "error"))
			}
			got := ann.call(t, `[{"type":"dbUpdate","collection":"users","filter":{"email":"first@user.example"},"data":{"email":"Second@user.example"}}]`, `{}`)
			assert.Equal(t, http.StatusUnprocessableEntity, got.status, "%s", got.body)
			assert.Equal(t, taken, got.text(t, "error"))
			assert.Equal(t, 2, strings.Count(ann.result(t, findAll("users"), `{}`), "@user.example"))
		})
	}
}

// Where no login is required there is one database: users of workflows are
// accounts, and accounts are users of workflows.
func TestOpenModeHasOneKindOfUser(t *testing.T) {
	url, ann, _ := startWithTwo(t, func(s *config.Settings) { s.AccountLimit = 0 })
	ann.add(t, "End@User.example", "first")
	end := logIn(t, url, "end@user.example", "first")
	assert.True(t, ann.knows(t, "end@user.example", "first"))
	assert.True(t, ann.knows(t, "ann@example.com", password))
	assert.Equal(t, http.StatusConflict, send(t, http.MethodPost, url+"/auth/register", login("END@user.example", "x")).status)
	assert.Equal(t, "End@User.example", end.send(t, http.MethodGet, "/auth/me", "").object(t)["user"].(map[string]any)["email"])

	require.Equal(t, `1`, ann.result(t, setPassword, login("End@User.example", "second")))
	assert.False(t, end.alive(t), "its sessions have ended with the password")
	refused(t, end.send(t, http.MethodGet, "/auth/me", ""), "me")
	assert.Equal(t, http.StatusUnauthorized, tryLogin(t, url, "end@user.example", "first").status)
	assert.False(t, ann.knows(t, "end@user.example", "first"))
	assert.True(t, ann.knows(t, "end@user.example", "second"))
	again := logIn(t, url, "end@user.example", "second")
	assert.True(t, again.alive(t))
	assert.True(t, ann.alive(t), "other accounts are not touched")

	ann.result(t, `[{"type":"dbUpdate","collection":"users","filter":{"email":"End@User.example"},"data":{"name":"End"}},{"type":"response"}]`, `{}`)
	assert.True(t, again.alive(t), "another field is no new password")
	ann.result(t, `[{"type":"dbUpdate","collection":"users","filter":{"email":"End@User.example"},"data":{"disabled":true}},{"type":"response"}]`, `{}`)
	assert.False(t, again.alive(t), "who may not log in has no session")
	assert.Equal(t, http.StatusUnauthorized, tryLogin(t, url, "end@user.example", "second").status)
	ann.result(t, `[{"type":"dbDelete","collection":"users","filter":{"email":"End@User.example"}},{"type":"response"}]`, `{}`)
	refused(t, again.send(t, http.MethodGet, "/auth/me", ""), "a deleted user")
}
