package socketio

import (
	"context"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

const patience = 20 * time.Second

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"))
}

// host is a server under test with an HTTP client of its own.
type host struct {
	*Server
	addr   string
	client *http.Client
}

func start(t testing.TB, opts Options) *host {
	t.Helper()
	h := &host{Server: New(opts), client: &http.Client{Transport: &http.Transport{}, Timeout: patience}}
	app := fiber.New(fiber.Config{DisableStartupMessage: true, ReduceMemoryUsage: true, BodyLimit: 10 << 20,
		ReadBufferSize: 16 << 10, ReadTimeout: 30 * time.Second, IdleTimeout: 75 * time.Second})
	app.Server().MaxIdleWorkerDuration = 50 * time.Millisecond
	app.All("/socket.io/", h.Handle)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	h.addr = ln.Addr().String()
	served := make(chan error, 1)
	go func() { served <- app.Listener(ln) }()
	t.Cleanup(func() {
		require.NoError(t, h.Close(within(t)), "close")
		h.client.CloseIdleConnections()
		require.NoError(t, app.ShutdownWithTimeout(patience))
		require.NoError(t, <-served)
	})
	return h
}

func within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// do makes a request and returns status, content type and body.
func (h *host) do(t testing.TB, method, query, body string, headers ...string) (int, string, string) {
	t.Helper()
	req, err := http.NewRequest(method, "http://"+h.addr+"/socket.io/"+query, strings.NewReader(body))
	require.NoError(t, err)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := h.client.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, resp.Header.Get("Content-Type"), string(text)
}

var sidPattern = regexp.MustCompile(`"sid":"([^"]+)"`)

// poller is a raw polling client.
type poller struct {
	h   *host
	sid string
}

func (h *host) poller(t testing.TB) *poller {
	t.Helper()
	status, _, body := h.do(t, "GET", "?EIO=4&transport=polling", "")
	require.Equal(t, 200, status, body)
	return &poller{h: h, sid: sidPattern.FindStringSubmatch(body)[1]}
}

func (p *poller) query() string { return "?EIO=4&transport=polling&sid=" + p.sid }

func (p *poller) get(t testing.TB) (int, string) {
	t.Helper()
	status, _, body := p.h.do(t, "GET", p.query(), "")
	return status, body
}

func (p *poller) post(t testing.TB, body string) int {
	t.Helper()
	status, _, _ := p.h.do(t, "POST", p.query(), body)
	return status
}

func (p *poller) join(t testing.TB) {
	t.Helper()
	require.Equal(t, 200, p.post(t, "40"))
	_, body := p.get(t)
	require.Contains(t, body, `40{"sid":`)
}

// peer is a raw websocket client.
type peer struct{ *websocket.Conn }

func (h *host) dial(t testing.TB, query string, header http.Header) *peer {
	t.Helper()
	c, resp, err := websocket.DefaultDialer.Dial("ws://"+h.addr+"/socket.io/"+query, header)
	require.NoError(t, err)
	resp.Body.Close()
	require.NoError(t, c.SetReadDeadline(time.Now().Add(patience)))
	t.Cleanup(func() { c.Close() })
	return &peer{c}
}

// peer connects a websocket and its socket.
func (h *host) peer(t testing.TB) *peer {
	t.Helper()
	p := h.dial(t, "?EIO=4&transport=websocket", nil)
	require.Regexp(t, `^0\{"sid":".{20}","upgrades":\[\],`, p.read(t))
	p.say(t, "40")
	require.Regexp(t, `^40\{"sid":".{20}"\}$`, p.read(t))
	return p
}

func (p *peer) read(t testing.TB) string {
	t.Helper()
	_, text, err := p.ReadMessage()
	require.NoError(t, err)
	return string(text)
}

func (p *peer) say(t testing.TB, text string) {
	t.Helper()
	require.NoError(t, p.WriteMessage(websocket.TextMessage, []byte(text)))
}

// closing reads on to the close frame.
func (p *peer) closing(t testing.TB) *websocket.CloseError {
	t.Helper()
	for {
		_, _, err := p.ReadMessage()
		if err == nil {
			continue
		}
		var closed *websocket.CloseError
		require.ErrorAs(t, err, &closed)
		return closed
	}
}

// eventually waits for what has no other sign to wait for.
func eventually(t testing.TB, what func() bool, message string) {
	t.Helper()
	require.Eventually(t, what, patience, time.Millisecond, message)
}
