package contract_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/assert"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/registry"
)

// stranger shows something that is no login session.
type stranger struct {
	name    string
	headers []string
	caller  bool // it is a valid token all the same
}

// strangers show everything that must not pass for a session of the victim's.
func strangers(t *testing.T, victim, attacker *person, open bool) []stranger {
	t.Helper()
	gone := logIn(t, victim.url, victim.email, password)
	gone.send(t, http.MethodPost, "/auth/logout", "")
	bearer := func(token string) []string { return []string{"Authorization", "Bearer " + token} }
	claims := func(sid any) []string { return bearer(mint(t, jwt.MapClaims{"userId": victim.id, "sid": sid})) }
	minted := func(sid string) []string {
		payload := `{"userId":"` + victim.id + `","email":"` + victim.email + `","sid":"` + sid + `"}`
		token := attacker.result(t, `[{"type":"jwtGenerate","payload":`+payload+`},{"type":"response","body":"{{token}}"}]`, `{}`)
		return bearer(strings.Trim(token, `"`))
	}
	old := jwt.MapClaims{"userId": victim.id, "email": victim.email}
	return []stranger{
		{name: "nothing"},
		{name: "an empty token", headers: bearer("")},
		{name: "garbage", headers: bearer("garbage")},
		{name: "the id of a session as token", headers: bearer(victim.sid)},
		{name: "another scheme", headers: []string{"Authorization", "Basic " + victim.token}},
		{name: "an expired token", headers: bearer(mint(t, jwt.MapClaims{"userId": victim.id, "sid": victim.sid, "exp": time.Now().Add(-time.Second).Unix()}))},
		{name: "a token of the old backend", headers: bearer(mint(t, old)), caller: true},
		{name: "no sid", headers: bearer(mint(t, jwt.MapClaims{"userId": victim.id, "SID": victim.sid})), caller: true},
		{name: "an unknown sid", headers: claims("6a1f1a0e-5d6c-4d8a-9f5e-3b1f0a9c7d42")},
		{name: "a sid that is no id", headers: claims("x")},
		{name: "an empty sid", headers: claims("")},
		{name: "a sid that is null", headers: claims(nil)},
		{name: "a sid that is an operator", headers: claims(map[string]any{"$ne": nil})},
		{name: "the sid of somebody else", headers: claims(attacker.sid)},
		{name: "a session that was logged out", headers: bearer(gone.token)},
		{name: "its cookie", headers: []string{"Cookie", gone.cookie}},
		{name: "a cookie that is no id", headers: []string{"Cookie", "orchestrix_sid=x"}},
		{name: "a cookie with a token", headers: []string{"Cookie", "orchestrix_sid=" + victim.token}},
		{name: "a live cookie from a foreign page", headers: []string{"Cookie", victim.cookie, "Origin", "http://evil.example"}},
		{name: "a live cookie from a page without origin", headers: []string{"Cookie", victim.cookie, "Origin", "null"}},
		{name: "a bad token beside a live cookie", headers: []string{"Cookie", victim.cookie, "Authorization", "Bearer x"}},
		{name: "a workflow's token with the victim's sid", headers: minted(victim.sid), caller: open},
		{name: "a workflow's token with the attacker's sid", headers: minted(attacker.sid), caller: open},
	}
}

// TestWhoMayCallEveryRoute holds every registered route, and each of its aliases,
// against what it declares of its callers. A new route is swept without a word
// here.
func TestWhoMayCallEveryRoute(t *testing.T) {
	for mode, change := range modes {
		t.Run(mode, func(t *testing.T) {
			_, victim, attacker := startWithTwo(t, change)
			open := mode == "open"
			all := strangers(t, victim, attacker, open)
			for _, route := range app.Routes.Routes() {
				for _, path := range route.Paths() {
					path = parameter.ReplaceAllString(path, "sweep")
					t.Run(route.Method+" "+path, func(t *testing.T) { sweep(t, &route, path, open, victim, all) })
				}
			}
			assert.True(t, victim.alive(t), "nothing of it ended a session")
		})
	}
}

