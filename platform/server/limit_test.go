package server_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/orchestrix/orchestrix/platform/limit"
	"github.com/orchestrix/orchestrix/platform/server"
)

func TestRequestsAreLimitedByAddress(t *testing.T) {
	now := time.Date(2026, 2, 12, 10, 0, 0, 0, time.UTC)
	h := start(t, func(o *server.Options[*fixture]) {
		o.Requests = limit.New(2, limit.Options{Clock: func() time.Time { return now }})
		o.TrustedProxies = prefixes("127.0.0.1/32")
		o.Origins = []string{"https://app.example.com"}
	})
	call := func(method, path, from string) (*http.Response, string) {
		return h.call(t, method, path, "", "Origin", "https://app.example.com", "X-Request-Id", "req-1", "X-Forwarded-For", from)
	}
	status := func(method, path, from string) int {
		resp, _ := call(method, path, from)
		return resp.StatusCode
	}
	assert.Equal(t, 200, status("GET", "/items/1", "198.51.100.7"))
	assert.Equal(t, 404, status("GET", "/nothing", "198.51.100.7"), "whatever is asked for counts")
	resp, body := call("GET", "/items/1", "198.51.100.7")
	assert.Equal(t, 429, resp.StatusCode)
	assert.JSONEq(t, `{"error":"Too many requests","message":"Try again later","code":"RATE_LIMITED","requestId":"req-1","timestamp":"2026-02-12T10:00:00.000Z"}`, body)
	assert.Equal(t, "30", resp.Header.Get("Retry-After"))
	assert.Equal(t, "https://app.example.com", resp.Header.Get("Access-Control-Allow-Origin"))
	assert.Equal(t, "true", resp.Header.Get("Access-Control-Allow-Credentials"))
	assert.Contains(t, resp.Header.Get("Access-Control-Expose-Headers"), "Retry-After")
	assert.Equal(t, 429, status("BREW", "/items/1", "198.51.100.7"), "so does any method")

	for range 5 {
		assert.Equal(t, 204, status("OPTIONS", "/items/1", "198.51.100.7"), "a preflight does not count and is not turned away")
	}
	assert.Equal(t, 200, status("GET", "/items/1", "198.51.100.8"), "another address")
	assert.Equal(t, 200, status("GET", "/items/1", "2001:db8::1"))
	assert.Equal(t, 200, status("GET", "/items/1", "2001:db8::2"), "one network of IPv6")
	assert.Equal(t, 429, status("GET", "/items/1", "2001:db8::3"))

	now = now.Add(30 * time.Second)
	assert.Equal(t, 200, status("GET", "/items/1", "198.51.100.7"), "when it said")
	assert.Equal(t, 429, status("GET", "/items/1", "198.51.100.7"))
}

func TestNoLimitIsNone(t *testing.T) {
	h := start(t, func(o *server.Options[*fixture]) { o.Requests = limit.New(0, limit.Options{}) })
	for range 300 {
		resp, _ := h.call(t, http.MethodGet, "/items/1", "")
		assert.Equal(t, 200, resp.StatusCode)
	}
}
