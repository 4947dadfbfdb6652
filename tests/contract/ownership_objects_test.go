package contract_test

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// ofRequest is what differs between two answers that say the same.
var ofRequest = regexp.MustCompile(`"(requestId|timestamp)":"[^"]*"`)

func (a answer) withoutRequest() string { return ofRequest.ReplaceAllString(a.body, `"$1":""`) }

// Where a login is required, somebody else's object answers as one that does not
// exist, and nothing happens to it (security.md 3).
func TestOtherPeoplesObjects(t *testing.T) {
	url, ann, bob := startWithTwo(t, loginRequired)
	api := ann.publish(t, "mine", respond(`"of ann"`))
	ended := ann.run(t, respond(`{"secret":"of ann"}`))
	require.Equal(t, "succeeded", ann.ended(t, ended))
	waiting := ann.run(t, `[{"type":"delay","seconds":20}]`)
	key := ann.send(t, http.MethodGet, "/auth/sessions", "").object(t)["sessions"].([]any)[0].(map[string]any)["id"].(string)

	read := []string{"/workflows/mine", "/workflows", "/executions/" + ended, "/executions/" + ended + "/logs", "/auth/sessions"}
	before := map[string]string{}
	for _, path := range read {
		before[path] = ann.send(t, http.MethodGet, path, "").body
	}
	taken := workflow("mine", ann.id, "Taken", respond(`"of bob"`))
	for _, c := range []struct{ method, before, id, unknown, after, body string }{
		{"GET", "/workflows/", "mine", "none", "", ""},
		{"GET", "/workflows/", "mine", "none", "?ownerId=" + ann.id, ""},
		{"GET", "/workflow/", "mine", "none", "", ""},
		{"PUT", "/workflows/", "mine", "none", "", taken},
		{"PUT", "/workflow/", "mine", "none", "?ownerId=" + ann.id, taken},
		{"DELETE", "/workflows/", "mine", "none", "", ""},
		{"DELETE", "/workflows/", "mine", "none", "?ownerId=" + ann.id, ""},
		{"DELETE", "/workflow/", "mine", "none", "?ownerId=" + ann.id, `{"ownerId":"` + ann.id + `"}`},
		{"POST", "/workflows/", "mine", "none", "/execute", `{}`},
		{"POST", "/workflow/", "mine", "none", "/execute?ownerId=" + ann.id, `{"ownerId":"` + ann.id + `","workflowId":"mine"}`},
		{"GET", "/executions/", ended, unknownRunID, "", ""},
		{"GET", "/executions/", waiting, unknownRunID, "?ownerId=" + ann.id, ""},
		{"GET", "/executions/", ended, unknownRunID, "/logs", ""},
		{"GET", "/executions/", waiting, unknownRunID, "/logs?afterSeq=0&ownerId=" + ann.id, ""},
		{"POST", "/executions/", ended, unknownRunID, "/cancel", ""},
		{"POST", "/executions/", waiting, unknownRunID, "/cancel", `{"ownerId":"` + ann.id + `","id":"` + waiting + `"}`},
		{"GET", "/ws/executions/", ended, unknownRunID, "", ""},
		{"DELETE", "/auth/sessions/", key, "65a1f0c2d4e5f60718293a4b", "", ""},
		{"DELETE", "/auth/sessions/", ann.sid, unknownRunID, "", ""},
	} {
		t.Run(c.method+" "+c.before+":id"+c.after, func(t *testing.T) {
			theirs := bob.send(t, c.method, c.before+c.id+c.after, c.body)
			unknown := bob.send(t, c.method, c.before+c.unknown+c.after, c.body)
			assert.Equal(t, unknown.status, theirs.status)
			assert.Equal(t, unknown.withoutRequest(), theirs.withoutRequest())
			assert.NotContains(t, theirs.body, "of ann")
		})
	}
	t.Run("lists", func(t *testing.T) {
		for _, query := range []string{"", "?ownerId=" + ann.id, "?ownerId=user_default", "?ownerId[$ne]=x"} {
			assert.JSONEq(t, `{"workflows":[]}`, bob.send(t, http.MethodGet, "/workflows"+query, "").body)
			assert.JSONEq(t, `{"executions":[]}`, bob.send(t, http.MethodGet, "/executions"+query, "").body)
		}
		assert.JSONEq(t, `{"executions":[]}`, bob.send(t, http.MethodGet, "/executions?workflowId=mine&limit=200", "").body)
		assert.NotContains(t, bob.send(t, http.MethodGet, "/auth/sessions", "").body, key)
	})
	t.Run("nothing happened", func(t *testing.T) {
		for _, path := range read {
			assert.Equal(t, before[path], ann.send(t, http.MethodGet, path, "").body, path)
		}
		assert.Contains(t, []string{"queued", "running"}, ann.send(t, http.MethodGet, "/executions/"+waiting, "").text(t, "status"))
		assert.JSONEq(t, `"of ann"`, send(t, http.MethodPost, url+api, `{}`).body)
		assert.True(t, ann.alive(t))
	})
	assert.Equal(t, http.StatusOK, ann.send(t, http.MethodPost, "/executions/"+waiting+"/cancel", "").status)
}

