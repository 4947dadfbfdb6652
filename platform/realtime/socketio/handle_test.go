package socketio

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/fasthttp/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRefusals(t *testing.T) {
	h := start(t, Options{MaxPayload: 1000})
	p := h.poller(t)
	up := []string{"Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}
	for _, c := range []struct {
		name, method, query, body string
		headers                   []string
		status                    int
		kind, want                string
	}{
		{"no query", "GET", "", "", nil, 400, "application/json", `{"code":0,"message":"Transport unknown"}`},
		{"no transport", "GET", "?EIO=4", "", nil, 400, "application/json", `{"code":0,"message":"Transport unknown"}`},
		{"transport", "GET", "?EIO=4&transport=foo", "", nil, 400, "application/json", `{"code":0,"message":"Transport unknown"}`},
		{"transport before version", "GET", "?EIO=3&transport=foo&sid=x", "", nil, 400, "application/json", `{"code":0,"message":"Transport unknown"}`},
		{"session", "GET", "?EIO=4&transport=polling&sid=abc", "", nil, 400, "application/json", `{"code":1,"message":"Session ID unknown"}`},
		{"session before version", "GET", "?EIO=3&transport=polling&sid=abc", "", nil, 400, "application/json", `{"code":1,"message":"Session ID unknown"}`},
		{"session on upgrade", "GET", "?EIO=4&transport=websocket&sid=abc", "", up, 400, "application/json", `{"code":1,"message":"Session ID unknown"}`},
		{"method", "POST", "?EIO=4&transport=polling", "40", nil, 400, "application/json", `{"code":2,"message":"Bad handshake method"}`},
		{"method before version", "PUT", "?EIO=3&transport=polling", "", nil, 400, "application/json", `{"code":2,"message":"Bad handshake method"}`},
		{"method with session", "DELETE", p.query(), "", nil, 400, "application/json", `{"code":2,"message":"Bad handshake method"}`},
		{"websocket without upgrade", "GET", "?EIO=4&transport=websocket", "", nil, 400, "application/json", `{"code":3,"message":"Bad request"}`},
		{"no upgrade before version", "GET", "?EIO=3&transport=websocket", "", nil, 400, "application/json", `{"code":3,"message":"Bad request"}`},
		{"websocket without a key", "GET", "?EIO=4&transport=websocket", "", up[:6], 400, "application/json", `{"code":3,"message":"Bad request"}`},
		{"version", "GET", "?EIO=3&transport=polling", "", nil, 400, "application/json", `{"code":5,"message":"Unsupported protocol version"}`},
		{"no version", "GET", "?transport=polling", "", nil, 400, "application/json", `{"code":5,"message":"Unsupported protocol version"}`},
		{"version on upgrade", "GET", "?EIO=3&transport=websocket", "", up, 400, "application/json", `{"code":5,"message":"Unsupported protocol version"}`},
		{"post", "POST", p.query(), "40", nil, 200, "text/html", `ok`},
		{"gzip", "POST", p.query(), "40", []string{"Content-Encoding", "gzip"}, 415, "", ``},
		{"over the limit", "POST", p.query(), "4" + strings.Repeat("a", 1000), nil, 413, "", ``},
		{"which ends the session", "POST", p.query(), "3", nil, 400, "application/json", `{"code":1,"message":"Session ID unknown"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, kind, body := h.do(t, c.method, c.query, c.body, c.headers...)
			assert.Equal(t, c.status, status, body)
			if c.kind != "" {
				assert.Equal(t, c.kind, kind)
				assert.Equal(t, c.want, body)
			}
		})
	}
}

// TestGoldens replays what the old backend answered.
func TestGoldens(t *testing.T) {
	text, err := os.ReadFile("../../../tests/fixtures/goldens/sockets.json")
	require.NoError(t, err)
	var file struct {
		Cases []struct {
			Name, Kind, Method, Path, Text string
			Status                         int
			Headers                        map[string]string
			Packets                        []struct {
				Sent, Got, Reply string
				Status           int
			}
		}
	}
	require.NoError(t, json.Unmarshal(text, &file))
	h := start(t, Options{})
	h.On("join-execution", func(s *Socket, e *Event) {
		s.Emit("joined-execution", map[string]any{"executionId": e.String(0)})
	})
	h.On("leave-execution", func(*Socket, *Event) {})
	masked := func(s string) string { return sidPattern.ReplaceAllString(s, `"sid":"<sid>"`) }
	n := 0
	for _, c := range file.Cases {
		switch {
		case c.Kind == "http" && c.Method == "GET":
			n++
			status, kind, body := h.do(t, c.Method, strings.TrimPrefix(c.Path, "/socket.io/"), "")
			assert.Equal(t, c.Status, status, c.Name)
			assert.Equal(t, c.Headers["content-type"], kind, c.Name)
			assert.Equal(t, c.Text, masked(body), c.Name)
		case len(c.Packets) > 0:
			n++
			p := h.poller(t)
			for _, packet := range c.Packets {
				if packet.Sent == "" {
					_, body := p.get(t)
					assert.Equal(t, packet.Got, masked(body))
					continue
				}
				status, _, body := h.do(t, "POST", p.query(), packet.Sent)
				assert.Equal(t, packet.Status, status)
				assert.Equal(t, packet.Reply, body)
			}
		}
	}
	assert.Equal(t, 7, n)
}

func TestOrigin(t *testing.T) {
	h := start(t, Options{AllowOrigin: func(origin, _ string) bool { return origin == "https://good.example" }})
	for origin, status := range map[string]int{"": 101, "https://good.example": 101, "https://evil.example": 403} {
		header := http.Header{}
		if origin != "" {
			header.Set("Origin", origin)
		}
		c, resp, err := websocket.DefaultDialer.Dial("ws://"+h.addr+"/socket.io/?EIO=4&transport=websocket", header)
		assert.Equal(t, status, resp.StatusCode, origin)
		if err == nil {
			c.Close()
		}
	}
	eventually(t, func() bool { return h.Stats() == 0 }, "all gone")
}

func TestMaxSessions(t *testing.T) {
	h := start(t, Options{MaxSessions: 2})
	p := h.peer(t)
	h.poller(t)
	status, _, _ := h.do(t, "GET", "?EIO=4&transport=polling", "")
	assert.Equal(t, 503, status)
	_, resp, err := websocket.DefaultDialer.Dial("ws://"+h.addr+"/socket.io/?EIO=4&transport=websocket", nil)
	require.Error(t, err)
	assert.Equal(t, 503, resp.StatusCode)
	p.Close()
	eventually(t, func() bool { return h.admits() }, "a place is free again")
	h.peer(t)
}
