package contract_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/config"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// A step type that has a bug.
func init() {
	engine.Register(engine.StepType{
		Type: "testPanic", Label: "Panic", Summary: "Panics, in tests.",
		Compile: func(*engine.Fields) engine.Execute {
			return func(context.Context, *engine.Call) (engine.Outcome, error) { panic("a private detail") }
		},
	})
}

const (
	notPublished = `"error":"API not published"`
	echoEmail    = `[{"id":"i","type":"input","variables":[{"name":"email"}]},{"id":"r","type":"response","body":{"email":"{{email}}","again":"{{input.email}}"}}]`
)

func TestPublishedLifeAndDeath(t *testing.T) {
	url := start(t)
	first := save(t, url, workflow("w", "ann", "First name", respond(`"one"`)))
	save(t, url, workflow("v", "ann", "Second", respond(`"v"`)))
	dead := func(name, path string) exchange {
		return exchange{name: name, method: "POST", path: path, body: `{}`, status: 404, contains: []string{notPublished}}
	}
	play(t, url, []exchange{
		{name: "call", method: "POST", path: first, body: `{}`, status: 200, contains: []string{`"one"`}},
		{name: "trailing slash", method: "POST", path: first + "/", body: `{}`, status: 200},
		{name: "no body", method: "POST", path: first, status: 200},
		{name: "other methods are no route", method: "GET", path: first, status: 404, contains: []string{"Route GET"}},
		dead("an unknown id", "/workflow/run/x/first-name"),
		dead("an unknown slug", "/workflow/run/w/nothing"),
		dead("the slug of another workflow", "/workflow/run/w/second"),
		dead("the id of another workflow", "/workflow/run/v/first-name"),
		dead("the name instead of the slug", "/workflow/run/w/First%20name"),
		dead("the slug in capitals", "/workflow/run/w/FIRST-NAME"),
		dead("the id in capitals", "/workflow/run/W/first-name"),
		dead("an operator as id", "/workflow/run/%7B%22$ne%22:null%7D/first-name"),
		dead("a NUL in the id", "/workflow/run/w%00/first-name"),
		dead("a slash in the slug", "/workflow/run/w/first-name%2F"),
		{name: "change the steps", method: "POST", path: "/workflows", body: workflow("w", "ann", "First name", respond(`"two"`)), status: 200},
		{name: "changed at once", method: "POST", path: first, body: `{}`, status: 200, contains: []string{`"two"`}, lacks: []string{`"one"`}},
		{name: "rename", method: "PUT", path: "/workflows/w", body: workflow("w", "ann", "New name", respond(`"three"`)), status: 200, contains: []string{"/workflow/run/w/new-name"}},
		dead("the old path is dead at once", first),
		{name: "the new one lives", method: "POST", path: "/workflow/run/w/new-name", body: `{}`, status: 200, contains: []string{`"three"`}},
		{name: "rename back", method: "POST", path: "/workflow", body: workflow("w", "ann", "First name", respond(`"four"`)), status: 200},
		dead("the new path is dead at once", "/workflow/run/w/new-name"),
		{name: "the old one lives again", method: "POST", path: first, body: `{}`, status: 200, contains: []string{`"four"`}},
		{name: "delete", method: "DELETE", path: "/workflows/w?ownerId=ann", status: 200},
		dead("dead at once", first),
		{name: "the other still lives", method: "POST", path: "/workflow/run/v/second", body: `{}`, status: 200, contains: []string{`"v"`}},
		{name: "save again", method: "POST", path: "/workflows", body: workflow("w", "ann", "First name", respond(`"five"`)), status: 200},
		{name: "lives again", method: "POST", path: first, body: `{}`, status: 200, contains: []string{`"five"`}},
	})
}

