package server_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/assert"

	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/registry"
	"github.com/orchestrix/orchestrix/platform/server"
)

// guard notes what it and the handlers do, one word each.
type guard struct {
	refuses, leaves error // what Enter and Leave return
	noted           []string
	shown           server.Credentials
	cookie          string
}

type guardKey struct{}

func (g *guard) note(what string) { g.noted = append(g.noted, what) }

func (g *guard) Enter(ctx context.Context, need registry.Auth, shown server.Credentials) (context.Context, string, error) {
	g.note("enter " + need.String())
	g.shown, g.cookie = shown, shown.Cookie("sid")
	return context.WithValue(ctx, guardKey{}, "known"), "ann", g.refuses
}

func (g *guard) Leave(ctx context.Context) error {
	g.note("leave " + ctx.Value(guardKey{}).(string))
	return g.leaves
}

// routes are one for each kind of caller; what the path ends with is what the
// handler does.
func (g *guard) routes() *registry.Registry[*fixture] {
	type request struct {
		Does string `param:"does"`
	}
	type ownedRequest struct {
		Owner string `query:"ownerId" owner:"caller"`
		request
	}
	do := func(ctx context.Context, does, owner string) (*doc.Object, error) {
		who, _ := ctx.Value(guardKey{}).(string)
		g.note("handle " + who)
		switch does {
		case "fail":
			return nil, apierr.Conflict("taken")
		case "panic":
			panic("private detail")
		}
		return &doc.Object{{"owner", owner}}, nil
	}
	r := registry.New[*fixture]()
	for _, auth := range []registry.Auth{registry.Public, registry.Caller, registry.Session} {
		r.Register(registry.Route[*fixture]{ID: auth.String(), Method: http.MethodGet, Path: "/" + auth.String() + "/:does", Summary: "s", Auth: auth,
			Handler: registry.Handle(func(ctx context.Context, _ *fixture, req *request) (*doc.Object, error) { return do(ctx, req.Does, "") })})
	}
	r.Register(registry.Route[*fixture]{ID: "owned", Method: http.MethodGet, Path: "/owned/:does", Summary: "s", Auth: registry.Owned,
		Handler: registry.Handle(func(ctx context.Context, _ *fixture, req *ownedRequest) (*doc.Object, error) {
			return do(ctx, req.Does, req.Owner)
		})})
	r.Register(registry.Route[*fixture]{ID: "handshake", Method: http.MethodGet, Path: "/handshake", Summary: "s", Auth: registry.Handshake,
		Handler: registry.Raw[*fixture](func(c *fiber.Ctx, _ *fixture) error {
			_, err := do(c.UserContext(), "", "")
			return errors.Join(err, c.SendString("raw"))
		})})
	return r
}

func (g *guard) start(t *testing.T, origins ...string) *host {
	return start(t, func(o *server.Options[*fixture]) { o.Registry, o.Guard, o.Origins = g.routes(), g, origins })
}

func TestGuard(t *testing.T) {
	unauthorized, lost := apierr.Unauthorized("No token provided"), errors.New("the session cannot be saved")
	for name, c := range map[string]struct {
		path            string
		refuses, leaves error
		status          int
		body            string
		noted           []string
	}{
		"public is not asked for": {path: "/public/x", status: 200, body: `{"owner":""}`, noted: []string{"handle "}},
		"no route":                {path: "/nothing", status: 404, body: "Not Found"},
		"caller":                  {path: "/caller/x", status: 200, body: `{"owner":""}`, noted: []string{"enter caller", "handle known", "leave known"}},
		"session":                 {path: "/session/x", status: 200, body: `{"owner":""}`, noted: []string{"enter session", "handle known", "leave known"}},
		"owned":                   {path: "/owned/x?ownerId=bob", status: 200, body: `{"owner":"ann"}`, noted: []string{"enter owned", "handle known", "leave known"}},
		"raw, which answers":      {path: "/handshake", status: 200, body: "raw", noted: []string{"enter handshake", "handle known"}},
		"refused":                 {path: "/session/x", refuses: unauthorized, status: 401, body: "No token provided", noted: []string{"enter session"}},
		"refused, raw":            {path: "/handshake", refuses: unauthorized, status: 401, body: "No token provided", noted: []string{"enter handshake"}},
		"a handler fails":         {path: "/caller/fail", status: 409, body: "taken", noted: []string{"enter caller", "handle known"}},
		"a handler panics":        {path: "/caller/panic", status: 500, body: "Internal server error", noted: []string{"enter caller", "handle known"}},
		"a path that is none":     {path: "/caller/%C3%28", status: 400, body: "percent-encoded"},
		"leaving fails":           {path: "/owned/x", leaves: lost, status: 500, body: "Internal server error", noted: []string{"enter owned", "handle known", "leave known"}},
	} {
		t.Run(name, func(t *testing.T) {
			g := &guard{refuses: c.refuses, leaves: c.leaves}
			resp, body := g.start(t).call(t, http.MethodGet, c.path, "")
			assert.Equal(t, c.status, resp.StatusCode, "%s", body)
			assert.Contains(t, body, c.body)
			assert.Equal(t, c.noted, g.noted)
			if c.status != 200 {
				assert.NotContains(t, body, "owner", "nothing of a handler's answer was sent")
			}
		})
	}
}

