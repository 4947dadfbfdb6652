package plainws_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/fasthttp/websocket"
	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/realtime/plainws"
)

func TestOpenEchoClose(t *testing.T) {
	everywhere(t, func(t *testing.T, mount func(plainws.Options, peers) *mounted) {
		events := make(chan string, 10)
		m := mount(plainws.Options{}, func(id string) plainws.Peer {
			return plainws.Peer{
				Open: func(c *plainws.Conn) { c.Data = id; events <- "open " + id; c.Send([]byte("hello " + id)) },
				Message: func(c *plainws.Conn, b []byte) {
					events <- "message " + c.Data.(string)
					c.Send(append([]byte("you said "), b...))
				},
				Closed: func(c *plainws.Conn) { events <- "closed " + c.Data.(string); assert.False(t, c.Send([]byte("late"))) },
			}
		})
		c := m.dial(t, "a")
		assert.Equal(t, "hello a", c.read())
		assert.Equal(t, 1, m.Stats().Open)
		for _, size := range []int{0, 1, 125, 126, 1000, 60_000} { // the three sizes of a frame's header
			c.write(strings.Repeat("x", size))
			assert.Equal(t, "you said "+strings.Repeat("x", size), c.read())
		}
		require.NoError(t, c.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(4000, "bye")))
		code, _ := c.closed()
		assert.Equal(t, 4000, code, "the close frame is answered")

		assert.Equal(t, "open a", receive(t, events))
		for range 6 {
			assert.Equal(t, "message a", receive(t, events))
		}
		assert.Equal(t, "closed a", receive(t, events))
		require.NoError(t, m.Close(within(t, patience)))
		assert.Empty(t, events, "closed once")
		assert.Equal(t, plainws.Stats{Accepted: 1}, m.Stats())
	})
}

func TestCloseSendsWhatIsQueuedFirst(t *testing.T) {
	everywhere(t, func(t *testing.T, mount func(plainws.Options, peers) *mounted) {
		m := mount(plainws.Options{}, func(string) plainws.Peer {
			return plainws.Peer{Open: func(c *plainws.Conn) {
				for i := range 5000 {
					assert.True(t, c.Send(fmt.Append(nil, i)))
				}
				c.Close(4001, strings.Repeat("é", 100))
				assert.False(t, c.Send(nil))
				assert.ErrorIs(t, c.WaitQueued(t.Context(), 1), plainws.ErrClosed)
			}}
		})
		c := m.dial(t, "a")
		for i := range 5000 {
			require.Equal(t, fmt.Sprint(i), c.read())
		}
		code, reason := c.closed()
		assert.Equal(t, 4001, code)
		assert.Equal(t, strings.Repeat("é", 61), reason, "what fits, without half a letter")
	})
}

func TestSeveralServersAtOnce(t *testing.T) {
	prefix := func(name string) peers {
		return func(string) plainws.Peer {
			return plainws.Peer{Message: func(c *plainws.Conn, b []byte) { c.Send([]byte(name + string(b))) }}
		}
	}
	one, two, three := onFiber(t, brief, prefix("one ")), onHost(t, brief, prefix("two ")), onHost(t, brief, prefix("three "))
	var all sync.WaitGroup
	for i, m := range []*mounted{one, two, three} {
		name := []string{"one ", "two ", "three "}[i]
		for range 10 {
			c := m.dial(t, "a")
			all.Go(func() {
				for range 20 {
					c.write("hi")
					assert.Equal(t, name+"hi", c.read())
				}
			})
		}
	}
	all.Wait()
	require.NoError(t, one.Close(within(t, patience)))
	c := two.dial(t, "a")
	c.write("still")
	assert.Equal(t, "two still", c.read())
}

func TestRefusals(t *testing.T) {
	everywhere(t, func(t *testing.T, mount func(plainws.Options, peers) *mounted) {
		m := mount(plainws.Options{MaxConns: 1, CloseTimeout: brief.CloseTimeout, AllowOrigin: func(o, _ string) bool { return o == "https://ok.example" }}, echo)
		upgrade := func(headers ...string) (int, string, http.Header) {
			conn, err := net.Dial("tcp", m.addr)
			require.NoError(t, err)
			defer conn.Close()
			_, err = io.WriteString(conn, "GET /ws/a HTTP/1.1\r\nHost: x\r\n"+strings.Join(headers, "\r\n")+"\r\n\r\n")
			require.NoError(t, err)
			resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
			require.NoError(t, err)
			if resp.StatusCode == http.StatusSwitchingProtocols {
				return resp.StatusCode, "", resp.Header
			}
			body, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			return resp.StatusCode, string(body), resp.Header
		}
		const up, websocketUp, version, key = "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="

		status, _, _ := upgrade()
		assert.Equal(t, http.StatusUpgradeRequired, status, "no upgrade: the error that Handle returned")
		status, body, header := upgrade(up, websocketUp, version, key, "Origin: https://bad.example")
		assert.Equal(t, http.StatusForbidden, status)
		assert.Equal(t, `{"error":"Origin not allowed"}`, body)
		assert.Equal(t, "application/json; charset=utf-8", header.Get("Content-Type"))
		status, body, header = upgrade(up, websocketUp, "Sec-WebSocket-Version: 8", key)
		assert.Equal(t, http.StatusUpgradeRequired, status)
		assert.Equal(t, `{"error":"Unsupported WebSocket version"}`, body)
		assert.Equal(t, "13", header.Get("Sec-WebSocket-Version"))
		status, body, _ = upgrade(up, websocketUp, version)
		assert.Equal(t, http.StatusBadRequest, status)
		assert.Equal(t, `{"error":"Sec-WebSocket-Key is missing"}`, body)

		c := m.dial(t, "a", "Origin", "https://ok.example")
		c.write("hi")
		assert.Equal(t, "hi", c.read())
		status, body, _ = upgrade(up, websocketUp, version, key)
		assert.Equal(t, http.StatusServiceUnavailable, status)
		assert.Equal(t, `{"error":"too many connections"}`, body)
		assert.Equal(t, plainws.Stats{Open: 1, Accepted: 1, Refused: 4}, m.Stats())

		require.NoError(t, m.Close(within(t, patience)))
		status, body, _ = upgrade(up, websocketUp, version, key)
		assert.Equal(t, http.StatusServiceUnavailable, status)
		assert.Equal(t, `{"error":"server shutting down"}`, body)
	})
}

func TestHandleLeavesOtherRequestsToTheCaller(t *testing.T) {
	s := plainws.New(plainws.Options{})
	app := fiber.New()
	app.All("/", func(c *fiber.Ctx) error {
		if err := s.Handle(c, plainws.Peer{}); !errors.Is(err, fiber.ErrUpgradeRequired) {
			return err
		}
		return c.SendString("a page")
	})
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		req, err := http.NewRequest(method, "/", nil)
		require.NoError(t, err)
		if method == http.MethodPost {
			req.Header.Set("Connection", "Upgrade")
			req.Header.Set("Upgrade", "websocket")
		}
		resp, err := app.Test(req, -1)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		assert.Equal(t, "a page", string(body))
	}
	require.NoError(t, s.Close(t.Context()))
	require.NoError(t, s.Close(t.Context()), "twice is fine")
}
