package socketio

import (
	"context"
	"strings"
	"testing"

	"github.com/fasthttp/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestClose(t *testing.T) {
	for _, silent := range []bool{false, true} {
		opts, connected := sockets(Options{SilentClose: silent})
		h := start(t, opts)
		p := h.peer(t)
		reasons := make(chan string, 2)
		s := <-connected
		s.OnDisconnect(func(r string) { reasons <- r })
		polls := h.poller(t)
		polls.join(t)
		(<-connected).OnDisconnect(func(r string) { reasons <- r })
		h.poller(t) // between two polls
		probe := h.dial(t, "?EIO=4&transport=websocket&sid="+h.poller(t).sid, nil)
		held := make(chan string, 1)
		go func() { _, body := polls.get(t); held <- body }()
		session := h.session(polls.sid)
		eventually(t, func() bool { session.mu.Lock(); defer session.mu.Unlock(); return session.polling }, "held")

		require.True(t, s.Emit("last words"))
		require.NoError(t, h.Close(within(t)))
		assert.Equal(t, `42["last words"]`, p.read(t))
		if silent {
			assert.Equal(t, "1", <-held)
		} else {
			assert.Equal(t, "41", p.read(t))
			assert.Equal(t, "41\x1e1", <-held)
		}
		closed := p.closing(t)
		assert.Equal(t, websocket.CloseGoingAway, closed.Code)
		assert.Equal(t, "server shutting down", closed.Text)
		probe.closing0(t)
		assert.Equal(t, "server shutting down", <-reasons)
		assert.Equal(t, "server shutting down", <-reasons)
		assert.Zero(t, h.Stats())
		assert.False(t, s.Emit("more"))
		status, _, _ := h.do(t, "GET", "?EIO=4&transport=polling", "")
		assert.Equal(t, 503, status)
		require.NoError(t, h.Close(within(t)), "again")
	}
}

func TestCloseCutsWhatHangs(t *testing.T) {
	opts, connected := sockets(Options{MaxQueueBytes: 64 << 20})
	h := start(t, opts)
	entered, release := make(chan struct{}), make(chan struct{})
	h.On("hang", func(*Socket, *Event) { close(entered); <-release })
	h.peer(t) // never reads
	s := <-connected
	for range 32 {
		require.True(t, s.Emit("a", strings.Repeat("x", 1<<20)))
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	assert.ErrorIs(t, h.Close(ended), context.Canceled)

	opts, _ = sockets(Options{})
	h = start(t, opts)
	h.On("hang", func(*Socket, *Event) { close(entered); <-release })
	h.peer(t).say(t, `42["hang"]`)
	<-entered
	assert.ErrorIs(t, h.Close(ended), ErrStuck)
	close(release)
}
