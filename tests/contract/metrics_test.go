package contract_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/modules"
	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/metrics/metricstest"
)

// measured runs a program that shows its metrics.
func measured(t *testing.T) (program *modules.Program, url string, stop func()) {
	t.Helper()
	s := settings(t)
	s.MetricsAddr = "127.0.0.1:0"
	program = build(t, s)
	url, stop = launch(t, program)
	return program, url, stop
}

func TestMetricsOfRealCalls(t *testing.T) {
	program, url, _ := measured(t)
	path := save(t, url, workflow("w", "user_default", "x", `[{"type":"dbInsert","collection":"things","data":{"a":"{{input.a}}"}},{"type":"response","status":201,"body":{}}]`))
	require.Equal(t, http.StatusCreated, send(t, http.MethodPost, url+path, `{"a":1}`).status)
	require.Equal(t, http.StatusNotFound, send(t, http.MethodPost, url+path+"z", `{}`).status)
	register(t, url, "a@b.c")
	require.Equal(t, http.StatusOK, send(t, http.MethodPost, url+"/auth/login", `{"email":"a@b.c","password":"`+password+`"}`).status)
	require.Equal(t, http.StatusUnauthorized, send(t, http.MethodPost, url+"/auth/login", `{"email":"a@b.c","password":"wrong"}`).status)
	require.Equal(t, http.StatusOK, send(t, http.MethodPost, url+"/workflow/generate", `{"prompt":"register a user with email and password"}`).status)
	require.Equal(t, http.StatusNotFound, send(t, http.MethodGet, url+"/no/such/path", "").status)

	id := send(t, http.MethodPost, url+"/workflow/execute", `{"steps":[{"type":"testGate"},{"type":"no such type"}]}`).text(t, "executionId")
	<-gateEntered
	short := send(t, http.MethodPost, url+"/workflow/execute", `{"steps":[]}`).text(t, "executionId")
	awaitEnd(t, program, url, short, 1)
	conn, res, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(url, "http")+"/ws/executions/"+id, nil)
	require.NoError(t, err)
	defer res.Body.Close()
	defer conn.Close()
	_, _, err = conn.ReadMessage() // it follows the run by now
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, send(t, http.MethodGet, url+"/socket.io/?EIO=4&transport=polling", "").status)

	during := metricstest.Scrape(t, program.Metrics.Addr())
	for series, want := range map[string]float64{
		`orchestrix_run_workers_busy`:                    1,
		`orchestrix_run_workers_limit`:                   64,
		`orchestrix_run_queue_waiting`:                   0,
		`orchestrix_run_queue_limit`:                     1000,
		`orchestrix_sockets_open{transport="websocket"}`: 1,
		`orchestrix_sockets_open{transport="socketio"}`:  1,
		`orchestrix_watched_runs`:                        1,
	} {
		value, seen := during.Samples[series]
		assert.True(t, seen, series)
		assert.Equal(t, want, value, series)
	}
	<-gateOpen
	awaitEnd(t, program, url, id, 0)

	got := metricstest.Scrape(t, program.Metrics.Addr())
	for series, want := range map[string]float64{
		`orchestrix_http_requests_total{method="POST", route="/workflow/run/:workflowId/:apiName", status="201"}`:   1,
		`orchestrix_http_requests_total{method="POST", route="/workflow/run/:workflowId/:apiName", status="404"}`:   1,
		`orchestrix_http_request_duration_seconds_count{method="POST", route="/workflow/run/:workflowId/:apiName"}`: 2,
		`orchestrix_http_requests_total{method="GET", route="none", status="404"}`:                                  1,
		`orchestrix_http_requests_total{method="GET", route="/ws/executions/:id", status="101"}`:                    1,
		`orchestrix_runs_total{status="succeeded", trigger="published"}`:                                            1,
		`orchestrix_runs_total{status="succeeded", trigger="inline"}`:                                               1,
		`orchestrix_runs_total{status="failed", trigger="inline"}`:                                                  1,
		`orchestrix_run_duration_seconds_count{trigger="published"}`:                                                1,
		`orchestrix_steps_total{status="succeeded", type="dbInsert"}`:                                               1,
		`orchestrix_steps_total{status="succeeded", type="testGate"}`:                                               1,
		`orchestrix_steps_total{status="failed", type="other"}`:                                                     1,
		`orchestrix_step_duration_seconds_count{type="dbInsert"}`:                                                   1,
		`orchestrix_model_call_duration_seconds_count{outcome="ok", provider="builtin"}`:                            1,
		`orchestrix_logins_total{outcome="succeeded"}`:                                                              1,
		`orchestrix_logins_total{outcome="failed"}`:                                                                 1,
	} {
		value, seen := got.Samples[series]
		assert.True(t, seen, series)
		assert.Equal(t, want, value, series)
	}
	for _, operation := range []string{"insert_one", "find_one", "find_one_and_update", "insert_raw", "ensure_indexes"} {
		assert.Positive(t, got.Samples[`orchestrix_store_operation_duration_seconds_count{operation="`+operation+`", outcome="ok"}`], operation)
	}
}

