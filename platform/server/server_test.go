package server_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/orchestrix/orchestrix/platform/server"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"))
}

// host is a server on a loopback listener.
type host struct {
	*server.Server[*fixture]
	addr   string
	logs   *observer.ObservedLogs
	client *http.Client
}

func start(t testing.TB, change func(*server.Options[*fixture])) *host {
	t.Helper()
	core, logs := observer.New(zapcore.InfoLevel)
	opts := server.Options[*fixture]{
		Registry: routes(), App: newFixture(), Logger: zap.New(core),
		Clock: func() time.Time { return time.Date(2026, 2, 12, 10, 0, 0, 0, time.UTC) },
	}
	if change != nil {
		change(&opts)
	}
	s, err := server.New(opts)
	require.NoError(t, err)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan error, 1)
	go func() { done <- s.Serve(ln) }()
	h := &host{Server: s, addr: ln.Addr().String(), logs: logs, client: &http.Client{Transport: &http.Transport{}}}
	t.Cleanup(func() {
		h.client.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		assert.NoError(t, h.Shutdown(ctx))
		assert.NoError(t, <-done)
	})
	return h
}

// call sends a request and returns the answer with its body read.
func (h *host) call(t testing.TB, method, path, body string, headers ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(method, "http://"+h.addr+path, strings.NewReader(body))
	require.NoError(t, err)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := h.client.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp, string(text)
}

func TestRouting(t *testing.T) {
	h := start(t, nil)
	for _, c := range []struct {
		method, path string
		status       int
		body         string
	}{
		{"GET", "/items/1", 200, `{"id":"1"}`},
		{"GET", "/items/1/", 200, `{"id":"1"}`},
		{"GET", "/items/1?x=y", 200, `{"id":"1"}`},
		{"GET", "/things/1", 200, `{"id":"1"}`},
		{"GET", "/items/a%2Fb%20%C3%A4", 200, `{"id":"a/b ä"}`},
		{"GET", "/items/a+b", 200, `{"id":"a+b"}`},
		{"GET", "/items/fixed", 200, `{"fixed":true}`},
		{"DELETE", "/items/fixed", 200, `{"deleted":"fixed"}`},
		{"HEAD", "/items/1", 200, ``},
		{"GET", "//items/1", 404, `{"error":"Not Found","message":"Route GET //items/1 not found","timestamp":"2026-02-12T10:00:00.000Z"}`},
		{"GET", "/items/1//", 404, `{"error":"Not Found","message":"Route GET /items/1// not found","timestamp":"2026-02-12T10:00:00.000Z"}`},
		{"GET", "/nope?secret=1", 404, `{"error":"Not Found","message":"Route GET /nope not found","timestamp":"2026-02-12T10:00:00.000Z"}`},
		{"PUT", "/items/1", 404, `{"error":"Not Found","message":"Route PUT /items/1 not found","timestamp":"2026-02-12T10:00:00.000Z"}`},
		{"BREW", "/items/1", 404, `{"error":"Not Found","message":"Route BREW /items/1 not found","timestamp":"2026-02-12T10:00:00.000Z"}`},
		{"GET", "/Items/1", 404, `{"error":"Not Found","message":"Route GET /Items/1 not found","timestamp":"2026-02-12T10:00:00.000Z"}`},
		{"GET", "/", 404, `{"error":"Not Found","message":"Route GET / not found","timestamp":"2026-02-12T10:00:00.000Z"}`},
		{"GET", "/items/", 404, `{"error":"Not Found","message":"Route GET /items/ not found","timestamp":"2026-02-12T10:00:00.000Z"}`},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			resp, body := h.call(t, c.method, c.path, "")
			assert.Equal(t, c.status, resp.StatusCode)
			assert.Equal(t, c.body, body)
			assert.Equal(t, "application/json; charset=utf-8", resp.Header.Get("Content-Type"))
			assert.Len(t, resp.Header.Get("X-Request-Id"), 36)
		})
	}
	resp, body := h.call(t, "GET", "/items/%C3%28", "")
	assert.Equal(t, 400, resp.StatusCode)
	assert.Contains(t, body, "percent-encoded UTF-8")
}

func TestOnlyMountsASingleModule(t *testing.T) {
	h := start(t, func(o *server.Options[*fixture]) { o.Registry = o.Registry.Only("item.get") })
	resp, _ := h.call(t, "GET", "/items/1", "")
	assert.Equal(t, 200, resp.StatusCode)
	resp, _ = h.call(t, "DELETE", "/items/1", "")
	assert.Equal(t, 404, resp.StatusCode)

	_, err := server.New(server.Options[*fixture]{Registry: routes().Only("nope")})
	require.ErrorContains(t, err, `no route has the id "nope"`)
}

func TestRequestID(t *testing.T) {
	h := start(t, nil)
	for name, c := range map[string]struct {
		id   string
		kept bool
	}{
		"kept":     {"req-1", true},
		"128":      {strings.Repeat("a", 128), true},
		"too long": {strings.Repeat("a", 129), false},
		"no ASCII": {"ä", false},
	} {
		t.Run(name, func(t *testing.T) {
			resp, body := h.call(t, "GET", "/fail/apierr", "", "X-Request-Id", c.id)
			got := resp.Header.Get("X-Request-Id")
			assert.Equal(t, c.kept, got == c.id)
			assert.Contains(t, body, `"requestId":"`+got+`"`)
		})
	}
	_, body := h.call(t, "GET", "/requestid", "", "X-Request-Id", "req-9")
	assert.JSONEq(t, `{"id":"req-9"}`, body)
}

func TestAccessLogHasThePatternNotThePath(t *testing.T) {
	h := start(t, nil)
	h.call(t, "GET", "/things/private?token=private", "", "X-Request-Id", "req-1")
	entries := h.logs.FilterMessage("request").All()
	require.Len(t, entries, 1)
	fields := entries[0].ContextMap()
	assert.Equal(t, "/items/:id", fields["route"])
	assert.Equal(t, "req-1", fields["requestId"])
	assert.EqualValues(t, 200, fields["status"])
	assert.NotContains(t, fields, "private")
}

func TestServeAfterShutdown(t *testing.T) {
	s, err := server.New(server.Options[*fixture]{Registry: routes()})
	require.NoError(t, err)
	require.NoError(t, s.Shutdown(t.Context()))
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.Error(t, s.Serve(ln))
	_, err = ln.Accept()
	require.True(t, errors.Is(err, net.ErrClosed))
	require.False(t, s.Ready())
}