func TestCredentials(t *testing.T) {
	upgrade := []string{"Connection", "Upgrade", "Upgrade", "websocket"}
	for name, c := range map[string]struct {
		query         string
		headers       []string
		authorization string
		cookie        string
	}{
		"none":                        {},
		"a header":                    {headers: []string{"Authorization", "Bearer t"}, authorization: "Bearer t"},
		"a cookie":                    {headers: []string{"Cookie", "sid=1; other=2"}, cookie: "1"},
		"both":                        {headers: []string{"Authorization", "Basic b", "Cookie", "sid=1"}, authorization: "Basic b", cookie: "1"},
		"a query says nothing":        {query: "?token=q"},
		"but on a WebSocket":          {query: "?token=q", headers: upgrade, authorization: "Bearer q"},
		"an empty one":                {query: "?token=", headers: upgrade},
		"a header beats it":           {query: "?token=q", headers: append(slices.Clone(upgrade), "Authorization", "Bearer t"), authorization: "Bearer t"},
		"another upgrade":             {query: "?token=q", headers: []string{"Connection", "Upgrade", "Upgrade", "h2c"}},
		"half an upgrade":             {query: "?token=q", headers: []string{"Upgrade", "websocket"}},
		"a cookie from the same host": {headers: []string{"Cookie", "sid=1", "Origin", "http://HOST"}, cookie: "1"},
		"over HTTPS":                  {headers: []string{"Cookie", "sid=1", "Origin", "https://HOST"}, cookie: "1"},
		"from one that may call":      {headers: []string{"Cookie", "sid=1", "Origin", "https://app.example.com"}, cookie: "1"},
		"from another site":           {headers: []string{"Cookie", "sid=1", "Origin", "https://evil.example.com"}},
		"on its WebSocket":            {headers: append(slices.Clone(upgrade), "Cookie", "sid=1", "Origin", "https://evil.example.com")},
		"from no site":                {headers: []string{"Cookie", "sid=1", "Origin", "null"}},
		"another site's own token":    {headers: []string{"Authorization", "Bearer t", "Cookie", "sid=1", "Origin", "https://evil.example.com"}, authorization: "Bearer t"},
	} {
		t.Run(name, func(t *testing.T) {
			g := &guard{}
			h := g.start(t, "https://app.example.com")
			for i, value := range c.headers {
				switch value {
				case "http://HOST", "https://HOST":
					c.headers[i] = value[:len(value)-len("HOST")] + h.addr
				}
			}
			resp, body := h.call(t, http.MethodGet, "/session/x"+c.query, "", c.headers...)
			assert.Equal(t, 200, resp.StatusCode, body)
			assert.Equal(t, c.authorization, g.shown.Authorization)
			assert.Equal(t, c.cookie, g.cookie)
		})
	}
}

func TestWithoutAGuardEveryRouteIsOpen(t *testing.T) {
	g := &guard{}
	h := start(t, func(o *server.Options[*fixture]) { o.Registry = g.routes() })
	_, body := h.call(t, http.MethodGet, "/owned/x?ownerId=bob", "")
	assert.Equal(t, `{"owner":"bob"}`, body)
	assert.Equal(t, []string{"handle "}, g.noted)
}
