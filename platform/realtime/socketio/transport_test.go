package socketio

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// echo acknowledges with what came.
func echo(_ *Socket, e *Event) {
	args := make([]any, e.Len())
	for i := range args {
		args[i] = e.Value(i)
	}
	e.Ack(args...)
}

func TestWebsocket(t *testing.T) {
	h := start(t, Options{})
	h.On("echo", echo)
	asked := make(chan any, 1)
	h.On("ask", func(s *Socket, _ *Event) {
		s.EmitAck(func(e *Event) { asked <- e.Value(0) }, "question", "a < b")
	})
	p := h.peer(t)
	p.say(t, `427["echo",1,"two",{"a":[null,true]}]`)
	assert.Equal(t, `437[1,"two",{"a":[null,true]}]`, p.read(t))
	p.say(t, `42["ask"]`)
	assert.Equal(t, `420["question","a < b"]`, p.read(t), "nothing is escaped for HTML")
	p.say(t, `430["answer"]`)
	assert.Equal(t, "answer", <-asked)
	p.say(t, `430["again"]`) // nobody waits for it any more
	p.say(t, `42["nobody handles this"]`)

	p.say(t, `451-9["echo",{"x":{"_placeholder":true,"num":0}}]`)
	require.NoError(t, p.WriteMessage(websocket.BinaryMessage, []byte{0, 255}))
	assert.Equal(t, `461-9[{"x":{"_placeholder":true,"num":0}}]`, p.read(t))
	kind, data, err := p.ReadMessage()
	require.NoError(t, err)
	assert.Equal(t, websocket.BinaryMessage, kind)
	assert.Equal(t, []byte{0, 255}, data)

	pinged := make(chan string, 1)
	p.SetPongHandler(func(data string) error { pinged <- data; return nil })
	require.NoError(t, p.WriteControl(websocket.PingMessage, []byte("p"), time.Now().Add(patience)))
	p.say(t, `421["echo"]`)
	assert.Equal(t, `431[]`, p.read(t))
	assert.Equal(t, "p", <-pinged)
}

func TestLifecycle(t *testing.T) {
	gone := make(chan string, 1)
	h := start(t, Options{
		Authorize: func(_ *Socket, auth json.RawMessage) error {
			if string(auth) == `{"token":"bad"}` {
				return errors.New("unauthorized")
			}
			return nil
		},
		OnConnect: func(s *Socket) {
			s.Data = s.Query("who")
			s.OnDisconnect(func(reason string) { gone <- reason })
			s.Emit("hello", s.Data)
		},
	})
	h.On("bye", func(s *Socket, _ *Event) {
		s.Emit("last")
		s.Disconnect()
		if s.Emit("more") {
			t.Error("sent after the disconnect")
		}
	})
	p := h.dial(t, "?EIO=4&transport=websocket&who=m%C3%A9", nil)
	p.read(t)
	p.say(t, `40{"token":"bad"}`)
	assert.Equal(t, `44{"message":"unauthorized"}`, p.read(t))
	p.say(t, `40/admin,`)
	assert.Equal(t, `44/admin,{"message":"Invalid namespace"}`, p.read(t))
	p.say(t, `40{"token":"good"}`)
	assert.Contains(t, p.read(t), `40{"sid":"`)
	assert.Equal(t, `42["hello","mé"]`, p.read(t))
	p.say(t, "41")
	assert.Equal(t, "client namespace disconnect", <-gone)
	assert.Equal(t, 1, h.Stats(), "the session goes on")
	p.say(t, "40")
	assert.Contains(t, p.read(t), `40{"sid":"`)
	p.read(t)
	p.say(t, `42["bye"]`)
	assert.Equal(t, `42["last"]`, p.read(t))
	assert.Equal(t, "41", p.read(t))
	assert.Equal(t, websocket.CloseNormalClosure, p.closing(t).Code)
	assert.Equal(t, "server namespace disconnect", <-gone)

	p = h.peer(t)
	require.NoError(t, p.Close())
	assert.Equal(t, "transport close", <-gone)
	p = h.peer(t)
	require.NoError(t, p.WriteControl(websocket.CloseMessage, nil, time.Now().Add(patience)))
	assert.Equal(t, "transport close", <-gone)
}

