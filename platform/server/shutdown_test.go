package server_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/server"
)

func within(t testing.TB, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

// dial opens a connection and waits until the server answers on another, so
// that both were accepted.
func (h *host) dial(t testing.TB) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", h.addr)
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	require.NoError(t, c.SetDeadline(time.Now().Add(10*time.Second)))
	h.call(t, "GET", "/items/1", "")
	return c
}

func TestShutdownLetsRequestsFinish(t *testing.T) {
	f := newFixture()
	h := start(t, func(o *server.Options[*fixture]) { o.App = f })
	unused, idle := h.dial(t), h.dial(t)
	_, err := io.WriteString(idle, "GET /items/1 HTTP/1.1\r\nHost: x\r\n\r\n")
	require.NoError(t, err)
	resp, err := http.ReadResponse(bufio.NewReader(idle), nil)
	require.NoError(t, err)
	resp.Body.Close()

	status := make(chan int, 1)
	go func() {
		resp, err := h.client.Get("http://" + h.addr + "/slow")
		if err != nil {
			status <- 0
			return
		}
		resp.Body.Close()
		status <- resp.StatusCode
	}()
	<-f.entered
	require.True(t, h.Ready())

	ctx := within(t, 10*time.Second)
	var calls sync.WaitGroup
	results := make([]error, 3)
	for i := range results {
		calls.Go(func() { results[i] = h.Shutdown(ctx) })
	}
	_, err = unused.Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF, "a connection that was never used is closed")
	_, err = idle.Read(make([]byte, 1))
	require.Error(t, err, "a connection between two requests is closed")
	assert.False(t, h.Ready())
	_, err = net.Dial("tcp", h.addr)
	require.Error(t, err, "nothing new is accepted")

	close(f.release)
	assert.Equal(t, 200, <-status)
	calls.Wait()
	assert.NoError(t, errors.Join(results...))
}

func TestShutdownCutsWhatDoesNotFinish(t *testing.T) {
	f := newFixture()
	s, err := server.New(server.Options[*fixture]{Registry: routes(), App: f})
	require.NoError(t, err)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan error, 1)
	go func() { done <- s.Serve(ln) }()
	c, err := net.Dial("tcp", ln.Addr().String())
	require.NoError(t, err)
	defer c.Close()
	_, err = io.WriteString(c, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
	require.NoError(t, err)
	<-f.entered

	require.ErrorIs(t, s.Shutdown(within(t, 20*time.Millisecond)), context.DeadlineExceeded)
	require.NoError(t, c.SetReadDeadline(time.Now().Add(10*time.Second)))
	_, err = io.ReadAll(c)
	assert.False(t, errors.Is(err, context.DeadlineExceeded), "the connection was cut")
	require.NoError(t, <-done)
}

func TestShutdownWhileServeBegins(t *testing.T) {
	for range 50 {
		s, err := server.New(server.Options[*fixture]{Registry: routes(), App: newFixture()})
		require.NoError(t, err)
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		done := make(chan error, 1)
		go func() { done <- s.Serve(ln) }()
		require.NoError(t, s.Shutdown(within(t, 5*time.Second)))
		select {
		case <-done:
		case <-time.After(5 * time.Second):
			require.Fail(t, "Serve did not return")
		}
	}
}

func TestSlowClientsAreCutOff(t *testing.T) {
	h := start(t, func(o *server.Options[*fixture]) {
		o.HeaderTimeout, o.IdleTimeout = 50*time.Millisecond, 50*time.Millisecond
	})
	resp := h.raw(t, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	assert.Equal(t, 408, resp.StatusCode)
	assert.True(t, strings.HasPrefix(string(body), `{"error":"The request did not arrive in time"`), string(body))

	idle := h.dial(t)
	_, err = io.WriteString(idle, "GET /items/1 HTTP/1.1\r\nHost: x\r\n\r\n")
	require.NoError(t, err)
	_, err = io.ReadAll(idle) // ends when the server closes
	require.NoError(t, err)
}
