package socketio

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// sockets returns options that hand out each socket that connects.
func sockets(opts Options) (Options, <-chan *Socket) {
	connected := make(chan *Socket, 100)
	opts.OnConnect = func(s *Socket) { connected <- s }
	return opts, connected
}

func TestSlowClientIsClosedAlone(t *testing.T) {
	opts, connected := sockets(Options{MaxQueueBytes: 256 << 10})
	h := start(t, opts)
	slow := h.peer(t)
	require.NoError(t, slow.NetConn().(*net.TCPConn).SetReadBuffer(4<<10))
	slowSocket := <-connected
	gone := make(chan string, 1)
	slowSocket.OnDisconnect(func(reason string) { gone <- reason })
	fast := h.peer(t)
	fastSocket := <-connected
	text := `"` + strings.Repeat("x", 32<<10) + `"`
	packet := EncodeEvent("log", []byte(text))
	for n := 0; slowSocket.Send(packet); n++ {
		require.Less(t, n, 10_000, "a client that does not read is never closed")
		require.True(t, fastSocket.Send(packet))
		assert.Equal(t, `42["log",`+text+`]`, fast.read(t))
	}
	assert.Equal(t, "slow client", <-gone)
	assert.False(t, slowSocket.Send(packet))
	assert.ErrorIs(t, slowSocket.WaitQueued(within(t), 1), ErrGone)
	eventually(t, func() bool { return h.Stats() == 1 }, "only the slow one is gone")
	require.True(t, fastSocket.Emit("on"))
	assert.Equal(t, `42["on"]`, fast.read(t))
}

func TestWaitQueued(t *testing.T) {
	opts, connected := sockets(Options{})
	h := start(t, opts)
	p := h.poller(t)
	p.join(t)
	s := <-connected
	require.NoError(t, s.WaitQueued(within(t), 1))
	require.True(t, s.Emit("a"))
	assert.Equal(t, len(`42["a"]`)+2, s.Queued())
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	assert.ErrorIs(t, s.WaitQueued(ended, 1), context.Canceled)
	assert.NoError(t, s.WaitQueued(ended, 100), "few enough already")
	done := make(chan error, 1)
	go func() { done <- s.WaitQueued(within(t), 1) }()
	_, body := p.get(t)
	assert.Equal(t, `42["a"]`, body)
	assert.NoError(t, <-done)
	assert.Zero(t, s.Queued())
	require.True(t, s.Emit("b"))
	go func() { done <- s.WaitQueued(within(t), 1) }()
	s.Disconnect()
	assert.ErrorIs(t, <-done, ErrGone)
}

func TestBackPressureWritesAllInOrder(t *testing.T) {
	opts, connected := sockets(Options{MaxQueueBytes: 64 << 10})
	h := start(t, opts)
	p := h.peer(t)
	s := <-connected
	const pages = 2000
	paged := make(chan error, 1)
	go func() {
		for i := range pages {
			if err := s.WaitQueued(within(t), 16<<10); err != nil {
				paged <- err
				return
			}
			s.Emit("page", i, strings.Repeat("y", 1+i%40_000))
		}
		paged <- nil
	}()
	for i := range pages {
		require.Contains(t, p.read(t), fmt.Sprintf(`42["page",%d,"y`, i))
	}
	require.NoError(t, <-paged)
}

func TestHeartbeat(t *testing.T) {
	// A second for a pong: the client is this process, on a machine that may be slow.
	opts, connected := sockets(Options{PingInterval: 30 * time.Millisecond, PingTimeout: time.Second})
	h := start(t, opts)
	p := h.dial(t, "?EIO=4&transport=websocket", nil)
	p.say(t, "40")
	for pongs, joined := 0, false; pongs < 5 || !joined; {
		m := p.read(t)
		joined = joined || strings.HasPrefix(m, "40")
		if m == "2" {
			p.say(t, "3")
			pongs++
		}
	}
	reason := make(chan string, 1)
	(<-connected).OnDisconnect(func(r string) { reason <- r })
	assert.Equal(t, "ping timeout", p.closing(t).Text)
	assert.Equal(t, "ping timeout", <-reason)

	poller := h.poller(t) // a held poll ends with the ping, and then with the session
	_, body := poller.get(t)
	assert.Equal(t, "2", body)
	_, body = poller.get(t)
	assert.Equal(t, "1", body)
	eventually(t, func() bool { return h.Stats() == 0 }, "all gone")
}

func TestConnectTimeout(t *testing.T) {
	h := start(t, Options{PingInterval: 30 * time.Millisecond, ConnectTimeout: 80 * time.Millisecond})
	never := h.dial(t, "?EIO=4&transport=websocket", nil) // never connects, but pongs
	for {
		_, m, err := never.ReadMessage()
		if err != nil {
			assert.Contains(t, err.Error(), "connect timeout")
			break
		}
		if string(m) == "2" {
			_ = never.WriteMessage(websocket.TextMessage, []byte("3"))
		}
	}
	eventually(t, func() bool { return h.Stats() == 0 }, "it is gone")
}

func TestPanicClosesItsSocketOnly(t *testing.T) {
	core, logs := observer.New(zap.ErrorLevel)
	h := start(t, Options{Logger: zap.New(core), OnConnect: func(s *Socket) {
		if s.Query("panic") != "" {
			panic("on connect")
		}
	}})
	h.On("boom", func(s *Socket, _ *Event) {
		s.OnDisconnect(func(string) { panic("on disconnect") })
		panic("on event")
	})
	h.On("echo", echo)
	h.On("ask", func(s *Socket, _ *Event) { s.EmitAck(func(*Event) { panic("on answer") }, "q") })
	other := h.peer(t)
	p := h.peer(t)
	p.say(t, `42["boom"]`)
	assert.Equal(t, websocket.CloseInternalServerErr, p.closing(t).Code)
	p = h.dial(t, "?EIO=4&transport=websocket&panic=1", nil)
	p.say(t, "40")
	assert.Equal(t, websocket.CloseInternalServerErr, p.closing(t).Code)
	p = h.peer(t)
	p.say(t, `42["ask"]`)
	p.say(t, `430[]`)
	assert.Equal(t, websocket.CloseInternalServerErr, p.closing(t).Code)
	polls := h.poller(t)
	polls.join(t)
	polls.post(t, `42["boom"]`)
	other.say(t, `421["echo"]`)
	assert.Equal(t, `431[]`, other.read(t))
	eventually(t, func() bool { return h.Stats() == 1 }, "the others are gone")
	assert.Equal(t, 6, logs.Len())
	assert.Contains(t, logs.All()[0].ContextMap()["stack"], "behaviour_test.go")
}

func TestTooManyAcks(t *testing.T) {
	opts, connected := sockets(Options{})
	h := start(t, opts)
	h.peer(t)
	s := <-connected
	for range maxAcks {
		require.True(t, s.EmitAck(func(*Event) {}, "q"))
	}
	assert.False(t, s.EmitAck(func(*Event) {}, "q"))
}
