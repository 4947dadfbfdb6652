package contract_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/config"
	"github.com/orchestrix/orchestrix/modules"
	"github.com/orchestrix/orchestrix/platform/logging"
	"github.com/orchestrix/orchestrix/platform/mongo/remote/remotetest"
)

const (
	canaryDatabase = "canary-database-pass-4c7a"
	canarySealing  = "ca9a27ca9a27ca9a27ca9a27ca9a27ca9a27ca9a27ca9a27ca9a27ca9a27ca9a" // a key, in hexadecimal digits
)

// obliging is a MongoDB server that stores nothing, until it refuses everything
// with a text that holds the password.
func obliging(t *testing.T, refuses func() bool) (address string) {
	t.Helper()
	return remotetest.Serve(t, func(command bson.D) bson.D {
		if refuses() {
			return bson.D{{Key: "ok", Value: 0}, {Key: "code", Value: 8000}, {Key: "errmsg", Value: "cannot: mongodb://owner:" + canaryDatabase + "@db"}}
		}
		return bson.D{{Key: "ok", Value: 1}, {Key: "n", Value: 1}, {Key: "nModified", Value: 1}, {Key: "cursor", Value: bson.D{
			{Key: "id", Value: int64(0)}, {Key: "ns", Value: "shop.notes"}, {Key: "firstBatch", Value: bson.A{}},
		}}}
	}).Address
}

// TestAConnectionStringGoesNowhere is security.md, 10, for the databases that
// people connect.
func TestAConnectionStringGoesNowhere(t *testing.T) {
	t.Setenv("JWT_SECRET", canaryJWT)
	t.Setenv("ENCRYPTION_KEY", canarySealing)
	t.Setenv("ALLOW_PRIVATE_DB", "true")
	t.Setenv("DATA_DIR", t.TempDir())
	s, err := config.Load(nil)
	require.NoError(t, err)
	written := &journal{}
	log, err := logging.New(logging.Options{Level: "debug", Output: written, Secrets: s.Secrets()})
	require.NoError(t, err)
	log.Info("settings", s.Fields()...)
	refusing := &atomic.Bool{}
	address := obliging(t, refusing.Load)
	program, err := modules.Build(t.Context(), s, log)
	require.NoError(t, err)
	url, _ := launch(t, program)
	token := register(t, url, "canary@example.com")

	// Options of a connection string are no place for a password, but where one is
	// it must not be shown. The server takes anyone, for whom no user is named.
	good := "mongodb://" + address + "/shop?appName=" + canaryDatabase
	connect := func(uri string) answer {
		return send(t, http.MethodPost, url+"/user/db/connect", `{"ownerId":"ann","uri":`+quote(uri)+`,"label":"Mine"}`)
	}
	path := save(t, url, workflow("canary", "ann", "canary", `[{"type":"dbInsert","collection":"notes","data":{"a":1}},{"type":"dbFind","collection":"notes","filters":{}}]`))
	seen := map[string]string{}
	look := func(name string) {
		t.Helper()
		call := send(t, http.MethodPost, url+path, `{}`)
		seen[name+": call"] = call.body
		seen[name+": log"], seen[name+": socket"] = followed(t, url, call.header.Get("X-Execution-Id"), token)
		seen[name+": status"] = send(t, http.MethodGet, url+"/user/db/status?ownerId=ann", "").body
		seen[name+": schemas"] = send(t, http.MethodGet, url+"/user/db/schemas?ownerId=ann", "").body
		for place, text := range stored(t, program.Store) {
			seen[name+": the store's "+place] = text
		}
	}
	got := connect(good)
	require.Equal(t, http.StatusOK, got.status, got.body)
	seen["connect"] = got.body
	look("connected")
	refusing.Store(true)
	look("refusing")
	for name, uri := range map[string]string{
		"refused credentials": "mongodb://owner:" + canaryDatabase + "@" + address + "/shop",
		"nobody there":        "mongodb://owner:" + canaryDatabase + "@127.0.0.1:1/shop",
		"unescaped":           "mongodb://owner:" + canaryDatabase + "/x@" + address + "/shop",
		"as the host":         "mongodb://owner:" + canaryDatabase,
		"as a port":           "mongodb://a:" + canaryDatabase,
		"as an option":        "mongodb://a/?" + canaryDatabase + "=1",
		"as a value":          "mongodb://a/?authMechanism=" + canaryDatabase,
		"another scheme":      "postgres://owner:" + canaryDatabase + "@a",
		"control character":   "mongodb://owner:" + canaryDatabase + "\n@a",
		"SRV":                 "mongodb+srv://owner:" + canaryDatabase + "@127.0.0.1/shop",
	} {
		got := connect(uri)
		assert.Equal(t, http.StatusUnprocessableEntity, got.status, "%s: %s", name, got.body)
		seen["connect, "+name] = got.body
	}
	seen["wrong types"] = send(t, http.MethodPost, url+"/user/db/connect", `{"ownerId":1,"uri":["`+good+`"]}`).body
	seen["broken JSON"] = send(t, http.MethodPost, url+"/user/db/connect", `{"uri":"`+good).body
	look("after failures")
	require.NoError(t, log.Sync())
	seen["the server's log"] = written.String()
	for place, text := range seen {
		for _, hidden := range []string{canaryDatabase, canarySealing, canaryJWT} {
			assert.NotContains(t, text, hidden, place)
		}
		assert.NotEmpty(t, text, place)
	}
	assert.Contains(t, written.String(), "request", "the log is looked at")
	assert.Contains(t, seen["connected: status"], `"connected":true`)
	assert.Contains(t, seen["after failures: status"], `"connected":true`, "failures leave it as it was")
}

// A start with another key, or without one, is refused and changes nothing.
func TestAWrongEncryptionKeyRefusesToStart(t *testing.T) {
	address := obliging(t, func() bool { return false })
	s := settings(t)
	s.EncryptionKey, s.AllowPrivateDB = []byte(strings.Repeat("k", 32)), true
	url, stop := launch(t, build(t, s))
	got := send(t, http.MethodPost, url+"/user/db/connect", `{"ownerId":"ann","uri":"mongodb://`+address+`/shop"}`)
	require.Equal(t, http.StatusOK, got.status, got.body)
	stop()
	for text, key := range map[string][]byte{
		"ENCRYPTION_KEY is not the key that 1 connected databases": []byte(strings.Repeat("x", 32)),
		"ENCRYPTION_KEY is not set":                                nil,
	} {
		s.EncryptionKey = key
		_, err := modules.Build(t.Context(), s, zap.NewNop())
		require.ErrorContains(t, err, text)
		assert.NotContains(t, fmt.Sprint(err), "xxxx")
	}
	s.EncryptionKey = []byte(strings.Repeat("k", 32))
	program := build(t, s)
	url, _ = launch(t, program)
	assert.Contains(t, send(t, http.MethodGet, url+"/user/db/status?ownerId=ann", "").body, `"connected":true`)
	n, err := program.Store.Collection("userdbconnections").Count(t.Context(), nil)
	require.NoError(t, err)
	assert.EqualValues(t, 1, n)
}
