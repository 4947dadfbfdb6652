package realtime_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/realtime"
	"github.com/orchestrix/orchestrix/platform/runlog"
)

const (
	notFound   = `{"ok":false,"error":"Execution not found"}`
	unreadable = `{"ok":false,"error":"the log cannot be read now; join again"}`
)

func TestJoinExecutionFollowsTheRules(t *testing.T) {
	for transport := range transports {
		t.Run(transport, func(t *testing.T) {
			s := serve(t, newRules(), realtime.GatewayOptions{})
			s.rules.blur("unclear")
			c := s.socket(t, transport, "ada")
			for id, want := range map[string]string{"bobs": notFound, "none": notFound, "unclear": unreadable} {
				c.say(`427["join-execution","` + id + `"]`)
				assert.Equal(t, `437[`+want+`]`, c.read(), "%s: nothing else is said", id)
			}
			assert.Zero(t, s.hub.Rooms())
			c.say(`421["join-execution",{"executionId":"adas","afterSeq":0}]`)
			assert.Equal(t, `42["joined-execution",{"executionId":"adas"}]`, c.read())
			assert.Contains(t, c.read(), `"seq":1`)
			assert.Equal(t, `431[{"ok":true,"executionId":"adas","lastSeq":1}]`, c.read())

			for _, after := range []string{`"1"`, `1.5`, `{}`} {
				c.say(`423["join-execution",{"executionId":"adas","afterSeq":` + after + `}]`)
				assert.Equal(t, `433[{"ok":false,"error":"afterSeq is a whole number"}]`, c.read(), "it says which field is wrong")
			}

			c.say(`422["leave-execution","bobs"]`)
			assert.Equal(t, `432[{"ok":true,"executionId":"bobs"}]`, c.read())
			s.hub.Publish(s.logs.add("bobs", runlog.StepData))
			s.hub.Publish(s.logs.add("adas", runlog.StepData))
			assert.Contains(t, c.read(), `"id":"adas:2"`)
		})
	}
}

// What was joined stays joined, whatever becomes of the run's record.
func TestAJoinedRunStaysJoined(t *testing.T) {
	s := serve(t, newRules(), realtime.GatewayOptions{})
	c := s.socket(t, "websocket", "ada")
	c.say(`420["join-execution",{"executionId":"adas","afterSeq":1}]`)
	assert.Contains(t, c.read(), "joined")
	assert.Contains(t, c.read(), `"ok":true`)
	s.rules.blur("adas")
	c.say(`421["join-execution","adas"]`)
	assert.Equal(t, `431[`+unreadable+`]`, c.read())
	s.hub.Publish(s.logs.add("adas", runlog.StepData))
	assert.Contains(t, c.read(), `"id":"adas:2"`)
}

// One client's question keeps nobody else waiting, nor the run.
func TestAQuestionHoldsUpNobodyElse(t *testing.T) {
	s := serve(t, newRules(), realtime.GatewayOptions{})
	slow, other := s.socket(t, "websocket", "ada"), s.socket(t, "websocket", "ada")
	slow.say(`42["join-execution",{"executionId":"adas","afterSeq":1}]`)
	assert.Contains(t, slow.read(), "joined")
	held := s.rules.hold("check")
	slow.say(`421["join-execution","bobs"]`)
	receive(t, held.entered)
	other.say(`420["join-execution",{"executionId":"adas","afterSeq":1}]`)
	assert.Contains(t, other.read(), "joined")
	assert.Contains(t, other.read(), `"ok":true`)
	s.hub.Publish(s.logs.add("adas", runlog.StepData))
	for _, c := range []client{slow, other} {
		assert.Contains(t, c.read(), `"id":"adas:2"`)
	}
	held.release(t)
	assert.Equal(t, `431[`+notFound+`]`, slow.read())
}

func TestTheLogStreamFollowsTheRules(t *testing.T) {
	s := serve(t, newRules(), realtime.GatewayOptions{})
	s.rules.blur("unclear")
	c := s.dial(t, "/", "ada")
	for _, id := range []string{"bobs", "none"} {
		c.subscribe("join", id)
		assert.Regexp(t, `^\{"timestamp":\d+,"streamName":"executionLog","groupId":"`+id+`","event":\{"type":"sync","data":\[\]\}\}$`, c.read())
	}
	assert.Zero(t, s.hub.Rooms())
	c.subscribe("join", "adas")
	assert.Contains(t, c.read(), `"type":"sync","data":[{`)
	s.hub.Publish(s.logs.add("bobs", runlog.StepData))
	s.hub.Publish(s.logs.add("adas", runlog.StepData))
	assert.Contains(t, c.read(), `"id":"adas:2","event":{"type":"create"`)
	c.subscribe("join", "unclear")
	code, reason := c.closed()
	assert.Equal(t, 1011, code)
	assert.Equal(t, "the log cannot be read now; join again", reason)
}

// A connection without a viewer follows nothing; who may connect is the route's.
func TestNobodyFollowsNothing(t *testing.T) {
	s := serve(t, newRules(), realtime.GatewayOptions{})
	c := s.dial(t, "/", "")
	c.subscribe("join", "adas")
	assert.Contains(t, c.read(), `"data":[]`)
}

