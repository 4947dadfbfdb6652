package socketio

import (
	"net"
	"sync"
	"time"

	"github.com/fasthttp/websocket"
)

// coalesceSize is how much goes into one write. Frames of half of it and more
// are written as they are.
const coalesceSize = 32 << 10

var buffers = sync.Pool{New: func() any {
	b := make([]byte, 0, coalesceSize)
	return &b
}}

// wsConn is a websocket. Reading is the library's; frames are written as they
// are queued, many at a time.
type wsConn struct {
	conn    *websocket.Conn
	nc      net.Conn
	timeout time.Duration
}

func newWSConn(conn *websocket.Conn, timeout time.Duration) *wsConn {
	w := &wsConn{conn: conn, nc: conn.NetConn(), timeout: timeout}
	// The library's wrapper is pooled and does not close; what it wraps does.
	if h, ok := w.nc.(interface{ UnsafeConn() net.Conn }); ok {
		w.nc = h.UnsafeConn()
	}
	return w
}

// write writes frames with as few calls as possible, and calls wrote with the
// bytes of each. One goroutine at a time.
func (w *wsConn) write(frames []frame, wrote func(n int)) error {
	if len(frames) == 1 {
		return w.writeOut(frames[0].wire, wrote)
	}
	pooled := buffers.Get().(*[]byte)
	defer buffers.Put(pooled)
	buf := (*pooled)[:0]
	for _, f := range frames {
		if len(buf) > 0 && len(buf)+len(f.wire) > coalesceSize {
			if err := w.writeOut(buf, wrote); err != nil {
				return err
			}
			buf = buf[:0]
		}
		if len(f.wire) >= coalesceSize/2 && len(buf) == 0 {
			if err := w.writeOut(f.wire, wrote); err != nil {
				return err
			}
			continue
		}
		buf = append(buf, f.wire...)
	}
	if len(buf) == 0 {
		return nil
	}
	return w.writeOut(buf, wrote)
}

func (w *wsConn) writeOut(buf []byte, wrote func(n int)) error {
	if err := w.nc.SetWriteDeadline(time.Now().Add(w.timeout)); err != nil {
		return err
	}
	_, err := w.nc.Write(buf)
	if err == nil {
		wrote(len(buf))
	}
	return err
}

// expect reads one message, and reports whether it is this text.
func (w *wsConn) expect(text string) bool {
	kind, data, err := w.conn.ReadMessage()
	return err == nil && kind == websocket.TextMessage && string(data) == text
}

// awaitClose gives the client a moment to answer the close frame: the reader
// ends then, or now.
func (w *wsConn) awaitClose() { _ = w.nc.SetReadDeadline(time.Now().Add(closeGrace)) }

// cut breaks off reads and writes.
func (w *wsConn) cut() { _ = w.nc.Close() }
