package contract_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	saveRequired   = `"error":"workflowId, ownerId, steps, apiName required"`
	updateRequired = `"error":"ownerId, steps, apiName required"`
	notFound       = `"error":"Workflow not found"`
	stepFormat     = `"error":"Invalid workflow step format"`
	badGraph       = `"error":"Invalid workflow graph"`
)

func TestWorkflowEndpoints(t *testing.T) {
	steps := respond(`{"n":1}`)
	var rows []exchange
	// Every alias, with and without a trailing slash, is the same operation.
	for _, base := range []string{"/workflows", "/workflow"} {
		for _, slash := range []string{"", "/"} {
			one := base + "/w" + slash
			rows = append(rows,
				exchange{name: "save " + base + slash, method: "POST", path: base + slash, body: workflow("w", "ann", "My API", steps), status: 200,
					contains: []string{`{"ok":true,"workflowId":"w","apiPath":"/workflow/run/w/my-api","apiName":"My API","inputVariables":[]}`}},
				exchange{name: "list " + base + slash, method: "GET", path: base + slash + "?ownerId=ann", status: 200,
					contains: []string{`"workflowId":"w"`, `"apiPath":"/workflow/run/w/my-api"`, `"nodeCount":1`}, lacks: []string{"_id", "__v", "reservation", `"steps"`}},
				exchange{name: "list of another owner " + base + slash, method: "GET", path: base + slash + "?ownerId=bob", status: 200, contains: []string{`{"workflows":[]}`}},
				exchange{name: "get " + one, method: "GET", path: one + "?ownerId=ann", status: 200,
					contains: []string{`"ownerId":"ann"`, `"steps":` + steps, `"edges":[]`}, lacks: []string{"_id", "__v", "reservation", "nodeCount"}},
				exchange{name: "get of another owner " + one, method: "GET", path: one + "?ownerId=bob", status: 404, contains: []string{notFound}},
				exchange{name: "get of the default owner " + one, method: "GET", path: one, status: 404, contains: []string{notFound}},
				exchange{name: "update " + one, method: "PUT", path: one, body: workflow("other", "ann", "Renamed", `[]`, `"inputVariables":[{"name":"a"}]`), status: 200,
					contains: []string{`{"ok":true,"workflowId":"w","apiPath":"/workflow/run/w/renamed","apiName":"Renamed","inputVariables":[{"name":"a"}]}`}},
				exchange{name: "update of another owner " + one, method: "PUT", path: one, body: workflow("w", "bob", "Mine", `[]`), status: 404, contains: []string{notFound}},
				exchange{name: "delete without owner " + one, method: "DELETE", path: one, status: 400, contains: []string{`"error":"ownerId is required"`}},
				exchange{name: "delete of another owner " + one, method: "DELETE", path: one + "?ownerId=bob", status: 404, contains: []string{notFound}},
				exchange{name: "delete " + one, method: "DELETE", path: one + "?ownerId=ann", status: 200, contains: []string{`{"ok":true,"message":"Workflow deleted successfully"}`}},
				exchange{name: "delete again " + one, method: "DELETE", path: one + "?ownerId=ann", status: 404, contains: []string{notFound}},
				exchange{name: "get after delete " + one, method: "GET", path: one + "?ownerId=ann", status: 404, contains: []string{notFound}},
				exchange{name: "update after delete " + one, method: "PUT", path: one, body: workflow("w", "ann", "My API", `[]`), status: 404, contains: []string{notFound}},
			)
		}
	}
	for _, path := range []string{"/workflows/save", "/workflows/save/"} {
		rows = append(rows, exchange{name: "save " + path, method: "POST", path: path, body: workflow("w", "ann", "My API", `[]`), status: 200, contains: []string{`"ok":true`}})
	}
	rows = append(rows,
		exchange{name: "two trailing slashes", method: "GET", path: "/workflows//", status: 404, contains: []string{"Route GET /workflows// not found"}},
		exchange{name: "another method", method: "PATCH", path: "/workflows/w", body: `{}`, status: 404, contains: []string{"Route PATCH /workflows/w not found"}},
		exchange{name: "another case", method: "GET", path: "/Workflows", status: 404},
	)
	play(t, start(t), rows)
}

