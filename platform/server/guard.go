package server

import (
	"context"

	"github.com/fasthttp/websocket"
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/orchestrix/orchestrix/platform/registry"
)

// Guard knows who calls. It is asked for every route that is not public.
type Guard interface {
	// Enter refuses a caller whom the route does not take, or returns a context
	// that knows the caller, and the owner that the request is bound to: "" when
	// it may name any.
	Enter(ctx context.Context, need registry.Auth, shown Credentials) (_ context.Context, owner string, err error)
	// Leave follows a handler that did not fail, before its answer is sent.
	Leave(ctx context.Context) error
}

// Credentials are what a request shows of its caller.
type Credentials struct {
	Authorization string // the header
	// Cookie returns a cookie, "" when there is none. A request that a page of
	// another site makes has none: its page may not speak for who is logged in.
	Cookie func(name string) string
}

// enter asks the guard.
func (s *Server[A]) enter(ctx context.Context, rctx *fasthttp.RequestCtx, need registry.Auth) (context.Context, string, error) {
	if need == registry.Public || s.opts.Guard == nil {
		return ctx, "", nil
	}
	return s.opts.Guard.Enter(ctx, need, s.credentials(rctx))
}

func (s *Server[A]) leave(ctx context.Context, need registry.Auth) error {
	if need == registry.Public || s.opts.Guard == nil {
		return nil
	}
	return s.opts.Guard.Leave(ctx)
}

// credentials of a request. Browsers cannot set a header on a WebSocket, so its
// token may come in the query, which is logged nowhere here.
func (s *Server[A]) credentials(rctx *fasthttp.RequestCtx) Credentials {
	shown := Credentials{Authorization: string(rctx.Request.Header.Peek(fiber.HeaderAuthorization))}
	if token := rctx.QueryArgs().Peek("token"); shown.Authorization == "" && len(token) > 0 && websocket.FastHTTPIsWebSocketUpgrade(rctx) {
		shown.Authorization = "Bearer " + string(token)
	}
	foreign := s.foreign(rctx)
	shown.Cookie = func(name string) string {
		if foreign {
			return ""
		}
		return string(rctx.Request.Header.Cookie(name))
	}
	return shown
}

// foreign reports whether a page makes the request that neither comes from here
// nor from an origin that may call.
func (s *Server[A]) foreign(rctx *fasthttp.RequestCtx) bool {
	origin := string(rctx.Request.Header.Peek(fiber.HeaderOrigin))
	return origin != "" && !s.cors.permits(origin) && !isOwn(origin, string(rctx.Host()))
}
