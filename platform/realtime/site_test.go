package realtime_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/realtime"
	"github.com/orchestrix/orchestrix/platform/runlog"
)

// patience is what a test waits for anything; no test is meant to.
const patience = 20 * time.Second

var errAway = errors.New("the store is away")

// rules know viewers by token, and owners of runs.
type rules struct {
	tokens map[string]realtime.Viewer
	owners map[string]string

	mu     sync.Mutex
	dead   map[string]bool
	unsure map[string]bool // runs and sessions
	gates  map[string]*gate
	asked  map[string]int // for how many times a session was
}

// gate holds up a question, which has come when entered is closed.
type gate struct {
	entered, open chan struct{}
	late          atomic.Bool
}

// release lets the question go on. It is still waiting, unless something that
// should not have has waited for it.
func (g *gate) release(t *testing.T) {
	t.Helper()
	assert.False(t, g.late.Load(), "the question has timed out")
	close(g.open)
}

func newRules() *rules {
	return &rules{
		tokens: map[string]realtime.Viewer{
			"ada": {Owner: "ada", Session: "a"}, "ada again": {Owner: "ada", Session: "a"}, "ada elsewhere": {Owner: "ada", Session: "a2"},
			"bob": {Owner: "bob", Session: "b"},
		},
		owners: map[string]string{"adas": "ada", "bobs": "bob"},
		dead:   map[string]bool{}, unsure: map[string]bool{}, gates: map[string]*gate{}, asked: map[string]int{},
	}
}

// hold holds up the next question of a kind.
func (r *rules) hold(kind string) *gate {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.gates[kind] = &gate{entered: make(chan struct{}), open: make(chan struct{})}
	return r.gates[kind]
}

func (r *rules) pass(ctx context.Context, kind string) error {
	r.mu.Lock()
	g := r.gates[kind]
	delete(r.gates, kind)
	r.mu.Unlock()
	if g == nil {
		return nil
	}
	close(g.entered)
	select {
	case <-g.open:
		return nil
	case <-ctx.Done():
		g.late.Store(true)
		return ctx.Err()
	}
}

func (r *rules) end(session string)  { r.mu.Lock(); r.dead[session] = true; r.mu.Unlock() }
func (r *rules) blur(what string)    { r.mu.Lock(); r.unsure[what] = true; r.mu.Unlock() }
func (r *rules) times(id string) int { r.mu.Lock(); defer r.mu.Unlock(); return r.asked[id] }

func (r *rules) Identify(ctx context.Context, token string) (realtime.Viewer, error) {
	v, known := r.tokens[token]
	r.mu.Lock()
	dead := r.dead[v.Session]
	r.mu.Unlock()
	if err := r.pass(ctx, "identify"); err != nil {
		return v, err
	}
	if !known || dead {
		return realtime.Viewer{}, errors.New("Not authenticated")
	}
	return v, nil
}

func (r *rules) Check(ctx context.Context, v realtime.Viewer, id string) error {
	if err := r.pass(ctx, "check"); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.unsure[id] {
		return errAway
	}
	if owner, exists := r.owners[id]; !exists || owner != v.Owner || r.dead[v.Session] {
		return realtime.ErrUnknownRun
	}
	return nil
}

