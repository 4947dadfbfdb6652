package socketio

import (
	"net/http"
	"strconv"

	"github.com/fasthttp/websocket"
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// refusal is an error code of Engine.IO.
type refusal int

const (
	accepted         refusal = -1
	unknownTransport refusal = 0
	unknownSession   refusal = 1
	badMethod        refusal = 2
	badRequest       refusal = 3
	forbidden        refusal = 4
	badVersion       refusal = 5
)

var refusals = [...]string{"Transport unknown", "Session ID unknown", "Bad handshake method", "Bad request",
	"Forbidden", "Unsupported protocol version"}

func (r refusal) write(rctx *fasthttp.RequestCtx) {
	rctx.SetStatusCode(http.StatusBadRequest)
	if r == forbidden {
		rctx.SetStatusCode(http.StatusForbidden)
	}
	rctx.SetContentType("application/json")
	rctx.SetBodyString(`{"code":` + strconv.Itoa(int(r)) + `,"message":"` + refusals[r] + `"}`)
}

const (
	polling   = "polling"
	webSocket = "websocket"
)

// Handle answers every method on the Socket.IO path. CORS is the caller's.
func (srv *Server) Handle(c *fiber.Ctx) error { return srv.HandleFrom(c, nil) }

// HandleFrom is Handle with what the caller knows of the request. If the request
// opens a session, its sockets have that as their Handshake.
func (srv *Server) HandleFrom(c *fiber.Ctx, handshake any) error {
	s := srv.session(c.Query("sid"))
	if r := srv.verify(c, s); r != accepted {
		r.write(c.Context())
		return nil
	}
	if s == nil && !srv.admits() {
		return c.SendStatus(http.StatusServiceUnavailable)
	}
	if c.Query("transport") == webSocket {
		return srv.upgrade(c, s, handshake)
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	if s == nil {
		var err error
		if s, err = srv.newSession(queryOf(c), nil); err != nil {
			return c.SendStatus(http.StatusServiceUnavailable)
		}
		s.shook = handshake // the client does not know the session yet
	}
	if c.Method() == fiber.MethodPost {
		return s.servePost(c)
	}
	return s.servePoll(c)
}

// verify checks in the order of the Node server, so that a request with several
// mistakes gets the same answer.
func (srv *Server) verify(c *fiber.Ctx, s *session) refusal {
	transport, method := c.Query("transport"), c.Method()
	upgrade := websocket.FastHTTPIsWebSocketUpgrade(c.Context())
	switch {
	case transport != polling && transport != webSocket:
		return unknownTransport
	case c.Query("sid") != "" && s == nil:
		return unknownSession
	case transport == polling && s != nil && s.moved():
		return badRequest
	case transport == polling && method != fiber.MethodGet && (method != fiber.MethodPost || s == nil):
		return badMethod
	case transport == webSocket && method != fiber.MethodGet:
		return badMethod
	case transport == webSocket && !upgrade:
		return badRequest
	case transport == webSocket && !srv.allows(c):
		return forbidden
	case s == nil && c.Query("EIO") != "4":
		return badVersion
	}
	return accepted
}

func (srv *Server) allows(c *fiber.Ctx) bool {
	origin := string(c.Request().Header.Peek(fiber.HeaderOrigin))
	return origin == "" || srv.opts.AllowOrigin == nil || srv.opts.AllowOrigin(origin, string(c.Context().Host()))
}

// queryOf copies: the library reuses its buffers.
func queryOf(c *fiber.Ctx) string { return string(c.Request().URI().QueryString()) }