func TestWorkflowRefusals(t *testing.T) {
	deep := strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000)
	step := func(id string) string { return `{"id":"` + id + `","type":"response"}` }
	cycle := `"edges":[{"id":"1","source":"one","target":"two"},{"id":"2","source":"two","target":"one"}]`
	rows := []exchange{
		{name: "nothing at all", body: "", status: 400, contains: []string{saveRequired}},
		{name: "empty object", body: `{}`, status: 400, contains: []string{saveRequired}},
		{name: "no id", body: workflow("", "ann", "x", `[]`), status: 400, contains: []string{saveRequired}},
		{name: "no owner", body: workflow("w", "", "x", `[]`), status: 400, contains: []string{saveRequired}},
		{name: "no name", body: workflow("w", "ann", "", `[]`), status: 400, contains: []string{saveRequired}},
		{name: "steps null", body: workflow("w", "ann", "x", `null`), status: 400, contains: []string{saveRequired}},
		{name: "owner is a number", body: `{"workflowId":"w","ownerId":5,"steps":[],"apiName":"x"}`, status: 400, contains: []string{"ownerId must be a string"}},
		{name: "owner is an operator", body: `{"workflowId":"w","ownerId":{"$ne":null},"steps":[],"apiName":"x"}`, status: 400, contains: []string{"ownerId must be a string"}},
		{name: "id is a list", body: `{"workflowId":["w"],"ownerId":"ann","steps":[],"apiName":"x"}`, status: 400, contains: []string{"workflowId must be a string"}},
		{name: "name is true", body: `{"workflowId":"w","ownerId":"ann","steps":[],"apiName":true}`, status: 400, contains: []string{"apiName must be a string"}},
		{name: "steps is an object", body: workflow("w", "ann", "x", `{"length":1}`), status: 400, contains: []string{"steps must be an array"}},
		{name: "edges is a text", body: workflow("w", "ann", "x", `[]`, `"edges":"a-b"`), status: 400, contains: []string{"edges must be an array"}},
		{name: "variables is a number", body: workflow("w", "ann", "x", `[]`, `"inputVariables":7`), status: 400, contains: []string{"inputVariables must be an array"}},
		{name: "step without a type", body: workflow("w", "ann", "x", `[{"id":"a"}]`), status: 400, contains: []string{stepFormat}},
		{name: "type is a number", body: workflow("w", "ann", "x", `[{"type":5}]`), status: 400, contains: []string{stepFormat}},
		{name: "step is null", body: workflow("w", "ann", "x", `[null]`), status: 400, contains: []string{stepFormat}},
		{name: "step is a text", body: workflow("w", "ann", "x", `["input"]`), status: 400, contains: []string{stepFormat}},
		{name: "two steps with one id", body: workflow("w", "ann", "x", "["+step("twin")+","+step("twin")+"]"), status: 400, contains: []string{badGraph, `\"twin\"`}},
		{name: "a cycle", body: workflow("w", "ann", "x", "["+step("one")+","+step("two")+"]", cycle), status: 400, contains: []string{badGraph, `\"one\"`, `\"two\"`}},
		{name: "a step before itself", body: workflow("w", "ann", "x", "["+step("one")+"]", `"edges":[{"source":"one","target":"one"}]`), status: 400, contains: []string{badGraph, `\"one\"`}},
		{name: "NUL in the id", body: workflow("w\x00x", "ann", "x", `[]`), status: 400, contains: []string{"workflowId"}},
		{name: "NUL in the owner", body: workflow("w", "ann\x00", "x", `[]`), status: 400, contains: []string{"ownerId"}},
		{name: "NUL in the name", body: workflow("w", "ann", "x\x00y", `[]`), status: 400, contains: []string{"apiName"}},
		{name: "NUL in a key of a step", body: workflow("w", "ann", "x", `[{"type":"input","a\u0000b":1}]`), status: 400},
		{name: "an endless name", body: workflow("w", "ann", strings.Repeat("n", 100_000), `[]`), status: 400, contains: []string{"apiName"}, lacks: []string{"nnnn"}},
		{name: "malformed", body: `{"workflowId":`, status: 400},
		{name: "NaN", body: workflow("w", "ann", "x", `[{"type":"input","n":NaN}]`), status: 400},
		{name: "a key twice", body: workflow("w", "ann", "x", `[]`, `"ownerId":"bob"`), status: 400},
		{name: "invalid UTF-8", body: `{"workflowId":"w` + "\xff" + `"}`, status: 400},
		{name: "text behind the value", body: workflow("w", "ann", "x", `[]`) + `{}`, status: 400},
		{name: "a list", body: `[` + workflow("w", "ann", "x", `[]`) + `]`, status: 400, contains: []string{"JSON object"}},
		{name: "a text", body: `"w"`, status: 400, contains: []string{"JSON object"}},
		{name: "null", body: `null`, status: 400, contains: []string{"JSON object"}},
		{name: "10,000 levels", body: workflow("w", "ann", "x", deep), status: 400, contains: []string{"nested"}},
		{name: "10,000 levels never closed", body: strings.Repeat(`{"a":`, 10_000), status: 400},
		{name: "a form", body: "workflowId=w", headers: []string{"Content-Type", "application/x-www-form-urlencoded"}, status: 415},
		{name: "plain text", body: workflow("w", "ann", "x", `[]`), headers: []string{"Content-Type", "text/plain"}, status: 415},
		{name: "no content type", body: workflow("w", "ann", "x", `[]`), headers: []string{"Content-Type", ""}, status: 415},
		{name: "another charset", body: workflow("w", "ann", "x", `[]`), headers: []string{"Content-Type", "application/json; charset=latin1"}, status: 415},
		{name: "another encoding", body: workflow("w", "ann", "x", `[]`), headers: []string{"Content-Encoding", "br"}, status: 415},
		{name: "not gzip", body: workflow("w", "ann", "x", `[]`), headers: []string{"Content-Encoding", "gzip"}, status: 400},
		{name: "one byte over 10 MB", body: strings.Repeat(" ", 10<<20-1) + "{}", status: 413},
	}
	for i := range rows {
		rows[i].method, rows[i].path = "POST", "/workflows/save"
	}
	rows = append(rows,
		exchange{name: "nothing of it was saved", method: "GET", path: "/workflows?ownerId=ann", status: 200, contains: []string{`{"workflows":[]}`}},
		exchange{name: "get undefined", method: "GET", path: "/workflows/undefined", status: 400, contains: []string{`"error":"workflowId is required and must be valid"`}},
		exchange{name: "get null", method: "GET", path: "/workflow/null/", status: 400, contains: []string{`"error":"workflowId is required and must be valid"`}},
		exchange{name: "update with nothing", method: "PUT", path: "/workflows/w", body: `{}`, status: 400, contains: []string{updateRequired}},
		exchange{name: "update with a wrong type", method: "PUT", path: "/workflows/w", body: workflow("w", "ann", "x", `7`), status: 400, contains: []string{"steps must be an array"}},
		exchange{name: "update with a bad step", method: "PUT", path: "/workflows/w", body: workflow("w", "ann", "x", `[{}]`), status: 400, contains: []string{stepFormat}},
		exchange{name: "an owner that is no UTF-8", method: "GET", path: "/workflows?ownerId=%ff", status: 400, contains: []string{"ownerId"}},
		exchange{name: "a path that is no UTF-8", method: "GET", path: "/workflows/%ff", status: 400},
		exchange{name: "a path that is not escaped rightly", method: "GET", path: "/workflows/%zz", status: 400},
		exchange{name: "two owners", method: "GET", path: "/workflows?ownerId=a&ownerId=b", status: 200, contains: []string{`{"workflows":[]}`}},
		exchange{name: "an owner like an operator", method: "GET", path: "/workflows?ownerId[$ne]=x", status: 200, contains: []string{`{"workflows":[]}`}},
	)
	play(t, start(t), rows)
}

