package plainws_test

import (
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/realtime/plainws"
)

// book is the last connections, by their ids. Most of them are gone.
type book struct {
	mu    sync.RWMutex
	conns map[string]*plainws.Conn
	order []string
}

func (b *book) peer(id string) plainws.Peer {
	return plainws.Peer{Open: func(c *plainws.Conn) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.conns[id] = c
		b.order = append(b.order, id)
		if len(b.order) > 300 {
			delete(b.conns, b.order[0])
			b.order = b.order[1:]
		}
	}, Message: func(c *plainws.Conn, said []byte) { c.Send(said) }}
}

// publish sends its own id to each connection, also to those that are gone: the
// library has given what they were made of to others.
func (b *book) publish() {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for id, c := range b.conns {
		c.Send([]byte(id))
	}
}

// No message reaches another client, and nothing is left, when clients come and
// go in every way while others send to them. D=60s makes it last.
func TestChurn(t *testing.T) {
	lasts := time.Second
	if d := os.Getenv("D"); d != "" {
		var err error
		lasts, err = time.ParseDuration(d)
		require.NoError(t, err)
	}
	everywhere(t, func(t *testing.T, mount func(plainws.Options, peers) *mounted) {
		b := &book{conns: map[string]*plainws.Conn{}}
		m := mount(plainws.Options{PingInterval: 5 * time.Millisecond, CloseTimeout: brief.CloseTimeout}, b.peer)
		var next, conns, messages, wrong atomic.Int64
		var publishers, clients sync.WaitGroup
		over := make(chan struct{})
		for range 2 {
			publishers.Go(func() {
				for {
					select {
					case <-over:
						return
					case <-time.After(100 * time.Microsecond):
						b.publish()
					}
				}
			})
		}
		until := time.Now().Add(lasts)
		for range 40 {
			clients.Go(func() {
				for time.Now().Before(until) {
					n := next.Add(1)
					id := fmt.Sprintf("id-%d", n)
					conn, resp, err := (&websocket.Dialer{HandshakeTimeout: patience}).Dial("ws://"+m.addr+"/ws/"+id, nil)
					if !assert.NoError(t, err) {
						return
					}
					_ = resp.Body.Close()
					conns.Add(1)
					_ = conn.SetReadDeadline(time.Now().Add(patience))
					_ = conn.WriteMessage(websocket.TextMessage, []byte(id))
					for range n % 20 {
						_, text, err := conn.ReadMessage()
						if !assert.NoError(t, err) {
							break
						}
						messages.Add(1)
						if string(text) != id {
							wrong.Add(1)
						}
					}
					part(conn, int(n))
				}
			})
		}
		clients.Wait()
		close(over)
		publishers.Wait()
		require.NoError(t, m.Close(within(t, patience)))
		t.Logf("%d connections, %d messages", conns.Load(), messages.Load())
		assert.Zero(t, wrong.Load(), "messages to another client")
		stats := m.Stats()
		assert.Zero(t, stats.Open)
		assert.Equal(t, conns.Load(), stats.Accepted)
		assert.Zero(t, stats.Slow+stats.Silent+stats.Malformed+stats.Panics)
	})
}

// part leaves in one of the ways clients have.
func part(conn *websocket.Conn, way int) {
	switch way % 4 {
	case 0:
		_ = conn.NetConn().(*net.TCPConn).SetLinger(0)
	case 1:
		_ = conn.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""))
		for {
			if _, _, err := conn.ReadMessage(); err != nil {
				break
			}
		}
	case 2:
		_ = conn.WriteMessage(websocket.CloseMessage, nil)
	}
	_ = conn.Close()
}