func sweep(t *testing.T, route *app.Route, path string, open bool, victim *person, all []stranger) {
	needs := route.Auth == registry.Session || route.Auth == registry.Owned && !open
	body := ""
	if route.Handler.ReadsBody() {
		body = "{}"
	}
	for _, s := range all {
		if needs || route.Auth == registry.Caller && !s.caller {
			refused(t, send(t, route.Method, victim.url+path, body, s.headers...), s.name)
			continue
		}
		assert.NotEqual(t, http.StatusUnauthorized, send(t, route.Method, victim.url+path, body, s.headers...).status, s.name)
	}
	if needs {
		refused(t, send(t, route.Method, victim.url+path+"?token="+victim.token, body), "a token in the query")
		refused(t, send(t, route.Method, victim.url+strings.TrimSuffix(path, "/")+"/", body), "a trailing slash")
		if body != "" {
			refused(t, send(t, route.Method, victim.url+path, `{"a":`), "nothing is parsed before")
		}
		if route.Method == http.MethodGet {
			assert.Equal(t, http.StatusUnauthorized, send(t, http.MethodHead, victim.url+path, "").status, "HEAD")
		}
	}
	if route.Auth == registry.Public {
		return
	}
	// Some routes end the session that calls them.
	for _, cookie := range []bool{false, true} {
		own := victim
		if route.Auth != registry.Owned && route.Auth != registry.Handshake {
			own = logIn(t, victim.url, victim.email, password)
		}
		headers := []string{"Authorization", "Bearer " + own.token}
		if cookie {
			headers = []string{"Cookie", own.cookie}
		}
		got := send(t, route.Method, victim.url+path, body, headers...)
		assert.NotEqual(t, http.StatusUnauthorized, got.status, "a live session, cookie: %t: %s", cookie, got.body)
		assert.Less(t, got.status, http.StatusInternalServerError, "%s", got.body)
	}
}

// TestBadBodiesOfOwners holds every route that has an owner against bodies that
// are none, with a login.
func TestBadBodiesOfOwners(t *testing.T) {
	_, ann, _ := startWithTwo(t, loginRequired)
	large := `{"a":"` + strings.Repeat("x", 10<<20) + `"}`
	for _, route := range app.Routes.Routes() {
		if route.Auth != registry.Owned || !route.Handler.ReadsBody() {
			continue
		}
		path := parameter.ReplaceAllString(route.Path, "sweep")
		t.Run(route.Method+" "+path, func(t *testing.T) {
			for body, status := range map[string]int{`{"a":`: 400, `[]`: 400, `"x"`: 400, `{"ownerId":1,"ownerId":2}`: 400, large: 413} {
				got := ann.send(t, route.Method, path, body)
				assert.Equal(t, status, got.status, "%s", got.body)
				assert.Contains(t, got.body, `"error":`)
				assert.Contains(t, got.body, got.header.Get("X-Request-Id"))
			}
			// The owner is the caller, so that one of the wrong type is none either.
			if route.ID == "userdb.disconnect" { // it asks for nothing else
				return
			}
			for _, body := range []string{`{"ownerId":{"$ne":null}}`, `{"ownerId":["x"]}`, `{"ownerId":7}`} {
				got := ann.send(t, route.Method, path, body)
				assert.GreaterOrEqual(t, got.status, 400, "%s", got.body)
				assert.Less(t, got.status, 500, "%s", got.body)
			}
		})
	}
	assert.JSONEq(t, `{"workflows":[]}`, ann.send(t, http.MethodGet, "/workflows", "").body)
	assert.JSONEq(t, `{"executions":[]}`, ann.send(t, http.MethodGet, "/executions", "").body)
}

// TestPublicRoutes names the routes that anybody may call in either mode: one
// that does not say who may call it is public, and must not be by oversight.
func TestPublicRoutes(t *testing.T) {
	var public []string
	for _, route := range app.Routes.Routes() {
		if route.Auth == registry.Public {
			public = append(public, route.ID)
		}
	}
	assert.ElementsMatch(t, []string{"auth.login", "auth.register", "console.file", "console.page", "docs.asset", "docs.openapi", "docs.page", "docs.published",
		"execution.published", "system.health", "system.hello", "system.livez", "system.readyz"}, public)

	url, ann, _ := startWithTwo(t, loginRequired)
	path := ann.publish(t, "w", respond(`"of ann"`))
	play(t, url, []exchange{
		{name: "health", method: "GET", path: "/health", status: 200},
		{name: "hello", method: "GET", path: "/hello", status: 200},
		{name: "liveness", method: "GET", path: "/livez", status: 200},
		{name: "readiness", method: "GET", path: "/readyz", status: 200},
		{name: "a published API", method: "POST", path: path, body: `{}`, status: 200, contains: []string{`"of ann"`}},
		{name: "its document", method: "GET", path: path + "/openapi.json", status: 200, lacks: []string{ann.id}},
		{name: "the document", method: "GET", path: "/openapi.json", status: 200},
		{name: "with a token that is none", method: "POST", path: path, headers: []string{"Authorization", "Bearer x"}, status: 200, contains: []string{`"of ann"`}},
		{name: "a login without a body", method: "POST", path: "/auth/login", status: 400},
		{name: "registering without a body", method: "POST", path: "/auth/register", status: 400},
		{name: "a path that is none", method: "GET", path: "/nowhere", status: 404},
		{name: "a method that is none", method: "PATCH", path: "/workflows", status: 404},
	})
}
