package server

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
)

// lingerTime is how long what a client still sends after an early answer (a 413)
// is read, so that the answer is not lost to a reset (RFC 9112, 9.6).
const lingerTime = 3 * time.Second

// conns is the listener and the open connections. The library counts a
// connection on which nothing was ever sent as busy, and would wait for it.
type conns struct {
	net.Listener
	writeTimeout time.Duration

	closing sync.Once
	err     error

	mu       sync.Mutex
	open     map[*conn]struct{}
	draining bool
}

func (s *conns) Accept() (net.Conn, error) {
	nc, err := s.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: nc, set: s}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[c] = struct{}{}
	if s.draining {
		_ = nc.Close()
	}
	return c, nil
}

// Close closes the listener only: the library and Shutdown both do.
func (s *conns) Close() error {
	s.closing.Do(func() { s.err = s.Listener.Close() })
	return s.err
}

// drain cuts connections that wait for a request, now and from now on.
func (s *conns) drain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.draining = true
	for c := range s.open {
		if !c.busy.Load() {
			_ = c.Conn.Close()
		}
	}
}

// cut closes all that is left, open WebSockets too.
func (s *conns) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.open {
		_ = c.Conn.Close()
	}
}

// conn is a connection with a limit on each write; the library's own limit
// would cut streams.
type conn struct {
	net.Conn
	set    *conns
	busy   atomic.Bool // a request is arriving or being answered
	timed  atomic.Bool // who writes sets the limits of its writes itself
	linger atomic.Bool // the peer may still be sending
}

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.busy.Store(true)
	}
	return n, err
}

func (c *conn) Write(p []byte) (int, error) {
	if !c.timed.Load() {
		if err := c.Conn.SetWriteDeadline(time.Now().Add(c.set.writeTimeout)); err != nil {
			return 0, err
		}
	}
	return c.Conn.Write(p)
}

// SetWriteDeadline leaves the limits to the caller from now on, as WebSockets
// have their own.
func (c *conn) SetWriteDeadline(t time.Time) error {
	c.timed.Store(true)
	return c.Conn.SetWriteDeadline(t)
}

func (c *conn) Close() error {
	if half, ok := c.Conn.(*net.TCPConn); ok && c.linger.Load() && half.CloseWrite() == nil {
		_ = c.SetReadDeadline(time.Now().Add(lingerTime))
		_, _ = io.Copy(io.Discard, c.Conn)
	}
	c.set.mu.Lock()
	delete(c.set.open, c)
	c.set.mu.Unlock()
	return c.Conn.Close()
}

// trackState notices that an answer has been sent. When a further request is
// already in the library's buffer, markBusy takes the mark back.
func trackState(nc net.Conn, state fasthttp.ConnState) {
	if c, ok := nc.(*conn); ok && state == fasthttp.StateIdle {
		c.busy.Store(false)
	}
}

func markBusy(rctx *fasthttp.RequestCtx) {
	if c, ok := rctx.Conn().(*conn); ok {
		c.busy.Store(true)
	}
}

func lingerOnClose(rctx *fasthttp.RequestCtx) {
	if c, ok := rctx.Conn().(*conn); ok {
		c.linger.Store(true)
	}
}
