package plainws_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/realtime/plainws"
)

func TestOversizeMessage(t *testing.T) {
	everywhere(t, func(t *testing.T, mount func(plainws.Options, peers) *mounted) {
		p, open, closed := opened()
		got := make(chan []byte, 1)
		m := mount(plainws.Options{MaxMessage: 1000, CloseTimeout: patience}, func(id string) plainws.Peer {
			peer := p(id)
			peer.Message = func(_ *plainws.Conn, b []byte) { got <- b }
			return peer
		})
		c := m.dial(t, "a")
		c.write(strings.Repeat("x", 1000))
		assert.Len(t, receive(t, got), 1000)
		receive(t, open)
		// More than the sockets hold: a reset instead of an end would fail the
		// write, and may lose the answer.
		require.NoError(t, c.WriteMessage(websocket.TextMessage, make([]byte, 8<<20)))
		code, _ := c.closed()
		assert.Equal(t, websocket.CloseMessageTooBig, code)
		c.Close()
		receive(t, closed)
		assert.EqualValues(t, 1, m.Stats().Malformed)
		assert.Empty(t, got)
	})
}

// A message that is too large may take its time to come: the client learns why it
// is not taken all the same.
func TestOversizeMessageThatComesSlowly(t *testing.T) {
	everywhere(t, func(t *testing.T, mount func(plainws.Options, peers) *mounted) {
		p, _, closed := opened()
		m := mount(plainws.Options{MaxMessage: 1000, CloseTimeout: patience}, p)
		c := m.dial(t, "a")
		const pieces = 8
		header := []byte{0x81, 0xff, 7: pieces, 13: 0} // pieces << 16 bytes, under a mask of zeros
		_, err := c.NetConn().Write(header)
		require.NoError(t, err)
		for range pieces {
			_, err := c.NetConn().Write(make([]byte, 1<<16))
			require.NoError(t, err)
			time.Sleep(100 * time.Millisecond)
		}
		code, _ := c.closed()
		assert.Equal(t, websocket.CloseMessageTooBig, code)
		c.Close()
		receive(t, closed)
	})
}

func TestBrokenProtocol(t *testing.T) {
	everywhere(t, func(t *testing.T, mount func(plainws.Options, peers) *mounted) {
		p, _, closed := opened()
		m := mount(plainws.Options{}, p)
		c := m.dial(t, "a")
		_, err := c.NetConn().Write([]byte{0x81, 0x01, 'x'}) // not masked
		require.NoError(t, err)
		code, _ := c.closed()
		assert.Equal(t, websocket.CloseProtocolError, code)
		c.Close()
		receive(t, closed)
		assert.EqualValues(t, 1, m.Stats().Malformed)
	})
}

func TestSlowClientIsDroppedAndOthersGoOn(t *testing.T) {
	everywhere(t, func(t *testing.T, mount func(plainws.Options, peers) *mounted) {
		p, open, closed := opened()
		m := mount(plainws.Options{MaxQueueBytes: 256 << 10, CloseTimeout: patience}, p)
		slow := m.dial(t, "slow")
		slowConn := receive(t, open)
		fast := m.dial(t, "fast")
		fastConn := receive(t, open)

		const most = 100_000
		sent := make(chan int, 1)
		go func() {
			n := 0
			for ok := true; ok && n < most; n++ {
				b := fmt.Appendf(nil, "%d %s", n, strings.Repeat("x", 4096))
				assert.True(t, fastConn.Send(b))
				ok = slowConn.Send(b)
				if assert.NoError(t, fastConn.WaitQueued(within(t, patience), 64<<10)) {
					continue
				}
				break
			}
			assert.True(t, fastConn.Send([]byte("end")))
			sent <- n
		}()
		n := 0
		for text := fast.read(); text != "end"; text = fast.read() {
			require.True(t, strings.HasPrefix(text, fmt.Sprint(n, " ")), "in order, each once")
			n++
		}
		assert.Equal(t, n, receive(t, sent))
		require.Less(t, n, most, "the slow one is over its limit at some time")
		assert.False(t, slowConn.Send(nil))

		for i := 0; ; i++ { // it gets what was on its way, whole, and the reason
			_, b, err := slow.ReadMessage()
			if err != nil {
				require.Equal(t, &websocket.CloseError{Code: websocket.CloseTryAgainLater, Text: "too slow"}, err)
				break
			}
			require.True(t, strings.HasPrefix(string(b), fmt.Sprint(i, " ")))
		}
		assert.Same(t, slowConn, receive(t, closed))
		assert.Zero(t, slowConn.Queued())
		assert.EqualValues(t, 1, m.Stats().Slow)
		fast.Close()
		receive(t, closed)
	})
}

