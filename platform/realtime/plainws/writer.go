package plainws

import (
	"time"

	"github.com/gofiber/contrib/websocket"
)

const (
	// batch is how many bytes of frames go into one write. One that is larger
	// goes alone.
	batch = 32 << 10
	// keep is the largest buffer and queue that outlive their use.
	keep = 64 << 10
)

// wake starts the writer unless it runs. An idle connection has none; c.mu is
// held.
func (c *Conn) wake() {
	if c.writing || c.ended {
		return
	}
	c.writing = true
	c.writers.Add(1)
	go c.write()
}

// write sends until nothing is due. Each write is a whole number of frames, so
// that the close frame that the library writes itself, when a client breaks the
// protocol, cannot fall into the middle of one.
func (c *Conn) write() {
	defer c.writers.Done()
	buf := c.server.buffers.Get().(*[]byte)
	defer func() {
		if cap(*buf) <= keep {
			c.server.buffers.Put(buf)
		}
	}()
	for {
		*buf = c.collect((*buf)[:0])
		if len(*buf) == 0 {
			return
		}
		c.watch()
		_, err := c.wire.Write(*buf)
		c.watchdog.Stop()
		if err != nil {
			c.fail()
			return
		}
		c.mu.Lock()
		c.queued -= c.inFlight
		c.inFlight = 0
		c.notify()
		c.mu.Unlock()
	}
}

// collect takes what goes into the next write. When nothing is due, the writer
// is over before anybody can add to the queue.
func (c *Conn) collect(buf []byte) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pong != nil {
		buf = append(buf, c.pong...)
		c.pong = nil
	}
	if c.ping {
		buf = appendFrame(buf, websocket.PingMessage, nil)
		c.ping = false
	}
	for c.head < len(c.queue) {
		next := c.queue[c.head]
		if len(buf) > 0 && len(buf)+len(next)+maxOverhead > batch {
			break
		}
		buf = appendFrame(buf, websocket.TextMessage, next)
		c.inFlight += len(next) + frameCost
		c.queue[c.head] = nil
		c.head++
	}
	c.compact()
	if c.head == len(c.queue) && c.goodbye != nil {
		buf = append(buf, c.goodbye...)
		c.goodbye = nil
	}
	if len(buf) == 0 {
		c.writing = false
	}
	return buf
}

// compact gives back what the sent half of the queue held; c.mu is held.
func (c *Conn) compact() {
	if c.head*2 < len(c.queue) {
		return
	}
	rest := c.queue[c.head:]
	if len(rest) == 0 && cap(c.queue)*frameCost > keep {
		c.queue, c.head = nil, 0
		return
	}
	n := copy(c.queue, rest)
	clear(c.queue[n:])
	c.queue, c.head = c.queue[:n], 0
}

// watch cuts the connection unless the write that begins now ends in time.
func (c *Conn) watch() {
	limit := c.server.opts.WriteTimeout
	if c.watchdog != nil {
		c.watchdog.Reset(limit)
		return
	}
	c.watchdog = time.AfterFunc(limit, func() {
		c.mu.Lock()
		if !c.closing { // or it is counted
			c.server.slow.Add(1)
		}
		c.mu.Unlock()
		c.cut()
	})
}

// fail ends a connection that cannot be written to.
func (c *Conn) fail() {
	c.cut() // the library's reading fails, which is the end
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closing, c.ended, c.goodbye, c.inFlight = true, true, nil, 0
	c.writing = false
	c.drop()
}
