package socketio

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/valyala/fasthttp"
)

// ErrStuck is returned by Close when a handler goes on although its client was
// cut off.
var ErrStuck = errors.New("socketio: a handler did not end")

// errUnavailable is why there is no new session: too many, or none any more.
var errUnavailable = errors.New("socketio: no further sessions")

// Server holds the sessions of any number of clients.
type Server struct {
	opts     Options
	handlers map[string]func(*Socket, *Event)
	upgrader websocket.FastHTTPUpgrader

	mu       sync.RWMutex
	sessions map[string]*session // until nothing runs for them any more
	open     int                 // of these, not ended
	closed   bool
	tasks    sync.WaitGroup // one for each of sessions
}

// New returns a server without handlers.
func New(opts Options) *Server {
	return &Server{
		opts:     opts.withDefaults(),
		handlers: map[string]func(*Socket, *Event){},
		sessions: map[string]*session{},
		upgrader: websocket.FastHTTPUpgrader{
			// Headers only: a message is read past the buffer.
			ReadBufferSize: 512,
			// Frames are written by wsConn, so the pool stays empty; without one
			// every connection would own a buffer.
			WriteBufferPool: &sync.Pool{},
			CheckOrigin:     func(*fasthttp.RequestCtx) bool { return true }, // Handle has
			Error:           func(rctx *fasthttp.RequestCtx, _ int, _ error) { badRequest.write(rctx) },
		},
	}
}

// On sets the handler of an event. It must not be called while serving. Events
// of one client are handled one after the other; nothing else of that client is
// read meanwhile.
func (srv *Server) On(event string, handle func(*Socket, *Event)) { srv.handlers[event] = handle }

// Stats returns how many sessions are open.
func (srv *Server) Stats() (sessions int) {
	srv.mu.RLock()
	defer srv.mu.RUnlock()
	return srv.open
}

// session is nil when there is none, or none any more.
func (srv *Server) session(id string) *session {
	srv.mu.RLock()
	s := srv.sessions[id]
	srv.mu.RUnlock()
	if s == nil || s.over() {
		return nil
	}
	return s
}

func (srv *Server) admits() bool {
	srv.mu.RLock()
	defer srv.mu.RUnlock()
	return srv.admitsLocked()
}

func (srv *Server) admitsLocked() bool {
	return !srv.closed && len(srv.sessions) < srv.opts.MaxSessions
}

func (srv *Server) add(s *session) error {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	if !srv.admitsLocked() {
		return errUnavailable
	}
	srv.sessions[s.id] = s
	srv.open++
	srv.tasks.Add(1)
	return nil
}

// ended counts a session out, removed forgets it when nothing runs for it.
func (srv *Server) ended() {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	srv.open--
}

func (srv *Server) removed(s *session) {
	srv.mu.Lock()
	delete(srv.sessions, s.id)
	srv.mu.Unlock()
	srv.tasks.Done()
}

// Close takes no new sessions, ends all with what is queued and a farewell, and
// waits until nothing runs for them. When ctx ends first, it cuts what is left
// and returns the error of ctx, or ErrStuck when a handler has not ended a
// second later.
func (srv *Server) Close(ctx context.Context) error {
	for _, s := range srv.shut() {
		s.end(ending{reason: "server shutting down", code: websocket.CloseGoingAway, drain: true, leave: !srv.opts.SilentClose})
		s.forget()
	}
	done := make(chan struct{})
	go func() { srv.tasks.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	for _, s := range srv.shut() {
		s.cut()
	}
	grace := time.NewTimer(closeGrace)
	defer grace.Stop()
	select {
	case <-done:
		return ctx.Err()
	case <-grace.C:
		return ErrStuck
	}
}

// shut refuses new sessions and returns those there are.
func (srv *Server) shut() []*session {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	srv.closed = true
	all := make([]*session, 0, len(srv.sessions))
	for _, s := range srv.sessions {
		all = append(all, s)
	}
	return all
}
