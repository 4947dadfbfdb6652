package contract_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/orchestrix/orchestrix/modules/core/runs"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/registry"
	"github.com/orchestrix/orchestrix/platform/server"
)

// A step type that waits until the test lets it go on.
var (
	gateEntered = make(chan struct{})
	gateOpen    = make(chan struct{})
)

func init() {
	engine.Register(engine.StepType{
		Type: "testGate", Label: "Gate", Summary: "Waits for a test.",
		Compile: func(*engine.Fields) engine.Execute {
			return func(ctx context.Context, _ *engine.Call) (engine.Outcome, error) {
				for _, c := range []chan struct{}{gateEntered, gateOpen} {
					select {
					case c <- struct{}{}:
					case <-ctx.Done():
						return engine.Outcome{}, ctx.Err()
					}
				}
				return engine.Outcome{}, nil
			}
		},
	})
}

func TestNothingIsLeftAfterClose(t *testing.T) {
	http.DefaultClient.CloseIdleConnections()
	before := goleak.IgnoreCurrent()
	url, stop := launch(t, build(t, settings(t)))
	path := save(t, url, workflow("w", "user_default", "x", `[{"type":"dbInsert","collection":"things","data":{"a":1}},{"type":"dbFind","collection":"things","filters":{"a":1}}]`))
	for range 5 {
		require.Equal(t, http.StatusOK, send(t, http.MethodPost, url+path, `{}`).status)
		require.Equal(t, http.StatusOK, send(t, http.MethodGet, url+"/hello", "").status)
		require.Equal(t, http.StatusBadRequest, send(t, http.MethodPost, url+path, `{`).status)
	}
	stop()
	http.DefaultClient.CloseIdleConnections()
	goleak.VerifyNone(t, before, goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"))
}

func TestCloseLetsRunsFinish(t *testing.T) {
	url, stop := launch(t, build(t, settings(t)))
	path := save(t, url, workflow("w", "user_default", "x", `[{"type":"testGate"},{"type":"dbInsert","collection":"things","data":{"late":true}},{"type":"response","status":201,"body":"{{created.late}}"}]`))
	type outcome struct {
		answer
		err error
	}
	called := make(chan outcome, 1)
	go func() {
		got, err := try(context.Background(), http.MethodPost, url+path, `{}`)
		called <- outcome{got, err}
	}()
	<-gateEntered
	stopped := make(chan struct{})
	go func() { stop(); close(stopped) }()
	address := strings.TrimPrefix(url, "http://")
	assert.Eventually(t, func() bool {
		c, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			c.Close()
		}
		return err != nil
	}, 5*time.Second, 5*time.Millisecond, "new connections are refused")
	select {
	case <-stopped:
		t.Error("closed before the run was over")
	case got := <-called:
		t.Errorf("the run was cut: %d %s: %v", got.status, got.body, got.err)
	default:
	}
	<-gateOpen
	got := <-called
	require.NoError(t, got.err)
	assert.Equal(t, http.StatusCreated, got.status, "its store was still open: %s", got.body)
	assert.Equal(t, "true", got.body)
	<-stopped
}

// A run that does not end in time is cut, and Close returns all the same.
func TestCloseIsBounded(t *testing.T) {
	program := build(t, settings(t))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- program.Server.Serve(listener) }()
	url := "http://" + listener.Addr().String()
	path := save(t, url, workflow("w", "user_default", "x", `[{"type":"testGate"}]`))
	called := make(chan struct{})
	go func() {
		defer close(called)
		_, _ = try(context.Background(), http.MethodPost, url+path, `{}`)
	}()
	<-gateEntered
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	require.ErrorIs(t, program.Close(ctx), context.DeadlineExceeded)
	assert.Less(t, time.Since(began), 5*time.Second)
	<-called
	<-served
}

// A background run that takes longer than a shutdown may is interrupted: that is no
// failure of the shutdown, whose caller would take it for one of the program.
func TestCloseThatInterruptsARunIsOrderly(t *testing.T) {
	program := build(t, settings(t))
	id, err := program.App.Runs.Accept(t.Context(), runs.Request{
		Workflow: engine.Workflow{Steps: doc.Array{doc.Object{{Key: "type", Value: "delay"}, {Key: "seconds", Value: int64(50)}}}},
		OwnerID:  "user_default", Trigger: runs.Inline, Input: doc.Object{},
	})
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		x, err := program.App.Runs.Get(t.Context(), id, "")
		return err == nil && x.Status == runs.Running
	}, 20*time.Second, time.Millisecond)
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	require.NoError(t, program.Close(ctx))
}

// A handler that panics is one 500 with the request's id, logged once; the
// server lives on.
func TestPanicIsOneAnswer(t *testing.T) {
	type none struct{}
	routes := registry.New[*none]()
	routes.Register(registry.Route[*none]{ID: "test.panic", Method: http.MethodGet, Path: "/panic", Summary: "Panics.", Tag: "Test",
		Handler: registry.Handle(func(context.Context, *none, *none) (*none, error) { panic("a private detail") })})
	routes.Register(registry.Route[*none]{ID: "test.fine", Method: http.MethodGet, Path: "/fine", Summary: "Does not.", Tag: "Test",
		Handler: registry.Handle(func(context.Context, *none, *none) (*none, error) { return &none{}, nil })})
	core, logs := observer.New(zap.ErrorLevel)
	host, err := server.New(server.Options[*none]{Registry: routes, App: &none{}, Logger: zap.New(core), Production: true})
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- host.Serve(listener) }()
	url := "http://" + listener.Addr().String()

	got := send(t, http.MethodGet, url+"/panic", "", "X-Request-Id", "req-7")
	assert.Equal(t, http.StatusInternalServerError, got.status)
	assert.Equal(t, "req-7", got.header.Get("X-Request-Id"))
	assert.Equal(t, "req-7", got.text(t, "requestId"))
	assert.Equal(t, "Internal server error", got.text(t, "error"))
	assert.NotContains(t, got.body, "private")
	assert.NotContains(t, got.body, "stack")
	entries := logs.All()
	require.Len(t, entries, 1)
	assert.Equal(t, "req-7", entries[0].ContextMap()["requestId"])
	assert.Contains(t, entries[0].ContextMap()["stack"], "shutdown_test.go")
	assert.Equal(t, http.StatusOK, send(t, http.MethodGet, url+"/fine", "").status)

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	require.NoError(t, host.Shutdown(ctx))
	require.NoError(t, <-served)
}
