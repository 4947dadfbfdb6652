package plainws_test

import (
	"context"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/orchestrix/orchestrix/platform/realtime/plainws"
)

func TestServerClose(t *testing.T) {
	everywhere(t, func(t *testing.T, mount func(plainws.Options, peers) *mounted) {
		p, open, closed := opened()
		m := mount(plainws.Options{}, p)
		const clients = 20
		var all sync.WaitGroup
		for range clients {
			c := m.dial(t, "a")
			require.True(t, receive(t, open).Send([]byte("the last")))
			all.Go(func() {
				assert.Equal(t, "the last", c.read())
				code, reason := c.closed()
				assert.Equal(t, websocket.CloseGoingAway, code)
				assert.Equal(t, "server shutting down", reason)
			})
		}
		require.NoError(t, m.Close(within(t, patience)))
		assert.Len(t, closed, clients, "Close waits for the callbacks")
		assert.Zero(t, m.Stats().Open)
		all.Wait()
	})
}

func TestServerCloseCutsWhatDoesNotAnswer(t *testing.T) {
	everywhere(t, func(t *testing.T, mount func(plainws.Options, peers) *mounted) {
		p, open, closed := opened()
		m := mount(plainws.Options{}, p)
		m.dial(t, "a")
		require.True(t, receive(t, open).Send(make([]byte, 32<<20))) // a write that hangs
		m.dial(t, "b")                                               // and one that has nothing to write
		receive(t, open)
		require.ErrorIs(t, m.Close(within(t, 10*time.Millisecond)), context.DeadlineExceeded)
		assert.Len(t, closed, 2)
		assert.Zero(t, m.Stats().Open)
	})
}

// Callbacks that wait for a client end when the server closes.
func TestServerCloseWhileACallbackWaits(t *testing.T) {
	everywhere(t, func(t *testing.T, mount func(plainws.Options, peers) *mounted) {
		waiting, ended := make(chan *plainws.Conn, 1), make(chan error, 1)
		m := mount(brief, func(string) plainws.Peer {
			return plainws.Peer{Message: func(c *plainws.Conn, _ []byte) {
				assert.True(t, c.Send(make([]byte, 32<<20)))
				waiting <- c
				ended <- c.WaitQueued(within(t, patience), 1)
			}}
		})
		m.dial(t, "a").write("go")
		receive(t, waiting)
		require.NoError(t, m.Close(within(t, patience)))
		assert.ErrorIs(t, receive(t, ended), plainws.ErrClosed)
	})
}

func TestPanicClosesOneConnection(t *testing.T) {
	everywhere(t, func(t *testing.T, mount func(plainws.Options, peers) *mounted) {
		core, logs := observer.New(zapcore.InfoLevel)
		closed := make(chan string, 10)
		m := mount(plainws.Options{Logger: zap.New(core)}, func(id string) plainws.Peer {
			return plainws.Peer{
				Open: func(*plainws.Conn) {
					if id == "open" {
						panic("in open")
					}
				},
				Message: func(c *plainws.Conn, b []byte) {
					if id == "message" {
						panic("in message")
					}
					c.Send(b)
				},
				Closed: func(*plainws.Conn) {
					closed <- id
					if id == "closed" {
						panic("in closed")
					}
				},
			}
		})
		well := m.dial(t, "well")
		for i, id := range []string{"open", "message", "closed"} {
			c := m.dial(t, id)
			switch id {
			case "message":
				c.write("one")
				c.write("two, which is ignored")
			case "closed":
				require.NoError(t, c.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")))
			}
			code, _ := c.closed()
			if id == "closed" {
				assert.Equal(t, websocket.CloseNormalClosure, code)
			} else {
				assert.Equal(t, websocket.CloseInternalServerErr, code)
			}
			assert.Equal(t, id, receive(t, closed))
			require.Eventually(t, func() bool { return m.Stats().Open == 1 }, patience, time.Millisecond)
			assert.EqualValues(t, i+1, m.Stats().Panics)
			entries := logs.FilterMessage("websocket callback panicked").All()
			require.Len(t, entries, i+1)
			assert.Equal(t, id, entries[i].ContextMap()["callback"])
			assert.Equal(t, "in "+id, fmt.Sprint(entries[i].ContextMap()["panic"]))
		}
		well.write("hi")
		assert.Equal(t, "hi", well.read())
	})
}

// The client is gone, in the three ways it can go, while others send to it.
func TestClientGoesAwayWhileOthersSend(t *testing.T) {
	everywhere(t, func(t *testing.T, mount func(plainws.Options, peers) *mounted) {
		p, open, closed := opened()
		m := mount(plainws.Options{}, p)
		for name, leave := range map[string]func(c *client){
			"close frame": func(c *client) {
				_ = c.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""))
				c.closed()
			},
			"end":   func(c *client) { _ = c.Close() },
			"reset": func(c *client) { _ = c.NetConn().(*net.TCPConn).SetLinger(0); _ = c.Close() },
		} {
			c := m.dial(t, "a")
			conn := receive(t, open)
			var senders sync.WaitGroup
			for range 4 {
				senders.Go(func() {
					for conn.Send([]byte("x")) {
						_ = conn.WaitQueued(within(t, patience), 1000)
					}
				})
			}
			c.read()
			leave(c)
			receive(t, closed)
			senders.Wait()
			assert.Zero(t, conn.Queued(), name)
			conn.Close(4000, "late") // does nothing
		}
	})
}