func TestPathOfAnotherOwner(t *testing.T) {
	url := start(t)
	path := save(t, url, workflow("shared", "ann", "Same name", respond(`"ann"`)))
	play(t, url, []exchange{
		{name: "refused", method: "POST", path: "/workflows", body: workflow("shared", "bob", "same NAME!", respond(`"bob"`)), status: 409, contains: []string{`"error":"`}, lacks: []string{"ann"}},
		{name: "nothing saved", method: "GET", path: "/workflows/shared?ownerId=bob", status: 404},
		{name: "the owner's still answers", method: "POST", path: path, body: `{}`, status: 200, contains: []string{`"ann"`}},
		{name: "another name is free", method: "POST", path: "/workflows", body: workflow("shared", "bob", "Bob's", respond(`"bob"`)), status: 200, contains: []string{"/workflow/run/shared/bob-s"}},
		{name: "an update may not take it either", method: "PUT", path: "/workflows/shared", body: workflow("shared", "bob", "Same name", respond(`"bob"`)), status: 409},
		{name: "and leaves what was there", method: "POST", path: "/workflow/run/shared/bob-s", body: `{}`, status: 200, contains: []string{`"bob"`}},
		{name: "deleting", method: "DELETE", path: "/workflows/shared?ownerId=ann", status: 200},
		{name: "frees it", method: "PUT", path: "/workflows/shared", body: workflow("shared", "bob", "Same name", respond(`"bob now"`)), status: 200},
		{name: "for the other", method: "POST", path: path, body: `{}`, status: 200, contains: []string{`"bob now"`}},
	})
}

