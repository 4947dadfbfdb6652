package userdb_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/modules/modulestest"
	"github.com/orchestrix/orchestrix/platform/mongo/remote/remotetest"
)

// A server with one collection, of one document.
func library(t *testing.T) (uri string) {
	t.Helper()
	return "mongodb://" + remotetest.Serve(t, func(command bson.D) bson.D {
		batch := bson.A{}
		switch command[0].Key {
		case "listCollections":
			batch = bson.A{bson.D{{Key: "name", Value: "books"}, {Key: "type", Value: "collection"}}, bson.D{{Key: "name", Value: "system.views"}, {Key: "type", Value: "collection"}}}
		case "find":
			batch = bson.A{bson.D{{Key: "_id", Value: 1}, {Key: "title", Value: "t"}, {Key: "pages", Value: 3}}}
		}
		return bson.D{{Key: "ok", Value: 1}, {Key: "cursor", Value: bson.D{{Key: "id", Value: int64(0)}, {Key: "ns", Value: "shop.books"}, {Key: "firstBatch", Value: batch}}}}
	}).Address + "/shop"
}

type row struct {
	name, method, path, body string
	status                   int
	contains                 string
}

func play(t *testing.T, h *modulestest.Host, rows []row, headers ...string) {
	t.Helper()
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			got := h.Call(r.method, r.path, r.body, headers...)
			assert.Equal(t, r.status, got.Status, got.Body)
			assert.Contains(t, got.Body, r.contains)
			assert.NotContains(t, got.Body, "s3cr3t")
		})
	}
}

func TestOwnDatabase(t *testing.T) {
	uri := library(t)
	t.Setenv("ENCRYPTION_KEY", strings.Repeat("ab", 32))
	t.Setenv("ALLOW_PRIVATE_DB", "true")
	h := start(t)
	connect := func(fields string) string { return `{"ownerId":"ann","uri":"` + uri + `"` + fields + `}` }
	masked := `"uriMasked":"` + uri + `"`
	play(t, h, []row{
		{"nothing yet", "GET", "/user/db/status?ownerId=ann", "", 200, `{"connected":false}`},
		{"no schemas yet", "GET", "/user/db/schemas?ownerId=ann", "", 422, `{"error":"Could not connect to your database","detail":"no database is connected"`},
		{"disconnecting nothing", "POST", "/user/db/disconnect", `{"ownerId":"ann"}`, 200, `{"ok":true}`},
		{"connect", "POST", "/user/db/connect", connect(`,"label":"Books"`), 200, `{"ok":true,"label":"Books",` + masked},
		{"status", "GET", "/user/db/status?ownerId=ann", "", 200, `{"connected":true,"label":"Books",` + masked + `,"connectedAt":"20`},
		{"its status", "GET", "/user/db/status?ownerId=ann", "", 200, `"status":"connected"}`},
		{"schemas", "GET", "/user/db/schemas?ownerId=ann", "", 200, `{"ok":true,"schemas":{"books":["title","pages"]}}`},
		{"of somebody else", "GET", "/user/db/status?ownerId=bob", "", 200, `{"connected":false}`},
		{"refused credentials", "POST", "/user/db/connect", `{"ownerId":"ann","uri":"mongodb://owner:s3cr3t@127.0.0.1:1/x"}`, 422, `"detail":"mongodb://o***@127.0.0.1:1/x: connection refused"`},
		{"the old one is still there", "GET", "/user/db/status?ownerId=ann", "", 200, masked},
		{"default label", "POST", "/user/db/connect", connect(`,"label":""`), 200, `"label":"My Database"`},
		{"disconnect", "POST", "/user/db/disconnect", `{"ownerId":"ann"}`, 200, `{"ok":true}`},
		{"nothing any more", "GET", "/user/db/status?ownerId=ann", "", 200, `{"connected":false}`},

		{"connect without anything", "POST", "/user/db/connect", `{}`, 400, `"error":"ownerId and uri are required"`},
		{"without an owner", "POST", "/user/db/connect", `{"uri":"mongodb://a"}`, 400, `"error":"ownerId and uri are required"`},
		{"without a uri", "POST", "/user/db/connect", `{"ownerId":"ann"}`, 400, `"error":"ownerId and uri are required"`},
		{"an empty uri", "POST", "/user/db/connect", `{"ownerId":"ann","uri":""}`, 400, `"error":"ownerId and uri are required"`},
		{"a uri that is an operator", "POST", "/user/db/connect", `{"ownerId":"ann","uri":{"$ne":null}}`, 400, `uri must be a string`},
		{"an owner that is an operator", "POST", "/user/db/connect", `{"ownerId":{"$ne":null},"uri":"mongodb://a"}`, 400, `ownerId must be a string`},
		{"a label of another type", "POST", "/user/db/connect", connect(`,"label":["s3cr3t"]`), 400, `label must be a string`},
		{"a long label", "POST", "/user/db/connect", connect(`,"label":"` + strings.Repeat("x", 101) + `"`), 400, `label must be at most 100 characters`},
		{"a long owner", "POST", "/user/db/connect", `{"ownerId":"` + strings.Repeat("x", 257) + `","uri":"` + uri + `"}`, 400, `ownerId must be at most 256 bytes`},
		{"a long uri", "POST", "/user/db/connect", `{"ownerId":"ann","uri":"mongodb://a/` + strings.Repeat("x", 2048) + `"}`, 422, `longer than 2048`},
		{"status without an owner", "GET", "/user/db/status", "", 400, `"error":"ownerId required"`},
		{"schemas without an owner", "GET", "/user/db/schemas?ownerId=", "", 400, `"error":"ownerId required"`},
		{"disconnect without an owner", "POST", "/user/db/disconnect", `{}`, 400, `"error":"ownerId required"`},
		{"disconnect every owner", "POST", "/user/db/disconnect", `{"ownerId":{"$ne":null}}`, 400, `ownerId must be a string`},
	})
}

