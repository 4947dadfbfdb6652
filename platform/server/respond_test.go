package server_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestResponses(t *testing.T) {
	h := start(t, nil)
	for _, c := range []struct {
		path   string
		status int
		kind   string
		body   string
	}{
		{"/nested", 200, "application/json; charset=utf-8",
			`{"object":{"z":"<&>","a":[1,null]},"entries":[{"name":"one","tags":[]},{"name":"two","count":2}],` +
				`"any":{"y":1,"b":1.5},"at":"2026-01-02T03:04:05.006Z","map":{"a":1,"b":2}}`},
		{"/reply", 201, "application/json; charset=utf-8", `{"b":1,"a":2}`},
		{"/text", 200, "text/plain", "hi"},
		{"/empty", 204, "", ""},
		{"/raw/a%2Fb", 200, "", "a/b r1"},
	} {
		t.Run(c.path, func(t *testing.T) {
			resp, body := h.call(t, "GET", c.path, "", "X-Request-Id", "r1")
			assert.Equal(t, c.status, resp.StatusCode)
			assert.Equal(t, c.body, body)
			if c.kind != "" {
				assert.Equal(t, c.kind, resp.Header.Get("Content-Type"))
			}
			if c.path == "/reply" {
				assert.Equal(t, "e1", resp.Header.Get("X-Execution-Id"))
			}
		})
	}
}