// awaitEnd waits until a run has ended, and its worker is free.
func awaitEnd(t *testing.T, program *modules.Program, url, id string, busy int) {
	t.Helper()
	require.Eventually(t, func() bool {
		got, err := try(t.Context(), http.MethodGet, url+"/executions/"+id, "")
		return err == nil && strings.Contains(got.body, `"finishedAt":"`) && program.App.Runs.Load().Busy == busy
	}, 20*time.Second, 5*time.Millisecond)
}

// Whatever callers send, the metrics repeat none of it: routes are patterns, and
// types those of the registry.
func TestMetricsShowNothingOfCallers(t *testing.T) {
	program, url, _ := measured(t)
	canary := func(i int) string { return "canary" + strings.Repeat("x", i) }
	round := func(i int) {
		steps := `[{"type":"` + canary(i) + `","name":"` + canary(i) + `","password":"` + canary(i) + `"}]`
		path := save(t, url, workflow(canary(i), canary(i), canary(i), steps))
		send(t, http.MethodPost, url+path, `{"`+canary(i)+`":1}`)
		send(t, http.MethodGet, url+"/"+canary(i)+"?token="+canary(i), "")
		send(t, http.MethodGet, url+"/executions/"+canary(i), "")
		send(t, strings.ToUpper(canary(i)), url+"/health", "")
		send(t, http.MethodPost, url+"/auth/login", `{"email":"`+canary(i)+`@b.c","password":"`+canary(i)+`"}`)
		send(t, http.MethodPost, url+"/workflow/execute", `{"steps":`+steps+`,"ownerId":"`+canary(i)+`"}`)
		send(t, http.MethodPost, url+"/collections/"+canary(i)+"/data", `{"document":{"`+canary(i)+`":1}}`, "Authorization", "Bearer "+canary(i))
	}
	for i := range 10 {
		round(i)
	}
	got := metricstest.Scrape(t, program.Metrics.Addr())
	assert.NotContains(t, strings.ToLower(got.Text), "canary")
	assert.NotContains(t, got.Text, secret)

	routes, types := map[string]bool{"none": true}, map[string]bool{"other": true}
	for _, route := range app.Routes.Routes() {
		routes[route.Path] = true
	}
	for _, kind := range engine.Steps.All() {
		types[kind.Type] = true
	}
	for route := range got.Labels("orchestrix_http", "route") {
		assert.True(t, routes[route], "%s is the pattern of no route", route)
	}
	assert.Equal(t, types, got.Labels("orchestrix_step", "type"))
}

func TestMetricsAreOffByDefault(t *testing.T) {
	program := build(t, settings(t))
	url, _ := launch(t, program)
	assert.Nil(t, program.Metrics)
	assert.Equal(t, http.StatusNotFound, send(t, http.MethodGet, url+"/metrics", "").status)
}

// They are never where everybody may call.
func TestMetricsHaveAListenerOfTheirOwn(t *testing.T) {
	program, url, stop := measured(t)
	assert.Equal(t, http.StatusNotFound, send(t, http.MethodGet, url+"/metrics", "").status)
	metrics := "http://" + program.Metrics.Addr().String()
	assert.Equal(t, http.StatusOK, send(t, http.MethodGet, metrics+"/metrics", "").status)
	assert.Equal(t, http.StatusNotFound, send(t, http.MethodGet, metrics+"/health", "").status)
	stop()
	_, err := try(t.Context(), http.MethodGet, metrics+"/metrics", "")
	require.Error(t, err, "it closes with the program")
}

func TestATakenMetricsAddressIsAStartError(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	http.DefaultClient.CloseIdleConnections()
	before := goleak.IgnoreCurrent()
	s := settings(t)
	s.MetricsAddr = taken.Addr().String()
	_, err = modules.Build(t.Context(), s, zap.NewNop())
	require.ErrorContains(t, err, "METRICS_ADDR: listen tcp "+s.MetricsAddr)
	goleak.VerifyNone(t, before)

	s.MetricsAddr = "127.0.0.1:0"
	again, err := modules.Build(t.Context(), s, zap.NewNop())
	require.NoError(t, err, "the store was closed again")
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	require.NoError(t, again.Close(ctx))
}
