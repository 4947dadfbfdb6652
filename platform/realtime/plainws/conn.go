package plainws

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/fasthttp/websocket"
)

// ErrClosed is returned by WaitQueued when the connection is closed.
var ErrClosed = errors.New("the connection is closed")

// frameCost is what a queued frame costs besides its bytes, so that a limit in
// bytes limits the number of frames too.
const frameCost = 32

// Peer is what a caller does on one connection. Any of the four may be nil.
// Allow is asked before the upgrade, once nothing else speaks against it; its
// error is Handle's, and there is no connection then.
// Open and Message are called one after the other, and Message owns its bytes,
// text or binary. Closed is called exactly once if Open was (also if Open
// panicked), after everything else; from then on the connection does nothing.
// A panic closes the connection and no other.
type Peer struct {
	Allow   func() error
	Open    func(*Conn)
	Message func(*Conn, []byte)
	Closed  func(*Conn)
}

// Conn is one client. Its methods may be called from everywhere, at any time.
type Conn struct {
	Data any // the caller's

	server *Server
	peer   Peer
	raw    *websocket.Conn // the reading side, for the library's reading goroutine only
	wire   net.Conn

	writers sync.WaitGroup // one at most, see wake

	mu       sync.Mutex
	queue    [][]byte // from head on; shared with other connections
	head     int
	queued   int // what queue and the write under way cost
	inFlight int // the latter
	drained  chan struct{}
	writing  bool
	ping     bool   // due
	pong     []byte // due: the frame that answers the last ping
	goodbye  []byte // due after the queue: the close frame
	closing  bool   // nothing more is queued
	ended    bool   // nothing more is written
	over     bool   // wire is not ours any more

	beat     *time.Timer // sends pings
	deadline *time.Timer // of a connection that is closing
	watchdog *time.Timer // of the write under way
}

// Send queues b as one text frame and never waits. The bytes are shared and must
// not be changed any more. It is false when the client is gone, or so far behind
// that it is now closed with 1013; a frame is always taken when nothing waits,
// however large it is.
func (c *Conn) Send(b []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return false
	}
	cost := len(b) + frameCost
	if c.queued > 0 && c.queued+cost > c.server.opts.MaxQueueBytes {
		c.server.slow.Add(1)
		c.drop()
		c.close(closeFrame(closeTryAgainLater, "too slow"))
		return false
	}
	c.queue = append(c.queue, b)
	c.queued += cost
	c.wake()
	return true
}

// Queued is how many bytes wait to be sent or are being sent; each frame counts
// 32 bytes more than it holds.
func (c *Conn) Queued() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.queued
}

// WaitQueued waits until fewer bytes than below wait to be sent; 1 or less means
// all are sent. It returns ErrClosed as soon as the connection is closing, and
// the error of ctx when that ends first.
func (c *Conn) WaitQueued(ctx context.Context, below int) error {
	below = max(below, 1)
	for {
		c.mu.Lock()
		if c.closing {
			c.mu.Unlock()
			return ErrClosed
		}
		if c.queued < below {
			c.mu.Unlock()
			return nil
		}
		if c.drained == nil {
			c.drained = make(chan struct{})
		}
		drained := c.drained
		c.mu.Unlock()
		select {
		case <-drained:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Close sends what is queued and then a close frame, and ends the connection
// when the client has answered, or CloseTimeout later. It does not wait; further
// calls do nothing. The reason is cut to the 123 bytes that fit.
func (c *Conn) Close(code int, reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.close(closeFrame(code, reason))
}

// close begins the end of the connection; c.mu is held.
func (c *Conn) close(goodbye []byte) {
	if c.closing {
		return
	}
	c.closing, c.goodbye = true, goodbye
	c.deadline = time.AfterFunc(c.server.opts.CloseTimeout, c.cut)
	c.wake()
	c.notify()
}

// drop forgets what is queued, but not the write under way; c.mu is held.
func (c *Conn) drop() {
	c.queue, c.head, c.queued = nil, 0, c.inFlight
	c.notify()
}

// notify lets WaitQueued look again; c.mu is held.
func (c *Conn) notify() {
	if c.drained != nil {
		close(c.drained)
		c.drained = nil
	}
}

// cut ends the connection now: reads and writes under way fail. A deadline would
// not do, as the host sets its own with each write.
func (c *Conn) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.over {
		_ = c.wire.Close()
	}
}