func (r *rules) Alive(ctx context.Context, session string) (bool, error) {
	if err := r.pass(ctx, "alive"); err != nil {
		return false, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked[session]++
	if r.unsure[session] {
		return false, errAway
	}
	return !r.dead[session], nil
}

// site is a gateway behind a listener. Requests say in a header for whom they
// speak.
type site struct {
	*realtime.Gateway
	logs  *logs
	hub   *realtime.Hub
	rules *rules
	addr  string
	http  *http.Client
}

// serve serves runs of two entries each, with rules unless opts has others.
func serve(t *testing.T, r *rules, opts realtime.GatewayOptions) *site {
	t.Helper()
	s := &site{logs: newLogs(), rules: r, http: &http.Client{Transport: &http.Transport{}, Timeout: patience}}
	s.hub = realtime.NewHub(s.logs, zap.NewNop(), false)
	if r != nil {
		opts.Rules = r
	}
	for _, id := range []string{"adas", "bobs"} {
		s.logs.add(id, runlog.RunStarted)
		s.logs.add(id, runlog.StepData)
	}
	s.Gateway = realtime.NewGateway(s.hub, opts)
	app := fiber.New(fiber.Config{DisableStartupMessage: true, DisableDefaultDate: true, ErrorHandler: answer})
	app.Server().MaxIdleWorkerDuration = 50 * time.Millisecond // it takes that long to stop
	app.All("/socket.io/", func(c *fiber.Ctx) error { return s.SocketIO(c, viewer(c)) })
	app.Get("/", func(c *fiber.Ctx) error { return s.LogStream(c, plainViewer(c)) })
	app.Get("/ws/executions/:id", func(c *fiber.Ctx) error {
		return s.Execution(c, plainViewer(c), strings.Clone(c.Params("id")), -1)
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s.addr = ln.Addr().String()
	done := make(chan error, 1)
	go func() { done <- app.Listener(ln) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		assert.NoError(t, s.Close(ctx))
		assert.Zero(t, s.Connections(), "what has ended is forgotten")
		s.hub.Close()
		s.http.CloseIdleConnections()
		assert.NoError(t, app.ShutdownWithContext(ctx))
		assert.NoError(t, <-done)
	})
	return s
}

// answer is what the host makes of an error.
func answer(c *fiber.Ctx, err error) error {
	var own *apierr.Error
	if errors.As(err, &own) {
		return c.Status(own.Status).JSON(fiber.Map{"error": own.Title})
	}
	return fiber.DefaultErrorHandler(c, err)
}

func viewer(c *fiber.Ctx) *realtime.Viewer {
	if v, known := newRules().tokens[c.Get("X-Viewer")]; known {
		return &v
	}
	return nil
}

func plainViewer(c *fiber.Ctx) (v realtime.Viewer) {
	if known := viewer(c); known != nil {
		v = *known
	}
	return v
}

func (s *site) request(t testing.TB, method, path, as, body string) (status int, text string) {
	t.Helper()
	req, err := http.NewRequest(method, "http://"+s.addr+path, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("X-Viewer", as)
	resp, err := s.http.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(b)
}

// plain is a client on a WebSocket.
type plain struct {
	*websocket.Conn
	t *testing.T
}

func (s *site) try(t *testing.T, path, as string) (*websocket.Conn, *http.Response, error) {
	t.Helper()
	return (&websocket.Dialer{HandshakeTimeout: patience}).Dial("ws://"+s.addr+path, http.Header{"X-Viewer": {as}})
}

func (s *site) dial(t *testing.T, path, as string) *plain {
	t.Helper()
	conn, resp, err := s.try(t, path, as)
	require.NoError(t, err)
	resp.Body.Close()
	t.Cleanup(func() { conn.Close() })
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(patience)))
	return &plain{Conn: conn, t: t}
}

func (p *plain) say(text string) {
	p.t.Helper()
	require.NoError(p.t, p.WriteMessage(websocket.TextMessage, []byte(text)))
}

func (p *plain) read() string {
	p.t.Helper()
	_, text, err := p.ReadMessage()
	require.NoError(p.t, err)
	return string(text)
}

// closed is how the connection ends, when nothing else comes before.
func (p *plain) closed() (code int, reason string) {
	p.t.Helper()
	_, text, err := p.ReadMessage()
	var e *websocket.CloseError
	require.ErrorAs(p.t, err, &e, string(text))
	return e.Code, e.Text
}

// subscribe joins or leaves a group of the log stream.
func (p *plain) subscribe(what, group string) {
	p.t.Helper()
	p.say(`{"type":"` + what + `","data":{"streamName":"executionLog","groupId":"` + group + `","subscriptionId":"s"}}`)
}

// client is a client of Socket.IO, before its CONNECT.
type client interface {
	say(packets ...string)
	// begin says what is answered only once it is handled, and returns what waits
	// for that.
	begin(packets ...string) (said func())
	read() string
	gone() // reads the end
}

// transports are the ways to open one.
var transports = map[string]func(s *site, t *testing.T, as string) client{
	"websocket": func(s *site, t *testing.T, as string) client {
		p := s.dial(t, "/socket.io/?EIO=4&transport=websocket", as)
		require.Regexp(t, `^0\{`, p.read())
		return onSocket{p}
	},
	"polling": func(s *site, t *testing.T, as string) client { return s.poller(t, as) },
	"upgrade": func(s *site, t *testing.T, as string) client {
		first := s.poller(t, as)
		p := s.dial(t, strings.Replace(first.path, "polling", "websocket", 1), "nobody") // the handshake's viewer stays
		p.say("2probe")
		require.Equal(t, "3probe", p.read())
		p.say("5")
		return onSocket{p}
	},
}

// socket opens a Socket.IO client that has connected.
func (s *site) socket(t *testing.T, transport, token string) client {
	t.Helper()
	c := transports[transport](s, t, "")
	c.say(`40{"token":"` + token + `"}`)
	require.Regexp(t, `^40\{"sid":`, c.read())
	return c
}

type onSocket struct{ *plain }

func (c onSocket) say(packets ...string) {
	c.t.Helper()
	for _, packet := range packets {
		c.plain.say(packet)
	}
}

func (c onSocket) begin(packets ...string) (said func()) {
	c.t.Helper()
	c.say(packets...)
	return func() {}
}

func (c onSocket) gone() {
	c.t.Helper()
	c.closed()
}

type poller struct {
	s      *site
	t      *testing.T
	path   string
	waited []string // packets that came with others
}

var sid = regexp.MustCompile(`"sid":"([^"]+)"`)

func (s *site) poller(t *testing.T, as string) *poller {
	t.Helper()
	status, body := s.request(t, http.MethodGet, "/socket.io/?EIO=4&transport=polling", as, "")
	require.Equal(t, http.StatusOK, status, body)
	return &poller{s: s, t: t, path: "/socket.io/?EIO=4&transport=polling&sid=" + sid.FindStringSubmatch(body)[1]}
}

func (p *poller) say(packets ...string) {
	p.t.Helper()
	status, body := p.s.request(p.t, http.MethodPost, p.path, "", strings.Join(packets, "\x1e"))
	require.Equal(p.t, http.StatusOK, status, body)
}

func (p *poller) begin(packets ...string) (said func()) {
	var post sync.WaitGroup
	post.Go(func() { p.say(packets...) })
	return post.Wait
}

func (p *poller) read() string {
	p.t.Helper()
	if len(p.waited) == 0 {
		status, body := p.s.request(p.t, http.MethodGet, p.path, "", "")
		require.Equal(p.t, http.StatusOK, status, body)
		p.waited = strings.Split(body, "\x1e")
	}
	packet := p.waited[0]
	p.waited = p.waited[1:]
	return packet
}

func (p *poller) gone() {
	p.t.Helper()
	require.Equal(p.t, "1", p.read())
	status, _ := p.s.request(p.t, http.MethodGet, p.path, "", "")
	require.Equal(p.t, http.StatusBadRequest, status, "the session is unknown")
}
