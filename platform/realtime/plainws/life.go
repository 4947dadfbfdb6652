package plainws

import (
	"errors"
	"io"
	"net"
	"time"

	"github.com/fasthttp/websocket"
)

// begin runs before the library reads.
func (c *Conn) begin() {
	c.raw.SetReadLimit(c.server.opts.MaxMessage)
	c.raw.SetPongHandler(func(string) error { return c.heard() })
	c.raw.SetPingHandler(c.answerPing)
	c.raw.SetCloseHandler(c.answerClose)
	_ = c.heard() // on a dead connection the first read says so
	if code, reason := c.server.admit(c); reason != "" {
		c.peer = Peer{}
		c.Close(code, reason)
		return
	}
	c.mu.Lock()
	c.beat = time.AfterFunc(c.server.opts.PingInterval, c.sendPing)
	c.mu.Unlock()
	if c.peer.Open != nil {
		c.call("open", func() { c.peer.Open(c) })
		_ = c.heard()
	}
}

// heard moves the deadline of a client that gave a sign of life.
func (c *Conn) heard() error {
	return c.wire.SetReadDeadline(time.Now().Add(c.server.opts.PongTimeout))
}

func (c *Conn) sendPing() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return
	}
	c.ping = true
	c.wake()
	c.beat.Reset(c.server.opts.PingInterval)
}

// answerPing leaves the answer to the writer. When pings come faster than
// answers leave, the last is answered, which the protocol allows.
func (c *Conn) answerPing(data string) error {
	c.mu.Lock()
	if !c.closing {
		c.pong = appendFrame(nil, websocket.PongMessage, []byte(data))
		c.wake()
	}
	c.mu.Unlock()
	return c.heard()
}

// answerClose answers the close frame of a client, or takes it for the answer to
// ours. It reads no more of what is queued.
func (c *Conn) answerClose(code int, _ string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop()
	c.close(closeFrame(code, ""))
	return nil
}

// receive is called by the library's reading goroutine for each message.
func (c *Conn) receive(b []byte) {
	c.mu.Lock()
	closing := c.closing
	c.mu.Unlock()
	if closing || c.peer.Message == nil {
		_ = c.heard()
		return
	}
	c.call("message", func() { c.peer.Message(c, b) })
	// Afterwards: nothing was read meanwhile, however long it took.
	_ = c.heard()
}

// end is called by the library's reading goroutine when it can read no more. The
// connection is not given back before it returns.
func (c *Conn) end(err error) {
	c.mu.Lock()
	if c.over { // the library may say it twice
		c.mu.Unlock()
		return
	}
	c.drop()
	c.closing, c.ended = true, true
	c.notify()
	c.mu.Unlock()

	switch c.cause(err) {
	case byHandshake: // the writer may still be at our part of it
	case byViolation: // the library has said goodbye
		c.server.malformed.Add(1)
		c.linger()
		c.cut()
	case bySilence:
		c.server.silent.Add(1)
		c.cut()
	default:
		c.cut()
	}
	c.writers.Wait()

	c.mu.Lock()
	c.over = true
	stop(c.beat, c.deadline)
	c.mu.Unlock()
	if c.peer.Closed != nil {
		c.call("closed", func() { c.peer.Closed(c) })
	}
}

func stop(timers ...*time.Timer) {
	for _, t := range timers {
		if t != nil {
			t.Stop()
		}
	}
}

type cause int

const (
	byLoss cause = iota // the connection broke, or was cut
	byHandshake
	byViolation
	bySilence
)

func (c *Conn) cause(err error) cause {
	var closed *websocket.CloseError
	var broken net.Error
	switch {
	case errors.As(err, &closed):
		if closed.Code == websocket.CloseAbnormalClosure { // the library's name for an unexpected end
			return byLoss
		}
		return byHandshake
	case errors.As(err, &broken):
		if broken.Timeout() {
			return bySilence
		}
		return byLoss
	case err == nil || errors.Is(err, io.EOF):
		return byLoss
	}
	return byViolation
}

// linger reads what the client still sends after an early goodbye, for as long as
// it may take to answer one: a reset would lose it.
func (c *Conn) linger() {
	if c.wire.SetReadDeadline(time.Now().Add(c.server.opts.CloseTimeout)) == nil {
		_, _ = io.Copy(io.Discard, c.wire)
	}
}

// call runs a callback. A panic ends this connection only.
func (c *Conn) call(name string, callback func()) {
	defer func() {
		if p := recover(); p != nil {
			c.server.panicked(name, p)
			c.Close(closeInternalError, "internal error")
		}
	}()
	callback()
}
