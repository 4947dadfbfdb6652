package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/orchestrix/orchestrix/platform/server"
)

func TestObserve(t *testing.T) {
	var mu sync.Mutex
	var told []string
	h := start(t, func(o *server.Options[*fixture]) {
		o.Observe = func(method, route string, status int, took time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, fmt.Sprintf("%s %s %d %t", method, route, status, took > 0))
		}
	})
	for _, c := range []struct{ method, path, want string }{
		{http.MethodGet, "/items/secret", "GET /items/:id 200 true"},
		{http.MethodGet, "/things/secret", "GET /items/:id 200 true"}, // an alias
		{http.MethodHead, "/items/secret", "HEAD /items/:id 200 true"},
		{http.MethodGet, "/fail/apierr", "GET /fail/:id 409 true"},
		{http.MethodGet, "/fail/panic", "GET /fail/:id 500 true"},
		{http.MethodGet, "/raw/secret", "GET /raw/:id 200 true"},
		{http.MethodGet, "/raw/bad", "GET /raw/:id 426 true"},
		{http.MethodGet, "/secret", "GET  404 true"},
		{http.MethodGet, "/%C3%28", "GET  400 true"},
		{http.MethodOptions, "/items/secret", "OPTIONS  204 true"},
		{"BREW", "/items/secret", "BREW  404 true"},
	} {
		h.call(t, c.method, c.path, "")
		mu.Lock()
		assert.Equal(t, []string{c.want}, told, "%s %s", c.method, c.path)
		told = nil
		mu.Unlock()
	}
	resp := h.raw(t, "GET /items/1 HTTP/1.1\r\nHost: x\r\nX-Long: "+strings.Repeat("x", 32<<10)+"\r\n\r\n")
	defer resp.Body.Close()
	mu.Lock()
	defer mu.Unlock()
	assert.Equal(t, []string{"GET  431 true"}, told, "what cannot be read is told too")
}