func TestPolling(t *testing.T) {
	h := start(t, Options{})
	h.On("echo", echo)
	h.On("bye", func(s *Socket, _ *Event) { s.Disconnect() })
	p := h.poller(t)
	p.join(t)
	assert.Equal(t, 200, p.post(t, "421[\"echo\",1]\x1e422[\"echo\",\"\u017c\"]\x1e451-3[\"echo\",{\"_placeholder\":true,\"num\":0}]\x1ebAQID"))
	status, body := p.get(t)
	assert.Equal(t, 200, status)
	assert.Equal(t, "431[1]\x1e432[\"\u017c\"]\x1e461-3[{\"_placeholder\":true,\"num\":0}]\x1ebAQID", body)

	held := make(chan string, 1)
	go func() { _, body := p.get(t); held <- body }()
	eventually(t, func() bool { s := h.session(p.sid); s.mu.Lock(); defer s.mu.Unlock(); return s.polling }, "held")
	status, body = p.get(t)
	assert.Equal(t, 400, status)
	assert.Equal(t, `{"code":3,"message":"Bad request"}`, body)
	assert.Equal(t, "1", <-held, "two polls end the session")
	status, body = p.get(t)
	assert.Equal(t, 400, status)
	assert.Equal(t, `{"code":1,"message":"Session ID unknown"}`, body)

	p = h.poller(t)
	p.join(t)
	assert.Equal(t, 200, p.post(t, `42["bye"]`))
	eventually(t, func() bool { return h.Stats() == 0 }, "gone")
	_, body = p.get(t)
	assert.Equal(t, "41\x1e1", body, "the next poll fetches the farewell")
	status, _ = p.get(t)
	assert.Equal(t, 400, status)
}

func TestUpgrade(t *testing.T) {
	h := start(t, Options{UpgradeTimeout: 50 * time.Millisecond})
	h.On("echo", echo)
	p := h.poller(t)
	p.join(t)
	query := "?EIO=4&transport=websocket&sid=" + p.sid

	slow := h.dial(t, query, nil)
	slow.closing0(t)

	s := h.session(p.sid)
	eventually(t, func() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.probe == nil }, "the probe timed out")
	s.srv.opts.UpgradeTimeout = patience // nothing reads it now
	held := make(chan string, 1)
	go func() { _, body := p.get(t); held <- body }()
	eventually(t, func() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.polling }, "held")
	w := h.dial(t, query, nil)
	w.say(t, "2probe")
	assert.Equal(t, "3probe", w.read(t))
	assert.Equal(t, "6", <-held)
	second := h.dial(t, query, nil)
	second.closing0(t)
	assert.Equal(t, 200, p.post(t, `421["echo","queued meanwhile"]`))
	w.say(t, "5")
	assert.Equal(t, `431["queued meanwhile"]`, w.read(t))
	w.say(t, `422["echo"]`)
	assert.Equal(t, `432[]`, w.read(t))
	status, body := p.get(t)
	assert.Equal(t, 400, status)
	assert.Equal(t, `{"code":3,"message":"Bad request"}`, body)
	assert.Equal(t, 1, h.Stats(), "a late poll ends nothing")
}

// closing0 expects the end of a connection without a close frame.
func (p *peer) closing0(t testing.TB) {
	t.Helper()
	_, _, err := p.ReadMessage()
	require.Error(t, err)
}

func TestBrokenProtocol(t *testing.T) {
	h := start(t, Options{MaxPayload: 1000})
	big := bytes.Repeat([]byte("a"), 600)
	for name, messages := range map[string][]string{
		"empty":                   {""},
		"unknown type":            {"9"},
		"not UTF-8":               {"42[\"\xff\"]"},
		"event before connect":    {`42["a"]`},
		"twice connected":         {"40", "40"},
		"auth that is not JSON":   {"40{"},
		"unknown packet":          {"40", "47"},
		"connect error":           {"40", `44{"message":"x"}`},
		"event of other":          {"40", `42/x,["a"]`},
		"no array":                {"40", `42{"a":1}`},
		"no name":                 {"40", `42[]`},
		"name not a string":       {"40", `42[1]`},
		"answer without id":       {"40", `43[]`},
		"too many arguments":      {"40", `42["a"` + strings.Repeat(",1", maxArguments) + `]`},
		"long namespace":          {"40/" + strings.Repeat("n", maxNamespace) + ",{}"},
		"too many attachments":    {"40", `4565-["a"]`},
		"text for an attachment":  {"40", `451-["a"]`, `42["a"]`},
		"binary that nobody asks": {"40", "\x00binary"},
		"attachments too large":   {"40", `452-["a"]`, "\x00" + string(big), "\x00" + string(big)},
		"nesting":                 {"40", `42["a",` + strings.Repeat("[", 900)},
	} {
		t.Run(name, func(t *testing.T) {
			p := h.dial(t, "?EIO=4&transport=websocket", nil)
			for _, m := range messages {
				kind := websocket.TextMessage
				if strings.HasPrefix(m, "\x00") {
					kind = websocket.BinaryMessage
				}
				require.NoError(t, p.WriteMessage(kind, []byte(m)))
			}
			closed := p.closing(t)
			assert.Equal(t, websocket.CloseProtocolError, closed.Code)
			assert.Equal(t, "parse error", closed.Text)
		})
	}
	p := h.peer(t)
	p.say(t, strings.Repeat("4", 1001))
	assert.Equal(t, websocket.CloseMessageTooBig, p.closing(t).Code)
	for _, body := range []string{"", "b!", "4x", strings.Repeat("\x1e", maxPackets), "40\x1e40"} {
		assert.Contains(t, []int{http.StatusBadRequest, http.StatusRequestEntityTooLarge}, h.poller(t).post(t, body), "%q", body)
	}
	eventually(t, func() bool { return h.Stats() == 0 }, "all are closed")
}
