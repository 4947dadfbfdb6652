package system_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/core/runs"
	"github.com/orchestrix/orchestrix/modules/modulestest"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/health"
)

const ready = `{"status":"ready","checks":[{"name":"server","ok":true},{"name":"store","ok":true},{"name":"queue","ok":true}]}`

func TestReadyz(t *testing.T) {
	host := modulestest.Start(t, "system.readyz")
	got := host.Call(http.MethodGet, "/readyz", "")
	assert.Equal(t, http.StatusOK, got.Status)
	assert.Equal(t, ready, got.Body)
	assert.Equal(t, http.StatusOK, host.Call(http.MethodHead, "/readyz", "").Status)
	assert.Equal(t, http.StatusNotFound, host.Call(http.MethodPost, "/readyz", "").Status)
}

// Each problem is listed, by the words of its check.
func TestReadyzSaysWhatIsWrong(t *testing.T) {
	host := modulestest.Start(t, "system.readyz")
	problem := func(text string) func(context.Context) string { return func(context.Context) string { return text } }
	host.App.Health = health.Checks{{Name: "a", Problem: problem("A <is> down")}, {Name: "b", Problem: problem("")}, {Name: "c", Problem: problem("C is full")}}
	got := host.Call(http.MethodGet, "/readyz", "")
	assert.Equal(t, http.StatusServiceUnavailable, got.Status)
	assert.JSONEq(t, `{"status":"not ready","checks":[{"name":"a","ok":false,"reason":"A <is> down"},{"name":"b","ok":true},{"name":"c","ok":false,"reason":"C is full"}]}`, got.Body)
	assert.Equal(t, http.StatusServiceUnavailable, host.Call(http.MethodHead, "/readyz", "").Status)
}

func TestReadyzWithoutAStore(t *testing.T) {
	host := modulestest.Start(t, "system.readyz")
	require.NoError(t, host.Store.Close(context.Background()))
	got := host.Call(http.MethodGet, "/readyz", "")
	assert.Equal(t, http.StatusServiceUnavailable, got.Status)
	assert.Contains(t, got.Body, `{"name":"store","ok":false,"reason":"The store does not answer"}`)
}

func TestReadyzWithAFullQueue(t *testing.T) {
	t.Setenv("RUN_WORKERS", "1")
	t.Setenv("RUN_QUEUE", "1")
	host := modulestest.Start(t, "system.readyz")
	begin := func() (id string) {
		delay := doc.Object{{Key: "type", Value: "delay"}, {Key: "seconds", Value: int64(250)}}
		id, err := host.App.Runs.Accept(t.Context(), runs.Request{Workflow: engine.Workflow{Steps: doc.Array{delay}}, Trigger: runs.Inline, Input: doc.Object{}})
		require.NoError(t, err)
		return id
	}
	cancel := func(id string) {
		status, err := host.App.Runs.Cancel(t.Context(), id, "")
		require.NoError(t, err)
		assert.Equal(t, runs.Cancelled, status)
	}
	running := begin()
	require.Eventually(t, func() bool { return host.App.Runs.Load().Busy == 1 }, 10*time.Second, time.Millisecond)
	assert.Equal(t, ready, host.Call(http.MethodGet, "/readyz", "").Body)
	waiting := begin()
	got := host.Call(http.MethodGet, "/readyz", "")
	assert.Equal(t, http.StatusServiceUnavailable, got.Status)
	assert.Contains(t, got.Body, `{"name":"queue","ok":false,"reason":"Too many runs are waiting"}`)
	cancel(waiting)
	assert.Equal(t, http.StatusOK, host.Call(http.MethodGet, "/readyz", "").Status)
	cancel(running)
}
