// Package plainws serves plain WebSocket connections: it upgrades requests,
// keeps the connections alive, and sends to them through bounded queues. What is
// said on them is the caller's.
//
// It runs on contrib/socketio, whose reading loop and events it uses and whose
// writing it does not (library.go says why).
package plainws

import (
	"sync"
	"sync/atomic"

	"github.com/gofiber/contrib/websocket"
	"github.com/gofiber/fiber/v2"
	"go.uber.org/zap"
)

// Server holds the open connections.
type Server struct {
	opts    Options
	log     *zap.Logger
	buffers sync.Pool // of *[]byte, for writers at work
	unused  sync.Pool // satisfies the library

	mu     sync.Mutex
	conns  map[*Conn]struct{}
	closed bool
	empty  chan struct{} // closed when closed is set and conns is empty

	accepted, refused, slow, silent, malformed, panics atomic.Int64
}

// Stats are the number of open connections and counters since New.
type Stats struct {
	Open      int
	Accepted  int64
	Refused   int64 // by origin, limit, shutdown or a malformed handshake
	Slow      int64 // dropped because they did not take what was sent
	Silent    int64 // dropped because they answered no ping
	Malformed int64 // dropped because they broke the protocol or sent too large a message
	Panics    int64 // of callbacks
}

// New makes a server. It needs Close only if it ever served.
func New(opts Options) *Server {
	register()
	s := &Server{opts: opts.withDefaults(), conns: map[*Conn]struct{}{}, empty: make(chan struct{})}
	s.log = s.opts.Logger
	s.buffers.New = func() any { return new(make([]byte, 0, 4<<10)) }
	return s
}

// Handle upgrades this request, or refuses it with an answer of its own. A
// request that asks for no upgrade is fiber.ErrUpgradeRequired, and not yet
// answered; nor is one that the peer does not allow.
func (s *Server) Handle(c *fiber.Ctx, p Peer) error {
	request := &c.Context().Request.Header
	if !request.IsGet() || !websocket.IsWebSocketUpgrade(c) {
		return fiber.ErrUpgradeRequired
	}
	origin := string(request.Peek(fiber.HeaderOrigin)) // a copy: callers may keep it
	// What the library would refuse is refused here: its answer drops the
	// headers that are already set.
	switch {
	case string(request.Peek("Sec-WebSocket-Version")) != "13":
		c.Set("Sec-WebSocket-Version", "13")
		return s.refuse(c, fiber.StatusUpgradeRequired, "Unsupported WebSocket version")
	case len(request.Peek("Sec-WebSocket-Key")) == 0:
		return s.refuse(c, fiber.StatusBadRequest, "Sec-WebSocket-Key is missing")
	case origin != "" && s.opts.AllowOrigin != nil && !s.opts.AllowOrigin(origin, string(c.Context().Host())):
		return s.refuse(c, fiber.StatusForbidden, "Origin not allowed")
	}
	if _, reason := s.room(); reason != "" {
		return s.refuse(c, fiber.StatusServiceUnavailable, reason)
	}
	if p.Allow != nil {
		if err := p.Allow(); err != nil {
			return err
		}
	}
	return s.upgrade(c, p)
}

func (s *Server) refuse(c *fiber.Ctx, status int, message string) error {
	s.refused.Add(1)
	return c.Status(status).JSON(fiber.Map{"error": message}, "application/json; charset=utf-8")
}

// Stats says how many connections are open and what became of the others.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	open := len(s.conns)
	s.mu.Unlock()
	return Stats{
		Open: open, Accepted: s.accepted.Load(), Refused: s.refused.Load(), Slow: s.slow.Load(),
		Silent: s.silent.Load(), Malformed: s.malformed.Load(), Panics: s.panics.Load(),
	}
}

func (s *Server) panicked(where string, p any) {
	s.panics.Add(1)
	s.log.Error("websocket callback panicked", zap.String("callback", where), zap.Any("panic", p), zap.Stack("stack"))
}
