package execution_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/modulestest"
)

func serve(t *testing.T) *modulestest.Host {
	t.Helper()
	return modulestest.Start(t, "workflow.save", "execution.published", "execution.execute", "execution.run", "execution.runSaved",
		"execution.list", "execution.get", "execution.logs", "execution.cancel")
}

// accepted is the id of a run that an answer has accepted.
func accepted(t *testing.T, got modulestest.Answer) string {
	t.Helper()
	require.Equal(t, http.StatusOK, got.Status, got.Body)
	var answer struct {
		OK          bool
		ExecutionID string
	}
	require.NoError(t, json.Unmarshal([]byte(got.Body), &answer))
	assert.True(t, answer.OK)
	require.Len(t, answer.ExecutionID, 36)
	return answer.ExecutionID
}

// ended waits for the end of a run and returns its record.
func ended(t *testing.T, host *modulestest.Host, id string) (x map[string]any) {
	t.Helper()
	require.Eventually(t, func() bool {
		got := host.Call(http.MethodGet, "/executions/"+id, "")
		x = nil
		require.NoError(t, json.Unmarshal([]byte(got.Body), &x))
		return x["finishedAt"] != nil
	}, 20*time.Second, 2*time.Millisecond)
	return x
}

func entries(t *testing.T, host *modulestest.Host, path string) (log []map[string]any) {
	t.Helper()
	got := host.Call(http.MethodGet, path, "")
	require.Equal(t, http.StatusOK, got.Status)
	assert.Equal(t, "application/json; charset=utf-8", got.Header.Get("Content-Type"))
	require.NoError(t, json.Unmarshal([]byte(got.Body), &log), got.Body)
	return log
}

func TestBackgroundRuns(t *testing.T) {
	host := serve(t)
	host.Call(http.MethodPost, "/workflows", `{"workflowId":"w","ownerId":"user_default","apiName":"x","steps":[{"type":"input","variables":[{"name":"a"}]},{"type":"response","body":"a"}]}`)
	for name, c := range map[string]struct{ path, body, shown string }{
		"vars.input":         {"/workflow/execute", `{"steps":[{"type":"input","variables":[{"name":"a"}]}],"vars":{"input":{"a":"A1"}}}`, `A1`},
		"input":              {"/workflow/execute", `{"steps":[{"type":"input","variables":[{"name":"a"}]}],"input":{"a":"A2"}}`, `A2`},
		"second":             {"/workflows/run", `{"steps":[{"type":"input","variables":[{"name":"a"}]}],"input":{"a":"A3"}}`, `A3`},
		"second, alias":      {"/workflow/run", `{"steps":[{"type":"input","variables":[{"name":"a"}]}],"input":{"a":"A4"}}`, `A4`},
		"saved":              {"/workflows/w/execute", `{"input":{"a":"A5"}}`, `A5`},
		"saved, alias":       {"/workflow/w/execute", `{"input":{"a":"A6"},"ownerId":"user_default"}`, `A6`},
		"no steps":           {"/workflow/execute", `{"steps":[]}`, `workflow_complete`},
		"input is no object": {"/workflow/execute", `{"steps":[{"type":"response","body":"input"}],"input":[1]}`, `"body":{}`},
	} {
		t.Run(name, func(t *testing.T) {
			id := accepted(t, host.Call(http.MethodPost, c.path, c.body))
			assert.Equal(t, "succeeded", ended(t, host, id)["status"])
			assert.Contains(t, host.Call(http.MethodGet, "/executions/"+id+"/logs", "").Body, c.shown)
		})
	}
	failed := accepted(t, host.Call(http.MethodPost, "/workflows/run", `{"steps":[{"type":"nope"}]}`))
	x := ended(t, host, failed)
	assert.Equal(t, "failed", x["status"])
	assert.Equal(t, "Unknown step type: nope", x["error"])
}

func TestBackgroundRunsAreRefused(t *testing.T) {
	host := serve(t)
	host.Call(http.MethodPost, "/workflows", `{"workflowId":"empty","ownerId":"o","apiName":"x","steps":[]}`)
	cycle := `"steps":[{"id":"a","type":"input"},{"id":"b","type":"input"}],"edges":[{"source":"a","target":"b"},{"source":"b","target":"a"}]`
	for body, c := range map[string]struct {
		path   string
		status int
		error  string
	}{
		`{}`:                            {"/workflow/execute", 400, "steps[] required"},
		`{"steps":{}}`:                  {"/workflow/execute", 400, "steps[] required"},
		`{"steps":[]}`:                  {"/workflows/run", 400, "steps[] required and must not be empty"},
		`{"steps":"x"}`:                 {"/workflow/run", 400, "steps[] required and must not be empty"},
		`{` + cycle + `}`:               {"/workflows/run", 400, "Invalid workflow graph"},
		`{"ownerId":"o"}`:               {"/workflows/empty/execute", 400, "Workflow has no steps"},
		`{"ownerId":"other"}`:           {"/workflows/empty/execute", 404, "Workflow not found"},
		`{"steps":[{"type":"input"}]} `: {"/workflows/none/execute", 404, "Workflow not found"},
		`{"steps":[` + strings.Repeat(`{"type":"input"},`, 10_001) + `{"type":"input"}]}`: {"/workflows/run", 400, "Invalid workflow graph"},
	} {
		got := host.Call(http.MethodPost, c.path, body)
		assert.Equal(t, c.status, got.Status, got.Body)
		assert.Contains(t, got.Body, `{"error":"`+c.error+`"`)
	}
	assert.Equal(t, `{"executions":[]}`, host.Call(http.MethodGet, "/executions", "").Body, "nothing was kept")
}

