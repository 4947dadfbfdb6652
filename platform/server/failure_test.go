package server_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/server"
)

const stamp = `"requestId":"r1","timestamp":"2026-02-12T10:00:00.000Z"}`

func TestFailures(t *testing.T) {
	for _, c := range []struct {
		path       string
		production bool
		status     int
		body       string
		logged     string // the cause, "" when nothing is logged as an error
		retryAfter string
	}{
		{"/fail/apierr", false, 409, `{"error":"Conflict","message":"taken","code":"TAKEN","field":"name",` + stamp, "", ""},
		{"/fail/deadline", true, 504, `{"error":"The request took too long",` + stamp, "find: context deadline exceeded", ""},
		{"/brief", true, 504, `{"error":"The request took too long",` + stamp, "context deadline exceeded", ""},
		{"/fail/unavailable", true, 503, `{"error":"The database is unavailable","code":"UNAVAILABLE",` + stamp, "find at db.internal: store unavailable", "1"},
		{"/fail/wrapped", true, 503, `{"error":"The database is unavailable","code":"UNAVAILABLE",` + stamp, "store unavailable", "1"},
		{"/fail/plain", true, 500, `{"error":"Internal server error",` + stamp, "private detail", ""},
		{"/fail/plain", false, 500, `{"error":"Internal server error","details":"private detail",` + stamp, "private detail", ""},
		{"/fail/panic", true, 500, `{"error":"Internal server error",` + stamp, "panic: private detail", ""},
		{"/fail/panic", false, 500, `{"error":"Internal server error","details":"panic: private detail",` + stamp, "panic: private detail", ""},
		{"/raw/bad", true, 426, `{"error":"upgrade",` + stamp, "", ""},
	} {
		t.Run(fmt.Sprint(c.path, c.production), func(t *testing.T) {
			h := start(t, func(o *server.Options[*fixture]) { o.Production = c.production })
			resp, body := h.call(t, "GET", c.path, "", "X-Request-Id", "r1")
			assert.Equal(t, c.status, resp.StatusCode)
			assert.Equal(t, c.body, body)
			assert.Equal(t, "application/json; charset=utf-8", resp.Header.Get("Content-Type"))
			assert.Equal(t, c.retryAfter, resp.Header.Get("Retry-After"))
			errors := h.logs.FilterMessage("request failed").All()
			if c.logged == "" {
				require.Empty(t, errors)
				return
			}
			require.Len(t, errors, 1)
			fields := errors[0].ContextMap()
			assert.Contains(t, fields["error"], c.logged)
			assert.Equal(t, "r1", fields["requestId"])
			assert.NotEmpty(t, fields["stack"])
			if c.path == "/fail/panic" {
				assert.Contains(t, fields["stack"], "fixture_test.go", "the stack of the panic")
			}
		})
	}
}

// raw sends bytes and reads the answers on one connection.
func (h *host) raw(t testing.TB, request string) *http.Response {
	t.Helper()
	c, err := net.Dial("tcp", h.addr)
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	require.NoError(t, c.SetDeadline(time.Now().Add(10*time.Second)))
	_, err = io.WriteString(c, request)
	require.NoError(t, err)
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(t, err)
	return resp
}

func TestFailuresBelowTheRoutes(t *testing.T) {
	h := start(t, func(o *server.Options[*fixture]) { o.Origins = []string{"http://app.example"} })
	for name, c := range map[string]struct {
		request string
		status  int
		body    string
	}{
		"headers": {"GET /items/1 HTTP/1.1\r\nHost: x\r\nX-Long: " + strings.Repeat("a", 17<<10) + "\r\n\r\n", 431,
			`"error":"The request headers are over 16384 bytes"`},
		"declared length": {"POST /echo HTTP/1.1\r\nHost: x\r\nX-Request-Id: mine\r\nContent-Type: application/json\r\nContent-Length: 10485761\r\n\r\n", 413,
			`{"error":"The request body is over 10485760 bytes","requestId":"mine"`},
		"no HTTP": {"hello\r\n\r\n", 400, `"error":"Malformed HTTP request"`},
	} {
		t.Run(name, func(t *testing.T) {
			resp := h.raw(t, c.request)
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			assert.Equal(t, c.status, resp.StatusCode)
			assert.Contains(t, string(body), c.body)
			assert.Contains(t, string(body), `"timestamp"`)
			assert.Equal(t, "http://app.example", resp.Header.Get("Access-Control-Allow-Origin"))
			assert.NotEmpty(t, resp.Header.Get("X-Request-Id"))
			assert.Equal(t, "application/json; charset=utf-8", resp.Header.Get("Content-Type"))
		})
	}
}

