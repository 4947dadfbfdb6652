package server_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orchestrix/orchestrix/platform/registry"
	"github.com/orchestrix/orchestrix/platform/server"
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

// cookies is a response with headers beside its body.
type cookies struct {
	OK bool `json:"ok"`

	headers []registry.Header
}

func (c *cookies) Headers() []registry.Header { return c.headers }

func TestResponsesWithHeaders(t *testing.T) {
	for name, c := range map[string]struct {
		headers []registry.Header
		want    map[string]string
	}{
		"none":          {nil, map[string]string{"Set-Cookie": ""}},
		"a cookie":      {[]registry.Header{{Name: "Set-Cookie", Value: "a=1; Path=/; HttpOnly"}}, map[string]string{"Set-Cookie": "a=1; Path=/; HttpOnly"}},
		"several":       {[]registry.Header{{Name: "Set-Cookie", Value: "a=1"}, {Name: "X-Other", Value: "b"}}, map[string]string{"Set-Cookie": "a=1", "X-Other": "b"}},
		"no line break": {[]registry.Header{{Name: "X-Other", Value: "b\r\nX-Evil: 1"}}, map[string]string{"X-Other": "b  X-Evil: 1", "X-Evil": ""}},
	} {
		t.Run(name, func(t *testing.T) {
			r := registry.New[*fixture]()
			r.Register(registry.Route[*fixture]{ID: "a", Method: http.MethodGet, Path: "/a", Summary: "s", Success: http.StatusCreated,
				Handler: registry.Handle(func(context.Context, *fixture, *none) (*cookies, error) { return &cookies{true, c.headers}, nil })})
			h := start(t, func(o *server.Options[*fixture]) { o.Registry = r })
			resp, body := h.call(t, http.MethodGet, "/a", "")
			assert.Equal(t, http.StatusCreated, resp.StatusCode)
			assert.Equal(t, `{"ok":true}`, body, "they are not in the body")
			assert.Equal(t, "application/json; charset=utf-8", resp.Header.Get("Content-Type"))
			for name, value := range c.want {
				assert.Equal(t, value, resp.Header.Get(name), name)
			}
		})
	}
}
