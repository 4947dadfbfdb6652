package contract_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// steps and edges come back exactly as they were saved: key order, unknown
// fields, texts and numbers.
func TestWorkflowsComeBackAsSaved(t *testing.T) {
	base := start(t)
	const (
		steps = `[{"zeta":1,"id":"b","type":"response","position":{"y":-12.5,"x":0.1},"data":{"label":"Größe <b>&amp;</b> 日本 🎉","fields":{"body":{"z":1,"a":[null,true,false,"",{}],"$set":{"a.b":1}},"status":201},"_isNew":true},"selected":false,"width":9007199254740991},` +
			`{"type":"unknownToUs","id":"a","a.b":{"$where":"x"},"deep":[[[[]]]],"text":"line\nbreak\ttab \"quoted\" \\ / \u0001"}]`
		edges     = `[{"target":"b","source":"a","id":"e1","animated":true,"style":{"stroke":"#fff","a":1.25}},{"source":"ghost","target":"b"},"odd",null,7]`
		variables = `[{"type":"string","name":"email","required":true},{"name":"n"}]`
	)
	fields := []string{`"edges":` + edges, `"inputVariables":` + variables, `"unknown":1`, `"createdAt":"1999-01-01"`, `"nodeCount":99`, `"role":"admin"`}
	save(t, base, workflow("w", "user_default", "x", steps, fields...))
	check := func() {
		got := send(t, http.MethodGet, base+"/workflows/w", "")
		assert.Contains(t, got.body, `"steps":`+steps)
		assert.Contains(t, got.body, `"edges":`+edges)
		assert.Contains(t, got.body, `"inputVariables":`+variables)
		assert.NotContains(t, got.body, "1999")
		assert.NotContains(t, got.body, "unknown\":1")
		assert.NotContains(t, got.body, "admin")
		assert.Contains(t, send(t, http.MethodGet, base+"/workflows", "").body, `"nodeCount":2`)
	}
	check()
	got := send(t, http.MethodPut, base+"/workflows/w", workflow("w", "user_default", "y", `[{"type":"input"}]`, `"edges":false`, `"inputVariables":""`))
	assert.Equal(t, http.StatusOK, got.status, "falsy edges and variables are none: %s", got.body)
	assert.Contains(t, send(t, http.MethodGet, base+"/workflows/w", "").body, `"steps":[{"type":"input"}],"edges":[],"inputVariables":[]`)
	send(t, http.MethodPut, base+"/workflows/w", workflow("w", "user_default", "x", steps, fields...))
	check()
}

// The slug is made of the name, and whatever the name is, the path that the
// save answers with is live.
func TestNamesAndSlugs(t *testing.T) {
	base := start(t)
	for name, slug := range map[string]string{
		"Users":                            "users",
		"  My  First -- API!  ":            "my-first-api",
		"v2.0/beta":                        "v2-0-beta",
		"---":                              "api",
		" ":                                "api",
		"日本語":                              "api",
		"Ünïcode":                          "n-code",
		"ÀPI 2":                            "pi-2",
		"a\r\nSet-Cookie: x=1":             "a-set-cookie-x-1",
		"<script>alert(1)</script>":        "script-alert-1-script",
		"\u202egnp.exe":                    "gnp-exe",
		"../../health":                     "health",
		"{{input.email}} $where":           "input-email-where",
		"\u2028line\u2029separators\ufeff": "line-separators",
		"K":                                "k", // the Kelvin sign's lower case is a plain k
	} {
		t.Run(name, func(t *testing.T) {
			got := send(t, http.MethodPost, base+"/workflows", workflow("w", "user_default", name, respond(`{"name":`+quote(slug)+`}`)))
			require.Equal(t, http.StatusOK, got.status, "%s", got.body)
			assert.Equal(t, name, got.text(t, "apiName"))
			assert.Equal(t, "/workflow/run/w/"+slug, got.text(t, "apiPath"))
			called := send(t, http.MethodPost, base+got.text(t, "apiPath"), `{}`)
			assert.Equal(t, http.StatusOK, called.status)
			assert.JSONEq(t, `{"name":`+quote(slug)+`}`, called.body)
			for _, a := range []answer{got, called, send(t, http.MethodGet, base+"/workflows/w", "")} {
				assert.Empty(t, a.header.Get("Set-Cookie"))
			}
			assert.Equal(t, name, send(t, http.MethodGet, base+"/workflows/w", "").text(t, "apiName"))
		})
	}
}

// An id may be any text: it is found under its escaped form, it is inert
// wherever it is shown, and its API can be called.
func TestIDsOfAnyText(t *testing.T) {
	base := start(t)
	for _, id := range []string{
		"wörkflow 日本 🎉", "a/b", "a%2Fb", "100%", "a?b=c#d", "..", "workflows", "run", "a b+c", `<img src=x onerror="alert(1)">`,
		"a\r\nX-Injected: 1", "\u202etxt", `{"$ne":null}`, "$where", "__proto__", `back\slash`, "a:b@c", "{{input.x}}", "%", "%41",
	} {
		t.Run(id, func(t *testing.T) {
			path := save(t, base, workflow(id, "user_default", "Name", respond(`{"called":true}`)))
			got := send(t, http.MethodGet, base+"/workflows/"+url.PathEscape(id), "")
			require.Equal(t, http.StatusOK, got.status, "%s", got.body)
			assert.Equal(t, id, got.text(t, "workflowId"))
			assert.Equal(t, path, got.text(t, "apiPath"))
			called := send(t, http.MethodPost, base+"/workflow/run/"+url.PathEscape(id)+"/name", `{}`)
			assert.Equal(t, http.StatusOK, called.status, "%s", called.body)
			assert.JSONEq(t, `{"called":true}`, called.body)
			assert.Empty(t, called.header.Get("X-Injected"))
			assert.Equal(t, http.StatusOK, send(t, http.MethodDelete, base+"/workflows/"+url.PathEscape(id)+"?ownerId=user_default", "").status)
			missing := send(t, http.MethodGet, base+"/nowhere/"+url.PathEscape(id), "")
			assert.Equal(t, http.StatusNotFound, missing.status)
			assert.Equal(t, "application/json; charset=utf-8", missing.header.Get("Content-Type"))
		})
	}
}

// The path that a save answers with can be put behind the server's address as
// it is, whatever the id.
func TestPathsAreURLs(t *testing.T) {
	base := start(t)
	for _, id := range []string{"plain-id_1.2", "wörkflow", "a/b", "a%2Fb", "100%", "%41", "a?b=c", "a#b", "two words", "a\r\nb", "tab\tbed"} {
		t.Run(id, func(t *testing.T) {
			path := save(t, base, workflow(id, "user_default", "Name", respond(`{"called":true}`)))
			target, err := url.Parse(base + path)
			require.NoError(t, err)
			called := send(t, http.MethodPost, base+target.EscapedPath(), `{}`)
			assert.Equal(t, http.StatusOK, called.status, "%s: %s", path, called.body)
		})
	}
}