func TestExecutions(t *testing.T) {
	host := serve(t)
	host.Call(http.MethodPost, "/workflows", `{"workflowId":"w","ownerId":"o","apiName":"x","steps":[{"type":"response","body":1}]}`)
	first := host.Call(http.MethodPost, "/workflow/run/w/x", `{}`).Header.Get("X-Execution-Id")
	second := accepted(t, host.Call(http.MethodPost, "/workflow/execute", `{"ownerId":"o","steps":[{"type":"nope"}]}`))
	ended(t, host, second)
	list := func(query string) (ids []string) {
		var page struct {
			Executions []struct{ ExecutionID string }
		}
		got := host.Call(http.MethodGet, "/executions?"+query, "")
		require.Equal(t, http.StatusOK, got.Status, got.Body)
		require.NoError(t, json.Unmarshal([]byte(got.Body), &page))
		for _, x := range page.Executions {
			ids = append(ids, x.ExecutionID)
		}
		return ids
	}
	assert.Equal(t, []string{second, first}, list("ownerId=o"), "the newest first")
	assert.Equal(t, []string{second}, list("ownerId=o&limit=1"))
	assert.Equal(t, []string{first}, list("ownerId=o&before="+second))
	assert.Equal(t, []string{first}, list("ownerId=o&workflowId=w"))
	assert.Equal(t, []string{second}, list("ownerId=o&status=failed"))
	assert.Equal(t, []string{second, first}, list("ownerId=o&before=2999-01-01T00:00:00.000Z"))
	assert.Empty(t, list("ownerId=o&before=2001-01-01T00:00:00.000Z"))
	assert.Empty(t, list(""), "another owner's")

	x := ended(t, host, first)
	delete(x, "createdAt")
	delete(x, "startedAt")
	delete(x, "finishedAt")
	assert.Equal(t, map[string]any{"executionId": first, "workflowId": "w", "trigger": "published", "status": "succeeded", "durationMs": x["durationMs"], "stepCount": 1.0}, x)
	for _, query := range []string{"status=lost", "limit=0", "limit=201", "limit=x", "before=yesterday"} {
		got := host.Call(http.MethodGet, "/executions?"+query, "")
		assert.Equal(t, http.StatusBadRequest, got.Status, query)
		assert.Contains(t, got.Body, `{"error":"`+strings.Split(query, "=")[0]+" must be", query)
	}
	assert.Contains(t, host.Call(http.MethodGet, "/executions/unknown", "").Body, `{"error":"Execution not found"`)
}

func TestLogs(t *testing.T) {
	host := serve(t)
	assert.Equal(t, `[]`, host.Call(http.MethodGet, "/executions/unknown/logs", "").Body)
	id := accepted(t, host.Call(http.MethodPost, "/workflows/run", `{"steps":[{"type":"response","body":"<b>"}]}`))
	ended(t, host, id)
	all := entries(t, host, "/executions/"+id+"/logs")
	require.Len(t, all, 4)
	for i, e := range all {
		assert.EqualValues(t, i, e["seq"])
	}
	assert.Equal(t, all[2:], entries(t, host, "/executions/"+id+"/logs?afterSeq=1"))
	assert.Equal(t, http.StatusBadRequest, host.Call(http.MethodGet, "/executions/"+id+"/logs?afterSeq=x", "").Status)
}

func TestCancel(t *testing.T) {
	host := serve(t)
	id := accepted(t, host.Call(http.MethodPost, "/workflows/run", `{"steps":[{"type":"delay","seconds":60},{"type":"nope"}]}`))
	got := host.Call(http.MethodPost, "/executions/"+id+"/cancel", "")
	assert.Equal(t, `{"ok":true,"status":"cancelled"}`, got.Body)
	assert.Equal(t, "cancelled", ended(t, host, id)["status"])
	again := host.Call(http.MethodPost, "/executions/"+id+"/cancel", "")
	assert.Equal(t, http.StatusConflict, again.Status)
	assert.Contains(t, again.Body, `{"error":"Execution has already ended","status":"cancelled"`)
	assert.Equal(t, http.StatusNotFound, host.Call(http.MethodPost, "/executions/unknown/cancel", "").Status)
	log := entries(t, host, "/executions/"+id+"/logs")
	assert.Equal(t, "workflow_failed", log[len(log)-1]["type"])
}