// A body that is too large may take its time to come, and its sender may read only
// after it: the answer is there all the same.
func TestOversizeBodyThatComesSlowly(t *testing.T) {
	h := start(t, nil)
	c, err := net.Dial("tcp", h.addr)
	require.NoError(t, err)
	defer c.Close()
	require.NoError(t, c.SetDeadline(time.Now().Add(10*time.Second)))
	_, err = io.WriteString(c, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 20000000\r\n\r\n")
	require.NoError(t, err)
	for range 6 {
		_, err = c.Write(make([]byte, 64<<10))
		require.NoError(t, err)
		time.Sleep(100 * time.Millisecond)
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(t, err)
	defer resp.Body.Close()
	assert.Equal(t, http.StatusRequestEntityTooLarge, resp.StatusCode)
}

func TestCORS(t *testing.T) {
	one, two := []string{"http://a.example/"}, []string{"http://a.example", "http://b.example"}
	for _, c := range []struct {
		name       string
		origins    []string
		production bool
		origin     string
		allowed    string
		varies     bool
	}{
		{"one, none sent", one, true, "", "http://a.example", false},
		{"one, another sent", one, true, "http://evil.example", "http://a.example", false},
		{"two, second", two, true, "http://b.example", "http://b.example", true},
		{"two, another", two, true, "http://evil.example", "", true},
		{"two, none sent", two, true, "", "", true},
		{"none, production", nil, true, "http://localhost:3000", "", false},
		{"none, localhost", nil, false, "http://localhost:3000", "http://localhost:3000", true},
		{"none, 127.0.0.1", nil, false, "http://127.0.0.1:5173", "http://127.0.0.1:5173", true},
		{"none, lookalike", nil, false, "http://localhost.evil.example", "", true},
		{"none, with user", nil, false, "http://localhost@evil.example", "", true},
		{"none, https", nil, false, "https://localhost:1", "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := start(t, func(o *server.Options[*fixture]) { o.Origins, o.Production = c.origins, c.production })
			var headers []string
			if c.origin != "" {
				headers = []string{"Origin", c.origin}
			}
			for _, request := range [][2]string{{"GET", "/items/1"}, {"GET", "/nope"}, {"OPTIONS", "/nope"}, {"GET", "/fail/plain"}} {
				resp, body := h.call(t, request[0], request[1], "", headers...)
				assert.Equal(t, c.allowed, resp.Header.Get("Access-Control-Allow-Origin"))
				assert.Equal(t, c.varies, resp.Header.Get("Vary") == "Origin")
				if c.allowed != "" {
					assert.Equal(t, "true", resp.Header.Get("Access-Control-Allow-Credentials"))
					assert.Equal(t, "X-Request-Id,X-Execution-Id,Retry-After", resp.Header.Get("Access-Control-Expose-Headers"))
				}
				if request[0] == "OPTIONS" {
					assert.Equal(t, 204, resp.StatusCode)
					assert.Empty(t, body)
					assert.Equal(t, "GET,POST,PUT,DELETE,PATCH", resp.Header.Get("Access-Control-Allow-Methods"))
					assert.Equal(t, "Content-Type,Authorization", resp.Header.Get("Access-Control-Allow-Headers"))
				}
			}
		})
	}
}
