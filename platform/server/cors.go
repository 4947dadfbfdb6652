package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/valyala/fasthttp"
)

// cors decides which origins may read answers. With exactly one origin it is
// always named, as the old backend did; else the caller's is when it may.
type cors struct {
	origins []string
	local   bool // any port of this machine, for development
}

func newCORS(origins []string, production bool) cors {
	var c cors
	for _, origin := range origins {
		if origin = strings.TrimRight(strings.TrimSpace(origin), "/"); origin != "" {
			c.origins = append(c.origins, origin)
		}
	}
	c.local = len(c.origins) == 0 && !production
	return c
}

func (c cors) allow(origin string) string {
	if len(c.origins) == 1 {
		return c.origins[0]
	}
	if origin != "" && c.permits(origin) {
		return origin
	}
	return ""
}

func (c cors) permits(origin string) bool {
	return slices.Contains(c.origins, origin) || c.local && isLocal(origin)
}

// AllowOrigin tells which origins may open sockets to a host: those that CORS
// lets call (http.md, "CORS"), and the host's own pages.
func AllowOrigin(origins []string, production bool) func(origin, host string) bool {
	c := newCORS(origins, production)
	return func(origin, host string) bool { return c.permits(origin) || isOwn(origin, host) }
}

func isOwn(origin, host string) bool { return origin == "http://"+host || origin == "https://"+host }

func isLocal(origin string) bool {
	u, err := url.Parse(origin)
	return err == nil && u.Scheme == "http" && (u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1") &&
		u.Scheme+"://"+u.Host == origin
}

// dress sets the CORS headers of any answer.
func (c cors) dress(rctx *fasthttp.RequestCtx) {
	h := &rctx.Response.Header
	if c.local || len(c.origins) > 1 {
		h.Add("Vary", "Origin")
	}
	if origin := c.allow(string(rctx.Request.Header.Peek("Origin"))); origin != "" {
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Allow-Credentials", "true")
		h.Set("Access-Control-Expose-Headers", "X-Request-Id,X-Execution-Id,Retry-After")
	}
}

// preflight answers any OPTIONS.
func (c cors) preflight(rctx *fasthttp.RequestCtx) {
	h := &rctx.Response.Header
	h.Set("Access-Control-Allow-Methods", "GET,POST,PUT,DELETE,PATCH")
	h.Set("Access-Control-Allow-Headers", "Content-Type,Authorization")
	rctx.SetStatusCode(http.StatusNoContent)
}
