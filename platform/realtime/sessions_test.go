package realtime_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/realtime"
	"github.com/orchestrix/orchestrix/platform/runlog"
)

// ended checks that a WebSocket says that its session has ended, and nothing
// before.
func ended(t *testing.T, p *plain) {
	t.Helper()
	code, reason := p.closed()
	assert.Equal(t, 4401, code)
	assert.Equal(t, "the session has ended", reason)
}

// dismissed checks that a Socket.IO client is told to stay away.
func dismissed(t *testing.T, c client) {
	t.Helper()
	assert.Equal(t, "41", c.read())
	c.gone()
}

// watchers are one client of each kind for a token, each following one run.
type watchers struct {
	sockets      []client
	stream, plan *plain
}

func (s *site) watchers(t *testing.T, token, run string) *watchers {
	t.Helper()
	w := &watchers{stream: s.dial(t, "/", token), plan: s.dial(t, "/ws/executions/"+run, token)}
	for transport := range transports {
		c := s.socket(t, transport, token)
		c.say(`420["join-execution",{"executionId":"` + run + `","afterSeq":1}]`)
		require.Contains(t, c.read(), "joined")
		require.Contains(t, c.read(), `"ok":true`)
		w.sockets = append(w.sockets, c)
	}
	w.stream.subscribe("join", run)
	require.Contains(t, w.stream.read(), "sync")
	require.Contains(t, w.plan.read(), `"seq":0`)
	require.Contains(t, w.plan.read(), `"seq":1`)
	return w
}

func (w *watchers) ended(t *testing.T) {
	t.Helper()
	for _, c := range w.sockets {
		dismissed(t, c)
	}
	ended(t, w.stream)
	ended(t, w.plan)
}

func (w *watchers) get(t *testing.T, entry string) {
	t.Helper()
	for _, c := range w.sockets {
		assert.Contains(t, c.read(), entry)
	}
	assert.Contains(t, w.stream.read(), entry)
	assert.Contains(t, w.plan.read(), entry)
}

func TestEndSessionsEndsAllOfASessionAndNoOther(t *testing.T) {
	s := serve(t, newRules(), realtime.GatewayOptions{})
	one, two := s.watchers(t, "ada", "adas"), s.watchers(t, "ada again", "adas")
	same, other := s.watchers(t, "ada elsewhere", "adas"), s.watchers(t, "bob", "bobs")
	assert.Equal(t, 3, s.Connections())
	s.rules.end("a")
	s.EndSessions("a", "unheard of")
	s.EndSessions("a")
	s.EndSessions()
	s.hub.Publish(s.logs.add("adas", runlog.StepData))
	s.hub.Publish(s.logs.add("bobs", runlog.StepData))
	one.ended(t)
	two.ended(t)
	same.get(t, `"id":"adas:2"`)
	other.get(t, `"id":"bobs:2"`)
	require.Eventually(t, func() bool { return s.Connections() == 2 }, patience, time.Millisecond)

	again := transports["websocket"](s, t, "") // as the official client comes back, when it is told to
	again.say(`40{"token":"ada"}`)
	assert.Equal(t, `44{"message":"Not authenticated"}`, again.read())
}

func TestASessionEndsWhileItsClientJoins(t *testing.T) {
	for transport := range transports {
		t.Run(transport, func(t *testing.T) {
			s := serve(t, newRules(), realtime.GatewayOptions{})
			c := s.socket(t, transport, "ada")
			held := s.rules.hold("check")
			said := c.begin(`420["join-execution","adas"]`)
			receive(t, held.entered)
			s.rules.end("a")
			s.EndSessions("a")
			dismissed(t, c)
			held.release(t)
			said()
			require.Eventually(t, func() bool { return s.Connections() == 0 && s.hub.Rooms() == 0 }, patience, time.Millisecond)
		})
	}
	t.Run("log stream", func(t *testing.T) {
		s := serve(t, newRules(), realtime.GatewayOptions{})
		c := s.dial(t, "/", "ada")
		held := s.rules.hold("check")
		c.subscribe("join", "adas")
		receive(t, held.entered)
		s.rules.end("a")
		s.EndSessions("a")
		held.release(t)
		ended(t, c)
	})
}

