// Package socket has Socket.IO clients that follow runs, as many as wanted and at
// little cost to the machine that they share with the server.
package socket

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/fasthttp/websocket"
)

const handshakeLimit = 30 * time.Second

// What a browser sends: a host may keep buffers for it.
var browser = http.Header{
	"Origin":          {"http://localhost:5173"},
	"User-Agent":      {"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"},
	"Accept-Encoding": {"gzip, deflate, br"},
	"Accept-Language": {"en-US,en;q=0.9"},
	"Cache-Control":   {"no-cache"},
}

// Conn is one Socket.IO client, with as little of the protocol as that needs. It
// follows one run at a time.
type Conn struct {
	ws   *websocket.Conn
	buf  []byte
	head []byte // with which an entry of its room begins, up to the number

	count atomic.Int64 // entries so far
	bytes atomic.Int64 // of their messages
	err   atomic.Value
}

// Dial connects a websocket and its socket. Buffer is the size of the one for
// reading.
func Dial(addr string, buffer int) (*Conn, error) {
	dialer := websocket.Dialer{HandshakeTimeout: handshakeLimit, ReadBufferSize: buffer, WriteBufferSize: 512}
	ws, _, err := dialer.Dial("ws://"+addr+"/socket.io/?EIO=4&transport=websocket", browser) //nolint:bodyclose // it is the connection
	if err != nil {
		return nil, err
	}
	c := &Conn{ws: ws, buf: make([]byte, 1024)}
	_ = ws.SetReadDeadline(time.Now().Add(handshakeLimit))
	if err = c.expect("0{"); err == nil {
		if err = c.write("40"); err == nil {
			err = c.expect("40{")
		}
	}
	if err != nil {
		return nil, errors.Join(err, ws.Close())
	}
	_ = ws.SetReadDeadline(time.Time{})
	return c, nil
}

func (c *Conn) write(text string) error {
	return c.ws.WriteMessage(websocket.TextMessage, []byte(text))
}

// read returns the next message, which is valid until the one after it.
func (c *Conn) read() ([]byte, error) {
	_, r, err := c.ws.NextReader()
	if err != nil {
		return nil, err
	}
	for n := 0; ; {
		if n == len(c.buf) {
			c.buf = append(c.buf, make([]byte, n)...)
		}
		m, err := r.Read(c.buf[n:])
		n += m
		switch {
		case err == io.EOF: //nolint:errorlint // an io.Reader's own
			return c.buf[:n], nil
		case err != nil:
			return nil, err
		}
	}
}

func (c *Conn) expect(prefix string) error {
	m, err := c.read()
	if err == nil && !strings.HasPrefix(string(m), prefix) {
		err = fmt.Errorf("expected %s..., got %.80q", prefix, m)
	}
	return err
}

// Join follows a run.
func (c *Conn) Join(room string) error {
	c.head = []byte(`42["execution-log",{"id":"` + room + `:`)
	if err := c.write(`42["join-execution","` + room + `"]`); err != nil {
		return err
	}
	return c.expect(`42["joined-execution",`)
}

// Leave follows the run no longer.
func (c *Conn) Leave(room string) error { return c.write(`42["leave-execution","` + room + `"]`) }

// AwaitEnd reads the run that was joined up to its end, which must be a good one.
func (c *Conn) AwaitEnd() error {
	for {
		m, err := c.read()
		switch {
		case err != nil:
			return err
		case string(m) == "2":
			err = c.write("3")
		case !bytes.HasPrefix(m, c.head): // of a run that was left
		case bytes.Contains(m, complete):
			return nil
		case bytes.Contains(m, failed):
			err = fmt.Errorf("the run failed: %s", m)
		}
		if err != nil {
			return err
		}
	}
}

var complete, failed = []byte(`"type":"workflow_complete"`), []byte(`"type":"workflow_failed"`)

// Close ends the connection.
func (c *Conn) Close() error { return c.ws.Close() }

// receive counts entries until the connection ends. They must be those of the
// room, each once and in order.
func (c *Conn) receive() {
	for {
		m, err := c.read()
		if err != nil {
			c.err.CompareAndSwap(nil, err)
			return
		}
		if string(m) == "2" {
			_ = c.write("3") // if it fails, so does read
			continue
		}
		next := c.count.Load()
		if seq, ok := c.number(m); !ok || seq != next {
			c.err.CompareAndSwap(nil, fmt.Errorf("expected entry %s%d, got %.120q", c.head, next, m))
			return
		}
		c.bytes.Add(int64(len(m)))
		c.count.Store(next + 1)
	}
}

// number reads the entry's, without the cost of parsing JSON.
func (c *Conn) number(m []byte) (n int64, ok bool) {
	digits, ok := bytes.CutPrefix(m, c.head)
	if !ok || len(digits) == 0 {
		return 0, false
	}
	for _, d := range digits {
		if d < '0' || d > '9' {
			return n, d == '"'
		}
		n = n*10 + int64(d-'0')
	}
	return 0, false
}