// Where a login is required, the owner is the caller, whatever the request says.
func TestOwnerIsTheCaller(t *testing.T) {
	url, ann, bob := startWithTwo(t, loginRequired)
	api := ann.publish(t, "shared", respond(`"of ann"`))
	before := ann.send(t, http.MethodGet, "/workflows/shared", "").body
	post := func(path, name, owner string) answer {
		return bob.send(t, http.MethodPost, path, workflow("shared", owner, name, respond(`"of bob"`)))
	}
	t.Run("a path that somebody has", func(t *testing.T) {
		for _, path := range []string{"/workflows", "/workflow", "/workflows/save"} {
			for _, owner := range []string{bob.id, ann.id, ""} {
				got := post(path, "SHARED!", owner)
				assert.Equal(t, http.StatusConflict, got.status, "%s", got.body)
				for _, private := range []string{ann.id, ann.email, "of ann", `"steps"`} {
					assert.NotContains(t, got.body, private)
				}
			}
		}
		assert.JSONEq(t, `{"workflows":[]}`, bob.send(t, http.MethodGet, "/workflows", "").body)
	})
	t.Run("a workflow with the same id", func(t *testing.T) {
		got := post("/workflows?ownerId="+ann.id, "Bob's", ann.id)
		require.Equal(t, http.StatusOK, got.status, "%s", got.body)
		assert.JSONEq(t, `"of bob"`, send(t, http.MethodPost, url+got.text(t, "apiPath"), `{"ownerId":"`+ann.id+`"}`).body)
		assert.Equal(t, bob.id, bob.send(t, http.MethodGet, "/workflows/shared?ownerId="+ann.id, "").text(t, "ownerId"))
		assert.Equal(t, http.StatusConflict, bob.send(t, http.MethodPut, "/workflows/shared", workflow("shared", ann.id, "shared", `[]`)).status)

		run := bob.send(t, http.MethodPost, "/workflows/shared/execute", `{"ownerId":"`+ann.id+`"}`).text(t, "executionId")
		inline := bob.send(t, http.MethodPost, "/workflow/execute", `{"ownerId":"`+ann.id+`","steps":`+respond(`{}`)+`}`).text(t, "executionId")
		for _, id := range []string{run, inline} {
			assert.Equal(t, "succeeded", bob.ended(t, id))
			assert.Equal(t, http.StatusNotFound, ann.send(t, http.MethodGet, "/executions/"+id, "").status)
		}
		assert.Contains(t, bob.send(t, http.MethodGet, "/executions/"+run+"/logs", "").body, "of bob")
		assert.NotContains(t, bob.send(t, http.MethodGet, "/executions?ownerId="+ann.id, "").body, `"executions":[]`)
		assert.JSONEq(t, `{"executions":[]}`, ann.send(t, http.MethodGet, "/executions", "").body)
	})
	t.Run("ids in the path win", func(t *testing.T) {
		ann.publish(t, "second", respond(`"second"`))
		put := ann.send(t, http.MethodPut, "/workflows/second?workflowId=shared", workflow("shared", bob.id, "Second", respond(`"changed"`)))
		require.Equal(t, http.StatusOK, put.status, "%s", put.body)
		assert.Equal(t, "second", put.text(t, "workflowId"))
		run := ann.send(t, http.MethodPost, "/workflows/second/execute?workflowId=shared", `{"workflowId":"shared"}`).text(t, "executionId")
		ann.ended(t, run)
		assert.Equal(t, "second", ann.send(t, http.MethodGet, "/executions/"+run, "").text(t, "workflowId"))
		assert.Equal(t, http.StatusNotFound, ann.send(t, http.MethodDelete, "/workflows/none?workflowId=second", `{"workflowId":"second"}`).status)
	})
	t.Run("no owner need be named", func(t *testing.T) {
		got := bob.send(t, http.MethodPost, "/workflows", `{"workflowId":"plain","steps":[],"apiName":"plain"}`)
		assert.Equal(t, http.StatusOK, got.status, "%s", got.body)
		assert.Equal(t, http.StatusOK, bob.send(t, http.MethodDelete, "/workflows/plain", "").status)
		assert.Equal(t, http.StatusOK, bob.send(t, http.MethodDelete, "/workflows/shared?ownerId="+ann.id, "").status)
	})
	assert.Equal(t, before, ann.send(t, http.MethodGet, "/workflows/shared", "").body)
	assert.JSONEq(t, `"of ann"`, send(t, http.MethodPost, url+api, `{}`).body)
}