func TestPublishedStatuses(t *testing.T) {
	steps := map[string]string{
		"created":  `[{"type":"response","status":201,"body":{"a":1}}]`,
		"teapot":   `[{"type":"response","statusCode":418,"body":{}}]`,
		"outside":  `[{"type":"response","status":99,"body":{}}]`,
		"plain":    `[{"type":"input","variables":[{"name":"x"}]}]`,
		"empty":    `[]`,
		"invalid":  `[{"type":"inputValidation","rules":[{"field":"email","required":true}]},{"type":"response","status":201,"body":{}}]`,
		"answered": `[{"type":"response","status":201,"body":{}},{"type":"inputValidation","rules":[{"field":"email","required":true}]}]`,
		"unknown":  `[{"id":"odd","type":"notAStep","x":1}]`,
		"wrong":    `[{"id":"odd","type":"dbFind","collection":5}]`,
		"platform": `[{"type":"dbFind","collection":"workflows","filters":{}}]`,
		"auth":     `[{"type":"authMiddleware"},{"type":"response","body":{}}]`,
		"slow":     `[{"id":"nap","type":"delay","seconds":20}]`,
		"panic":    `[{"id":"bug","type":"testPanic"}]`,
	}
	rows := []struct {
		name            string
		status          int
		contains, lacks []string
	}{
		{"created", 201, []string{`{"a":1}`}, nil},
		{"teapot", 418, []string{`{}`}, nil},
		{"outside", 200, []string{`{}`}, nil},
		{"plain", 200, []string{`"ok":true`, `"stepsExecuted":1`}, nil},
		{"empty", 200, []string{`"ok":true`, `"stepsExecuted":0`}, nil},
		{"invalid", 422, []string{`"ok":false`, `"error":"Input validation failed"`, `"errorDetails":{"email":["Field is required"]}`}, nil},
		{"answered", 422, []string{`"ok":false`}, nil},
		{"unknown", 422, []string{`"error":"Unknown step type: notAStep"`, `"failedStep":0`}, nil},
		{"wrong", 422, []string{`"ok":false`, "collection"}, nil},
		{"platform", 422, []string{`"ok":false`, "workflows"}, nil},
		{"auth", 401, []string{`"error":"Missing or invalid Authorization header"`}, nil},
		{"slow", 504, []string{`"ok":false`, "timed out"}, nil},
		{"panic", 500, []string{`"ok":false`, `"failedStep":0`}, []string{"private detail", "runtime"}},
	}
	for _, mode := range []string{"real", "legacy"} {
		t.Run(mode, func(t *testing.T) {
			statuses := func(s *config.Settings) { s.PublishedStatus = mode }
			patient := start(t, statuses)
			hasty := start(t, statuses, func(s *config.Settings) { s.RunTimeout = 300 * time.Millisecond })
			for _, row := range rows {
				t.Run(row.name, func(t *testing.T) {
					url := patient
					if row.name == "slow" {
						url = hasty
					}
					path := save(t, url, workflow(row.name, "ann", "x", steps[row.name]))
					began := time.Now()
					got := send(t, http.MethodPost, url+path, `{}`)
					assert.Less(t, time.Since(began), 10*time.Second)
					assert.Equal(t, map[string]int{"real": row.status, "legacy": 200}[mode], got.status, "%s", got.body)
					for _, text := range row.contains {
						assert.Contains(t, got.body, text)
					}
					for _, text := range row.lacks {
						assert.NotContains(t, got.body, text)
					}
					assert.NoError(t, uuid.Validate(got.header.Get("X-Execution-Id")))
				})
			}
		})
	}
}

func TestExecutionIDIsExposedToBrowsers(t *testing.T) {
	url := start(t)
	path := save(t, url, workflow("w", "ann", "x", respond(`{}`)))
	seen := map[string]bool{}
	for range 3 {
		got := send(t, http.MethodPost, url+path, `{}`, "Origin", "http://localhost:3000")
		id, err := uuid.Parse(got.header.Get("X-Execution-Id"))
		require.NoError(t, err)
		seen[id.String()] = true
		assert.Contains(t, strings.Split(got.header.Get("Access-Control-Expose-Headers"), ","), "X-Execution-Id")
		assert.Equal(t, "http://localhost:3000", got.header.Get("Access-Control-Allow-Origin"))
		assert.Equal(t, "true", got.header.Get("Access-Control-Allow-Credentials"))
	}
	assert.Len(t, seen, 3)
}