func TestListIsNewestUpdateFirst(t *testing.T) {
	url := start(t)
	order := func() (ids []string) {
		for _, w := range send(t, "GET", url+"/workflows", "").object(t)["workflows"].([]any) {
			ids = append(ids, w.(map[string]any)["workflowId"].(string))
		}
		return ids
	}
	updated := func(id string) string { return send(t, "GET", url+"/workflows/"+id, "").text(t, "updatedAt") }
	// Dates are in milliseconds: each save waits for one of its own.
	saveLater := func(id, after string) {
		require.Eventually(t, func() bool {
			save(t, url, workflow(id, "user_default", id, `[]`))
			return after == "" || updated(id) > updated(after)
		}, 5*time.Second, time.Millisecond)
	}
	saveLater("a", "")
	saveLater("b", "a")
	saveLater("c", "b")
	assert.Equal(t, []string{"c", "b", "a"}, order())
	created := send(t, "GET", url+"/workflows/a", "").text(t, "createdAt")
	saveLater("a", "c")
	assert.Equal(t, []string{"a", "c", "b"}, order())
	assert.Equal(t, created, send(t, "GET", url+"/workflows/a", "").text(t, "createdAt"), "an update keeps the date of creation")
	assert.Regexp(t, isoDate, created)
}

func TestHeadFollowsGet(t *testing.T) {
	url := start(t)
	save(t, url, workflow("w", "user_default", "w", `[]`))
	got := send(t, http.MethodHead, url+"/workflows/w", "")
	assert.Equal(t, http.StatusOK, got.status)
	assert.Empty(t, got.body)
	assert.Equal(t, http.StatusNotFound, send(t, http.MethodHead, url+"/workflows/none", "").status)
}