// A registration sets what it is about, and nothing else.
func TestRegisteringSetsNothingElse(t *testing.T) {
	program := build(t, settings(t))
	url, _ := launch(t, program)
	const given = "65a1f0c2d4e5f60718293a4b"
	more := `"role":"admin","_id":"` + given + `","id":"` + given + `","userId":"` + given + `","ownerId":"x","emailKey":"eve@example.com",` +
		`"disabled":true,"createdAt":"1999-01-01T00:00:00.000Z","updatedAt":"1999-01-01T00:00:00.000Z","stamp":"x","sid":"x","$set":{"role":"admin"}`
	got := send(t, http.MethodPost, url+"/auth/register", `{"email":"Ann@Example.com","password":"`+password+`","name":"Ann",`+more+`}`)
	require.Equal(t, http.StatusCreated, got.status, "%s", got.body)
	ann := enter(t, url, "Ann@Example.com", got)
	assert.NotContains(t, got.body, "admin")
	assert.JSONEq(t, `{"user":{"id":"`+ann.id+`","email":"Ann@Example.com","name":"Ann"}}`, ann.send(t, http.MethodGet, "/auth/me", "").body)

	stored, err := program.Store.Collection("users").Find(t.Context(), bson.D{}, mongo.FindOptions{})
	require.NoError(t, err)
	require.Len(t, stored, 1)
	var keys []string
	for _, f := range stored[0] {
		keys = append(keys, f.Key)
	}
	assert.ElementsMatch(t, []string{"_id", "name", "email", "emailKey", "password", "createdAt", "updatedAt"}, keys)
	id, _ := doc.Get(stored[0], "_id")
	assert.Equal(t, ann.id, id.(primitive.ObjectID).Hex())
	assert.NotEqual(t, given, ann.id)
	assert.Equal(t, "ann@example.com", doc.String(stored[0], "emailKey"))
	created, _ := doc.Get(stored[0], "createdAt")
	assert.Greater(t, created.(primitive.DateTime).Time().Year(), 2020)

	login := send(t, http.MethodPost, url+"/auth/login", `{"email":"ann@example.com","password":"`+password+`",`+more+`}`)
	require.Equal(t, http.StatusOK, login.status, "%s", login.body)
	assert.Equal(t, ann.id, enter(t, url, "ann@example.com", login).id)
	changed := ann.send(t, http.MethodPost, "/auth/password", `{"currentPassword":"`+password+`","newPassword":"another one","email":"eve@example.com",`+more+`}`)
	require.Equal(t, http.StatusOK, changed.status, "%s", changed.body)
	assert.NotContains(t, enter(t, url, ann.email, changed).send(t, http.MethodGet, "/auth/me", "").body, "admin")
}