func TestWithoutAnEncryptionKey(t *testing.T) {
	t.Setenv("ALLOW_PRIVATE_DB", "true")
	h := start(t)
	play(t, h, []row{
		{"connect", "POST", "/user/db/connect", `{"ownerId":"ann","uri":"` + library(t) + `"}`, 422, `ENCRYPTION_KEY`},
		{"status", "GET", "/user/db/status?ownerId=ann", "", 200, `{"connected":false}`},
	})
	rows, err := h.Store.Collection("userdbconnections").Count(t.Context(), nil)
	require.NoError(t, err)
	assert.Zero(t, rows)
}

// Where a login is required the owner is who is logged in.
func TestOwnDatabasesOfOthers(t *testing.T) {
	uri := library(t)
	t.Setenv("ENCRYPTION_KEY", strings.Repeat("ab", 32))
	t.Setenv("ALLOW_PRIVATE_DB", "true")
	t.Setenv("AUTH_MODE", "required")
	h := start(t)
	enter := func(email string) (id string, bearer []string) {
		got := h.Call(http.MethodPost, "/auth/register", `{"email":"`+email+`","password":"correct horse"}`)
		var made struct {
			User  struct{ ID string }
			Token string
		}
		require.NoError(t, json.Unmarshal([]byte(got.Body), &made), got.Body)
		return made.User.ID, []string{"Authorization", "Bearer " + made.Token}
	}
	ann, asAnn := enter("ann@example.com")
	bob, asBob := enter("bob@example.com")
	play(t, h, []row{{"connect", "POST", "/user/db/connect", `{"ownerId":"` + bob + `","uri":"` + uri + `"}`, 200, `"ok":true`}}, asAnn...)
	play(t, h, []row{
		{"status of another", "GET", "/user/db/status?ownerId=" + ann, "", 200, `{"connected":false}`},
		{"schemas of another", "GET", "/user/db/schemas?ownerId=" + ann, "", 422, `no database is connected`},
		{"disconnect another", "POST", "/user/db/disconnect", `{"ownerId":"` + ann + `"}`, 200, `{"ok":true}`},
	}, asBob...)
	play(t, h, []row{{"her own", "GET", "/user/db/status", "", 200, `"connected":true`}}, asAnn...)
	play(t, h, []row{
		{"nobody connects", "POST", "/user/db/connect", `{"ownerId":"` + ann + `","uri":"` + uri + `"}`, 401, `No token provided`},
		{"nobody asks", "GET", "/user/db/status?ownerId=" + ann, "", 401, `No token provided`},
		{"nobody reads", "GET", "/user/db/schemas?ownerId=" + ann, "", 401, `No token provided`},
		{"nobody disconnects", "POST", "/user/db/disconnect", `{"ownerId":"` + ann + `"}`, 401, `No token provided`},
	})
}