func TestAnExecutionsSocketFollowsTheRules(t *testing.T) {
	s := serve(t, newRules(), realtime.GatewayOptions{})
	s.rules.blur("unclear")
	c := s.dial(t, "/ws/executions/adas", "ada")
	assert.Contains(t, c.read(), `"seq":0`)
	assert.Contains(t, c.read(), `"seq":1`)
	long := strings.Repeat("x", 201)
	s.rules.blur(long) // nobody asks for it
	for id, want := range map[string]struct {
		status int
		body   string
	}{
		"bobs":    {404, `{"error":"Execution not found"}`},
		"none":    {404, `{"error":"Execution not found"}`},
		long:      {404, `{"error":"Execution not found"}`},
		"unclear": {503, `{"error":"the log cannot be read now; join again"}`},
	} {
		_, resp, err := s.try(t, "/ws/executions/"+id, "ada")
		require.Error(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		assert.Equal(t, want.status, resp.StatusCode, id)
		assert.Equal(t, want.body, string(body), id)
	}
	for _, id := range []string{"adas", "bobs", "none", "unclear"} {
		status, _ := s.request(t, http.MethodGet, "/ws/executions/"+id, "ada", "")
		assert.Equal(t, http.StatusUpgradeRequired, status, "what asks for no upgrade is not looked up")
	}
}

// A foreign page is refused before the run is looked up.
func TestTheOriginComesFirst(t *testing.T) {
	s := serve(t, newRules(), realtime.GatewayOptions{AllowOrigin: func(string, string) bool { return false }})
	s.rules.hold("check")
	req, err := http.NewRequest(http.MethodGet, "http://"+s.addr+"/ws/executions/adas", nil)
	require.NoError(t, err)
	for key, value := range map[string]string{"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
		"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Origin": "http://evil.example", "X-Viewer": "ada"} {
		req.Header.Set(key, value)
	}
	resp, err := s.http.Do(req)
	require.NoError(t, err)
	resp.Body.Close()
	assert.Equal(t, http.StatusForbidden, resp.StatusCode)
}

// stuck never answers in time.
type stuck struct{ realtime.Rules }

func (stuck) Check(ctx context.Context, _ realtime.Viewer, _ string) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestAQuestionHasATimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := realtime.NewGateway(realtime.NewHub(newLogs(), zap.NewNop(), false), realtime.GatewayOptions{Rules: stuck{}})
		began := time.Now()
		require.EqualError(t, g.Ask(realtime.Viewer{}, "r"), "the log cannot be read now; join again")
		assert.Equal(t, 5*time.Second, time.Since(began))
		answered := make(chan error, 1)
		go func() { answered <- g.Ask(realtime.Viewer{}, "r") }()
		synctest.Wait()
		require.NoError(t, g.Close(t.Context()))
		require.ErrorIs(t, <-answered, realtime.ErrClosed)
	})
}

// Without rules everybody follows everything, whoever they say they are.
func TestOpenMode(t *testing.T) {
	s := serve(t, nil, realtime.GatewayOptions{})
	for name, open := range transports {
		for _, connect := range []string{`40`, `40{"token":"bad"}`, `40{"token":7}`, `40"x"`} {
			c := open(s, t, "ada")
			c.say(connect)
			require.Regexp(t, `^40\{"sid":`, c.read(), "%s %s", name, connect)
			s.EndSessions("a", "")
			c.say(`420["join-execution",{"executionId":"bobs","afterSeq":1}]`)
			assert.Equal(t, `42["joined-execution",{"executionId":"bobs"}]`, c.read())
			assert.Equal(t, `430[{"ok":true,"executionId":"bobs","lastSeq":1}]`, c.read())
		}
	}
	c := s.dial(t, "/", "ada")
	for _, id := range []string{"bobs", "none"} {
		c.subscribe("join", id)
		assert.Contains(t, c.read(), `"type":"sync"`)
	}
	e := s.dial(t, "/ws/executions/bobs", "ada")
	assert.Contains(t, e.read(), `"seq":0`)
	s.EndSessions("a", "")
	assert.Contains(t, e.read(), `"seq":1`)
	s.hub.Publish(s.logs.add("none", runlog.RunStarted))
	assert.Contains(t, c.read(), `"id":"none:0"`, "also a run that did not exist")
}

func TestErrUnknownRunMayBeWrapped(t *testing.T) {
	g := realtime.NewGateway(realtime.NewHub(newLogs(), zap.NewNop(), false), realtime.GatewayOptions{Rules: wrapping{}})
	assert.Equal(t, realtime.ErrUnknownRun, g.Ask(realtime.Viewer{}, "r"), "clients see no more than that")
	require.NoError(t, g.Close(t.Context()))
}

type wrapping struct{ realtime.Rules }

func (wrapping) Check(context.Context, realtime.Viewer, string) error {
	return errors.Join(errors.New("of bob"), realtime.ErrUnknownRun)
}
