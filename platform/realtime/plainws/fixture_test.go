package plainws_test

import (
	"context"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/orchestrix/orchestrix/platform/realtime/plainws"
	"github.com/orchestrix/orchestrix/platform/registry"
	"github.com/orchestrix/orchestrix/platform/server"
)

// patience is what a test waits for anything; no test is meant to.
const patience = 20 * time.Second

// brief is for tests whose clients do not read to the end: on a slow machine it
// cuts off goodbyes, too.
var brief = plainws.Options{CloseTimeout: 50 * time.Millisecond}

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"))
}

// mounted is a server behind a listener, and the answer of its peers.
type mounted struct {
	*plainws.Server
	addr string
}

// peers makes the peer of a connection from the last part of its path.
type peers func(id string) plainws.Peer

// everywhere runs a test on plain Fiber and on our host.
func everywhere(t *testing.T, test func(t *testing.T, mount func(plainws.Options, peers) *mounted)) {
	for name, mount := range map[string]func(testing.TB, plainws.Options, peers) *mounted{"fiber": onFiber, "host": onHost} {
		t.Run(name, func(t *testing.T) {
			test(t, func(o plainws.Options, p peers) *mounted { return mount(t, o, p) })
		})
	}
}

func onFiber(t testing.TB, opts plainws.Options, p peers) *mounted {
	t.Helper()
	m := &mounted{Server: plainws.New(opts)}
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Server().MaxIdleWorkerDuration = 50 * time.Millisecond // it takes that long to stop
	app.All("/ws/:id", func(c *fiber.Ctx) error { return m.Handle(c, p(string([]byte(c.Params("id"))))) })
	m.serve(t, app.Listener, app.ShutdownWithContext)
	return m
}

func onHost(t testing.TB, opts plainws.Options, p peers) *mounted {
	t.Helper()
	m := &mounted{Server: plainws.New(opts)}
	r := registry.New[*mounted]()
	r.Register(registry.Route[*mounted]{ID: "ws", Method: http.MethodGet, Path: "/ws/:id", Summary: "ws",
		Handler: registry.Raw[*mounted](func(c *fiber.Ctx, m *mounted) error { return m.Handle(c, p(server.Param(c, "id"))) })})
	host, err := server.New(server.Options[*mounted]{Registry: r, App: m})
	require.NoError(t, err)
	m.serve(t, host.Serve, host.Shutdown)
	return m
}

// serve serves until the test ends, and stops as main does.
func (m *mounted) serve(t testing.TB, serve func(net.Listener) error, shutdown func(context.Context) error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	m.addr = ln.Addr().String()
	done := make(chan error, 1)
	go func() { done <- serve(ln) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		assert.NoError(t, m.Close(ctx))
		assert.NoError(t, shutdown(ctx))
		assert.NoError(t, <-done)
	})
}

// client is a client that fails the test when it is kept waiting.
type client struct {
	*websocket.Conn
	t testing.TB
}

func (m *mounted) dial(t testing.TB, id string, headers ...string) *client {
	t.Helper()
	header := http.Header{}
	for i := 0; i < len(headers); i += 2 {
		header.Set(headers[i], headers[i+1])
	}
	conn, resp, err := (&websocket.Dialer{HandshakeTimeout: patience}).Dial("ws://"+m.addr+"/ws/"+id, header)
	require.NoError(t, err)
	_ = resp.Body.Close()
	t.Cleanup(func() { conn.Close() })
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(patience)))
	return &client{Conn: conn, t: t}
}

func (c *client) read() string {
	c.t.Helper()
	kind, b, err := c.ReadMessage()
	require.NoError(c.t, err)
	assert.Equal(c.t, websocket.TextMessage, kind)
	return string(b)
}

func (c *client) write(s string) {
	c.t.Helper()
	require.NoError(c.t, c.WriteMessage(websocket.TextMessage, []byte(s)))
}

// closed reads until the connection ends and returns the code it ended with.
func (c *client) closed() (code int, reason string) {
	c.t.Helper()
	for {
		if _, _, err := c.ReadMessage(); err != nil {
			var e *websocket.CloseError
			require.ErrorAs(c.t, err, &e)
			return e.Code, e.Text
		}
	}
}

// echo answers each message with itself.
func echo(string) plainws.Peer {
	return plainws.Peer{Message: func(c *plainws.Conn, b []byte) { c.Send(b) }}
}

// opened is a peer whose connection comes out of a channel.
func opened() (peers, chan *plainws.Conn, chan *plainws.Conn) {
	open, closed := make(chan *plainws.Conn, 100), make(chan *plainws.Conn, 100)
	return func(string) plainws.Peer {
		return plainws.Peer{
			Open:   func(c *plainws.Conn) { open <- c },
			Closed: func(c *plainws.Conn) { closed <- c },
		}
	}, open, closed
}

func receive[T any](t testing.TB, ch <-chan T) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(patience):
		require.FailNow(t, "nothing came")
		panic("unreachable")
	}
}

func within(t testing.TB, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}