// A session may end between the moment when its token was looked at and the one
// when the connection is there.
func TestASessionEndsWhileItsClientConnects(t *testing.T) {
	for transport, open := range transports {
		t.Run(transport, func(t *testing.T) {
			s := serve(t, newRules(), realtime.GatewayOptions{})
			c := open(s, t, "")
			held := s.rules.hold("identify")
			said := c.begin(`40{"token":"ada"}`, `420["join-execution","adas"]`)
			receive(t, held.entered)
			s.rules.end("a")
			s.EndSessions("a")
			held.release(t)
			assert.Regexp(t, `^40\{"sid":`, c.read())
			dismissed(t, c)
			said()
		})
	}
	t.Run("noted already", func(t *testing.T) {
		s := serve(t, newRules(), realtime.GatewayOptions{})
		held := s.rules.hold("alive")
		c := s.dial(t, "/", "ada")
		receive(t, held.entered)
		s.EndSessions("a")
		ended(t, c)
		held.release(t)
	})
	t.Run("log stream", func(t *testing.T) {
		s := serve(t, newRules(), realtime.GatewayOptions{})
		s.rules.end("a")
		s.EndSessions("a")
		ended(t, s.dial(t, "/", "ada"))
	})
	t.Run("execution", func(t *testing.T) {
		s := serve(t, newRules(), realtime.GatewayOptions{})
		held := s.rules.hold("alive")
		c := s.dial(t, "/ws/executions/adas", "ada") // allowed, and upgraded
		receive(t, held.entered)
		s.rules.end("a")
		held.release(t)
		ended(t, c)
	})
}

// What cannot be checked is not let in, but told to come back.
func TestAConnectionThatCannotBeChecked(t *testing.T) {
	s := serve(t, newRules(), realtime.GatewayOptions{})
	s.rules.blur("a")
	code, reason := s.dial(t, "/", "ada").closed()
	assert.Equal(t, 1013, code)
	assert.Equal(t, "the session cannot be checked now; connect again", reason)
	c := s.dial(t, "/socket.io/?EIO=4&transport=websocket", "")
	c.read()
	c.say(`40{"token":"ada"}`)
	_, text, err := c.ReadMessage()
	if err == nil { // the answer may have left before
		assert.Regexp(t, `^40\{`, string(text))
		_, _, err = c.ReadMessage()
	}
	assert.True(t, websocket.IsCloseError(err, websocket.ClosePolicyViolation), "without the packet that makes the client stay away")
}

// Sessions that another process has ended are noticed.
func TestDeadSessionsAreFound(t *testing.T) {
	s := serve(t, newRules(), realtime.GatewayOptions{SessionCheck: 5 * time.Millisecond})
	dead, alive, unclear := s.watchers(t, "ada", "adas"), s.watchers(t, "ada elsewhere", "adas"), s.watchers(t, "bob", "bobs")
	s.rules.blur("b")
	s.rules.end("a")
	dead.ended(t)
	before := s.rules.times("b")
	require.Eventually(t, func() bool { return s.rules.times("b") > before+2 }, patience, time.Millisecond)
	s.hub.Publish(s.logs.add("adas", runlog.StepData))
	s.hub.Publish(s.logs.add("bobs", runlog.StepData))
	alive.get(t, `"id":"adas:2"`)
	unclear.get(t, `"id":"bobs:2"`)
}

func TestEachSessionIsAskedForEvery30Seconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRules()
		g := realtime.NewGateway(realtime.NewHub(newLogs(), zap.NewNop(), false), realtime.GatewayOptions{Rules: r})
		one, two := &realtime.Watched{Ended: make(chan error, 1)}, &realtime.Watched{Ended: make(chan error, 1)}
		for _, w := range []*realtime.Watched{one, two} {
			g.Enter(realtime.Viewer{Session: "a"}, w)
		}
		asked := r.times("a")
		began := time.Now()
		time.Sleep(95 * time.Second) // of the test's own clock
		assert.Equal(t, asked+3, r.times("a"), "once for both")
		r.end("a")
		for _, w := range []*realtime.Watched{one, two} {
			require.EqualError(t, <-w.Ended, "the session has ended")
		}
		assert.Equal(t, 120*time.Second, time.Since(began))
		require.NoError(t, g.Close(t.Context()))
	})
}

// Sessions end while their clients come and go.
func TestEndSessionsAtAnyTime(t *testing.T) {
	s := serve(t, newRules(), realtime.GatewayOptions{})
	stop := make(chan struct{})
	var ending, all sync.WaitGroup
	ending.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				s.EndSessions("a")
			}
		}
	})
	for range 8 {
		all.Go(func() {
			for range 10 {
				if conn, _, err := s.try(t, "/ws/executions/adas", "ada"); assert.NoError(t, err) {
					_, _, _ = conn.ReadMessage()
					conn.Close()
				}
			}
		})
	}
	all.Wait()
	close(stop)
	ending.Wait()
	assert.Eventually(t, func() bool { return s.Connections() == 0 && s.hub.Rooms() == 0 }, patience, time.Millisecond)
}