func TestPublishedInput(t *testing.T) {
	url := start(t)
	path := save(t, url, workflow("w", "ann", "x", echoEmail))
	both := []string{`{"email":"a@b.cd","again":"a@b.cd"}`}
	play(t, url, []exchange{
		{name: "flat", method: "POST", path: path, body: `{"email":"a@b.cd"}`, status: 200, contains: both},
		{name: "nested", method: "POST", path: path, body: `{"input":{"email":"a@b.cd"}}`, status: 200, contains: both},
		{name: "nested wins", method: "POST", path: path, body: `{"email":"flat","input":{"email":"a@b.cd"}}`, status: 200, contains: both},
		{name: "missing", method: "POST", path: path, body: `{}`, status: 200, contains: []string{`"email":null`}},
		{name: "types are kept", method: "POST", path: path, body: `{"email":[1,{"$ne":null}]}`, status: 200, contains: []string{`"email":[1,{"$ne":null}]`}},
		{name: "a template is data", method: "POST", path: path, body: `{"email":"{{input.secret}}","secret":"s3"}`, status: 200, contains: []string{`"email":"{{input.secret}}"`}},
		{name: "HTML is data", method: "POST", path: path, body: `{"email":"<b>\u202e"}`, status: 200},
		{name: "a list", method: "POST", path: path, body: `[]`, status: 400, contains: []string{"JSON object"}},
		{name: "a text", method: "POST", path: path, body: `"x"`, status: 400},
		{name: "null", method: "POST", path: path, body: `null`, status: 400},
		{name: "malformed", method: "POST", path: path, body: `{`, status: 400},
		{name: "a form", method: "POST", path: path, body: `email=x`, headers: []string{"Content-Type", "application/x-www-form-urlencoded"}, status: 415},
		{name: "10,000 levels", method: "POST", path: path, body: strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_000), status: 400},
		{name: "too large", method: "POST", path: path, body: `{"email":"` + strings.Repeat("x", 10<<20) + `"}`, status: 413},
	})
}

func TestTwoOwnersWithOneID(t *testing.T) {
	url := start(t)
	ann := save(t, url, workflow("same", "ann", "Ann", respond(`"of ann"`)))
	bob := save(t, url, workflow("same", "bob", "Bob", respond(`"of bob"`)))
	play(t, url, []exchange{
		{name: "ann's", method: "POST", path: ann, body: `{}`, status: 200, contains: []string{`"of ann"`}},
		{name: "bob's", method: "POST", path: bob, body: `{"ownerId":"ann"}`, status: 200, contains: []string{`"of bob"`}},
		{name: "rename bob's", method: "PUT", path: "/workflows/same", body: workflow("same", "bob", "Robert", respond(`"of bob"`)), status: 200},
		{name: "bob's old is dead", method: "POST", path: bob, body: `{}`, status: 404, contains: []string{notPublished}},
		{name: "ann's is untouched", method: "POST", path: ann, body: `{}`, status: 200, contains: []string{`"of ann"`}},
		{name: "delete bob's", method: "DELETE", path: "/workflows/same?ownerId=bob", status: 200},
		{name: "ann's lives", method: "POST", path: ann, body: `{}`, status: 200, contains: []string{`"of ann"`}},
		{name: "ann's is as it was", method: "GET", path: "/workflows/same?ownerId=ann", status: 200, contains: []string{`"ownerId":"ann"`}},
	})
}

func TestRestart(t *testing.T) {
	s := settings(t)
	url, stop := launch(t, build(t, s))
	path := save(t, url, workflow("w", "ann", "x", echoEmail))
	before := send(t, http.MethodGet, url+"/workflows/w?ownerId=ann", "")
	stop()
	url, _ = launch(t, build(t, s))
	assert.Equal(t, before.body, send(t, http.MethodGet, url+"/workflows/w?ownerId=ann", "").body)
	got := send(t, http.MethodPost, url+path, `{"email":"a@b.cd"}`)
	assert.Equal(t, http.StatusOK, got.status)
	assert.JSONEq(t, `{"email":"a@b.cd","again":"a@b.cd"}`, got.body)
}
