package metrics_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/metrics"
	"github.com/orchestrix/orchestrix/platform/metrics/metricstest"
)

// listen shows what is measured until the test ends.
func listen(t *testing.T, m *metrics.Metrics) *metrics.Listener {
	t.Helper()
	l, err := m.Listen(t.Context(), "127.0.0.1:0", zap.NewNop())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close(context.Background())) })
	return l
}

func number(n int) func() int { return func() int { return n } }

// busy is a Metrics that was told of everything there is.
func busy() *metrics.Metrics {
	m := metrics.New("delay", "response")
	m.Request("GET", "/workflows/:workflowId", 200, 3*time.Millisecond)
	m.Request("GET", "/workflows/:workflowId", 404, time.Millisecond)
	m.Request("PROPFIND", "", 404, time.Millisecond)
	m.RunEnded("published", "succeeded", 20*time.Millisecond)
	m.RunEnded("inline", "interrupted", 0)
	m.StepEnded("delay", false, 20*time.Millisecond)
	m.StepEnded("delay", true, time.Second)
	m.StepEnded("whatever an author writes", true, 0)
	m.Store("find_one", "ok", time.Millisecond)
	m.Model("builtin", "failed", time.Second)
	m.Login("limited")
	m.Watch(sources(number(1)))
	return m
}

// sources say what the tests expect.
func sources(waiting func() int) metrics.Sources {
	return metrics.Sources{
		Waiting: waiting, QueueLimit: number(1000), Busy: number(2), WorkerLimit: number(64),
		SocketIO: number(3), WebSocket: number(4), Watched: number(5),
	}
}

func TestWhatIsToldIsShown(t *testing.T) {
	got := metricstest.Scrape(t, listen(t, busy()).Addr())
	for series, want := range map[string]float64{
		`orchestrix_http_requests_total{method="GET", route="/workflows/:workflowId", status="200"}`:          1,
		`orchestrix_http_requests_total{method="GET", route="/workflows/:workflowId", status="404"}`:          1,
		`orchestrix_http_requests_total{method="other", route="none", status="404"}`:                          1,
		`orchestrix_http_request_duration_seconds_count{method="GET", route="/workflows/:workflowId"}`:        2,
		`orchestrix_http_request_duration_seconds_sum{method="GET", route="/workflows/:workflowId"}`:          .004,
		`orchestrix_runs_total{status="succeeded", trigger="published"}`:                                      1,
		`orchestrix_runs_total{status="interrupted", trigger="inline"}`:                                       1,
		`orchestrix_run_duration_seconds_sum{trigger="published"}`:                                            .02,
		`orchestrix_steps_total{status="succeeded", type="delay"}`:                                            1,
		`orchestrix_steps_total{status="failed", type="delay"}`:                                               1,
		`orchestrix_steps_total{status="failed", type="other"}`:                                               1,
		`orchestrix_steps_total{status="succeeded", type="response"}`:                                         0,
		`orchestrix_step_duration_seconds_sum{type="delay"}`:                                                  1.02,
		`orchestrix_store_operation_duration_seconds_count{operation="find_one", outcome="ok"}`:               1,
		`orchestrix_store_operation_duration_seconds_bucket{le="0.0005", operation="find_one", outcome="ok"}`: 0,
		`orchestrix_store_operation_duration_seconds_bucket{le="0.001", operation="find_one", outcome="ok"}`:  1,
		`orchestrix_model_call_duration_seconds_count{outcome="failed", provider="builtin"}`:                  1,
		`orchestrix_logins_total{outcome="limited"}`:                                                          1,
		`orchestrix_run_queue_waiting`:                                                                        1,
		`orchestrix_run_queue_limit`:                                                                          1000,
		`orchestrix_run_workers_busy`:                                                                         2,
		`orchestrix_run_workers_limit`:                                                                        64,
		`orchestrix_sockets_open{transport="socketio"}`:                                                       3,
		`orchestrix_sockets_open{transport="websocket"}`:                                                      4,
		`orchestrix_watched_runs`:                                                                             5,
	} {
		value, seen := got.Samples[series]
		assert.True(t, seen, series)
		assert.InDelta(t, want, value, 1e-9, series)
	}
	assert.NotContains(t, got.Samples, `orchestrix_run_duration_seconds_count{trigger="inline"}`, "how long it took is not known")
	for _, name := range []string{"go_goroutines", "go_build_info", "process_resident_memory_bytes", "process_open_fds"} {
		assert.Contains(t, got.Families, name)
	}
	problems, err := promlint.New(strings.NewReader(got.Text)).Lint()
	require.NoError(t, err)
	assert.Empty(t, problems)
}

// Whatever is told, labels have few values.
func TestLabelsAreBounded(t *testing.T) {
	m := busy()
	for i := range 1000 {
		text := strings.Repeat("x", i)
		m.StepEnded(text, i%2 == 0, time.Millisecond)
		m.Request(text, "", 404, time.Millisecond)
	}
	got := metricstest.Scrape(t, listen(t, m).Addr())
	assert.Len(t, got.Labels("orchestrix_step", "type"), 3)
	assert.Equal(t, map[string]bool{"GET": true, "other": true}, got.Labels("orchestrix_http", "method"))
	assert.NotContains(t, got.Text, "xx")
	assert.NotContains(t, got.Text, "author")
}

// Two of them share nothing.
func TestMetricsAreValues(t *testing.T) {
	busy()
	got := metricstest.Scrape(t, listen(t, metrics.New()).Addr())
	assert.NotContains(t, got.Families, "orchestrix_runs_total")
}
