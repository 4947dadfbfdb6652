package main

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

// conn is one Socket.IO client, with as little of the protocol as that needs.
type conn struct {
	ws   *websocket.Conn
	buf  []byte
	head []byte // with which an entry of its room begins, up to the number

	count atomic.Int64 // entries so far
	bytes atomic.Int64 // of their messages
	err   atomic.Value
}

// dial connects a websocket and its socket. buffer is for reading.
func dial(addr string, buffer int) (*conn, error) {
	dialer := websocket.Dialer{HandshakeTimeout: handshakeLimit, ReadBufferSize: buffer, WriteBufferSize: 512}
	ws, _, err := dialer.Dial("ws://"+addr+"/socket.io/?EIO=4&transport=websocket", browser) //nolint:bodyclose // it is the connection
	if err != nil {
		return nil, err
	}
	c := &conn{ws: ws, buf: make([]byte, 1024)}
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

func (c *conn) write(text string) error {
	return c.ws.WriteMessage(websocket.TextMessage, []byte(text))
}

// read returns the next message, which is valid until the one after it.
func (c *conn) read() ([]byte, error) {
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

func (c *conn) expect(prefix string) error {
	m, err := c.read()
	if err == nil && !strings.HasPrefix(string(m), prefix) {
		err = fmt.Errorf("expected %s..., got %.80q", prefix, m)
	}
	return err
}

// join follows a room.
func (c *conn) join(room string) error {
	c.head = []byte(`42["execution-log",{"id":"` + room + `:`)
	if err := c.write(`42["join-execution","` + room + `"]`); err != nil {
		return err
	}
	return c.expect(`42["joined-execution",`)
}

// receive counts entries until the connection ends. They must be those of the
// room, each once and in order.
func (c *conn) receive() {
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
func (c *conn) number(m []byte) (n int64, ok bool) {
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