func TestClientThatTakesNothingIsCut(t *testing.T) {
	everywhere(t, func(t *testing.T, mount func(plainws.Options, peers) *mounted) {
		p, open, closed := opened()
		m := mount(plainws.Options{WriteTimeout: 100 * time.Millisecond}, p)
		m.dial(t, "a")
		c := receive(t, open)
		// One frame, larger than the sockets hold and than the queue may be.
		require.True(t, c.Send(make([]byte, 32<<20)))
		require.ErrorIs(t, c.WaitQueued(within(t, patience), 1), plainws.ErrClosed)
		receive(t, closed)
		assert.Zero(t, c.Queued())
		assert.EqualValues(t, 1, m.Stats().Slow)
	})
}

func TestWaitQueued(t *testing.T) {
	everywhere(t, func(t *testing.T, mount func(plainws.Options, peers) *mounted) {
		p, open, _ := opened()
		m := mount(plainws.Options{MaxQueueBytes: 1 << 20, WriteTimeout: patience}, p)
		c := m.dial(t, "a")
		conn := receive(t, open)
		require.NoError(t, conn.WaitQueued(t.Context(), 0), "nothing waits")

		require.True(t, conn.Send(make([]byte, 32<<20))) // more than the sockets hold
		require.GreaterOrEqual(t, conn.Queued(), 32<<20)
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, conn.WaitQueued(ended, 1), context.Canceled)

		const pages = 50
		done := make(chan error, 1)
		go func() { // a page is 10 frames of 32 KiB: without waiting it would be dropped
			for range pages {
				if err := conn.WaitQueued(within(t, patience), 512<<10); err != nil {
					done <- err
					return
				}
				for range 10 {
					if !conn.Send(make([]byte, 32<<10)) {
						done <- errors.New("not sent")
						return
					}
				}
			}
			done <- conn.WaitQueued(within(t, patience), 0)
		}()
		for range 1 + pages*10 {
			c.read()
		}
		require.NoError(t, receive(t, done))
		assert.Zero(t, conn.Queued())
	})
}

func TestPings(t *testing.T) {
	everywhere(t, func(t *testing.T, mount func(plainws.Options, peers) *mounted) {
		m := mount(plainws.Options{PingInterval: 50 * time.Millisecond, PongTimeout: time.Second}, echo)
		c := m.dial(t, "a")
		enough := errors.New("enough")
		begin, pong := time.Now(), c.PingHandler()
		c.SetPingHandler(func(s string) error {
			if time.Since(begin) > 2*time.Second {
				return enough
			}
			return pong(s)
		})
		_, _, err := c.ReadMessage()
		require.ErrorIs(t, err, enough, "still alive after twice the timeout, thanks to the pongs")
		assert.Equal(t, 1, m.Stats().Open)

		other := m.dial(t, "b")
		pongs := make(chan string, 1)
		other.SetPongHandler(func(s string) error { pongs <- s; return nil })
		require.NoError(t, other.WriteMessage(websocket.PingMessage, []byte("are you there")))
		other.write("hi")
		assert.Equal(t, "hi", other.read())
		assert.Equal(t, "are you there", receive(t, pongs))
		other.Close()
		c.Close()
	})
}

func TestSilentClientIsDropped(t *testing.T) {
	everywhere(t, func(t *testing.T, mount func(plainws.Options, peers) *mounted) {
		p, open, closed := opened()
		m := mount(plainws.Options{PingInterval: 20 * time.Millisecond, PongTimeout: 200 * time.Millisecond}, p)
		c := m.dial(t, "a") // reads nothing, so it answers no ping
		assert.Same(t, receive(t, open), receive(t, closed))
		assert.EqualValues(t, 1, m.Stats().Silent)
		_, err := io.Copy(io.Discard, c.NetConn())
		var timeout net.Error
		assert.False(t, errors.As(err, &timeout) && timeout.Timeout(), "the connection has ended: %v", err)
	})
}

// While a callback works nothing is read, so the pongs of that time do not count
// yet: that is not the client's silence.
func TestLongCallbackIsNoSilence(t *testing.T) {
	everywhere(t, func(t *testing.T, mount func(plainws.Options, peers) *mounted) {
		const timeout = time.Second // a slow machine may be silent itself
		m := mount(plainws.Options{PingInterval: 50 * time.Millisecond, PongTimeout: timeout}, func(string) plainws.Peer {
			return plainws.Peer{Message: func(c *plainws.Conn, b []byte) {
				<-time.After(timeout * 3 / 2)
				c.Send(b)
			}}
		})
		c := m.dial(t, "a")
		for _, text := range []string{"one", "two"} {
			c.write(text)
			assert.Equal(t, text, c.read())
		}
		assert.Zero(t, m.Stats().Silent)
		c.Close()
	})
}
