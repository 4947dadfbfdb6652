package server_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/registry"
	"github.com/orchestrix/orchestrix/platform/server"
)

// crowded is a server that works on one request at a time, with a route that is
// answered always.
func crowded(t *testing.T, patience time.Duration) (*host, *fixture) {
	f := newFixture()
	r := routes()
	r.Register(registry.Route[*fixture]{ID: "probe", Method: http.MethodGet, Path: "/probe", Summary: "s",
		Limits:  registry.Limits{Always: true},
		Handler: registry.Handle(func(context.Context, *fixture, *none) (*none, error) { return &none{}, nil })})
	h := start(t, func(o *server.Options[*fixture]) {
		o.Registry, o.App, o.InFlight, o.Patience = r, f, 1, patience
		o.Origins, o.Production = []string{"https://app.example.com"}, true
	})
	return h, f
}

// statuses calls a path, each time in a goroutine of its own.
func (h *host) statuses(t *testing.T, path string, times int) <-chan int {
	got := make(chan int, times)
	for range times {
		go func() {
			resp, err := h.client.Get("http://" + h.addr + path)
			if err != nil {
				got <- 0
				return
			}
			resp.Body.Close()
			got <- resp.StatusCode
		}()
	}
	return got
}

// One request is worked on and the next waits for it.
func TestWhoHasToWaitGetsItsTurn(t *testing.T) {
	h, f := crowded(t, time.Hour)
	all := h.statuses(t, "/slow", 3)
	for path, status := range map[string]int{"/probe": 200, "/raw/1": 200, "/nothing": 404} {
		resp, _ := h.call(t, "GET", path, "")
		assert.Equal(t, status, resp.StatusCode, "%s takes no turn", path)
	}
	resp, _ := h.call(t, "OPTIONS", "/items/1", "")
	assert.Equal(t, 204, resp.StatusCode)
	for range 3 {
		<-f.entered
		assert.Empty(t, f.entered, "one at a time")
		f.release <- struct{}{}
		assert.Equal(t, 200, <-all)
	}
}

// Who waits too long is turned away, with when to come back. That is one line of
// the log, not a stack: there are many of them.
func TestWhoWaitsTooLongIsTurnedAway(t *testing.T) {
	h, f := crowded(t, time.Millisecond)
	first := h.statuses(t, "/slow", 1)
	<-f.entered
	resp, body := h.call(t, "GET", "/items/1", "", "X-Request-Id", "req-1")
	assert.Equal(t, 503, resp.StatusCode)
	assert.Equal(t, "1", resp.Header.Get("Retry-After"))
	assert.Equal(t, "https://app.example.com", resp.Header.Get("Access-Control-Allow-Origin"))
	assert.JSONEq(t, `{"error":"The server is busy; try again later","code":"OVERLOADED","requestId":"req-1","timestamp":"2026-02-12T10:00:00.000Z"}`, body)
	entries := h.logs.All()
	require.Len(t, entries, 1)
	assert.Equal(t, "request", entries[0].Message)
	assert.Equal(t, map[string]any{"method": "GET", "route": "/items/:id", "status": int64(503), "requestId": "req-1"}, without(entries[0].ContextMap(), "duration"))

	f.release <- struct{}{}
	assert.Equal(t, 200, <-first)
	resp, _ = h.call(t, "GET", "/items/1", "")
	assert.Equal(t, 200, resp.StatusCode, "all is as before")
}

func without(fields map[string]any, name string) map[string]any {
	delete(fields, name)
	return fields
}

// A turn is given back however a request ends.
func TestTurnsAreGivenBack(t *testing.T) {
	h, _ := crowded(t, time.Hour)
	for range 3 {
		for path, status := range map[string]int{"/fail/panic": 500, "/fail/apierr": 409, "/brief": 504, "/items/1": 200} {
			resp, _ := h.call(t, "GET", path, "")
			assert.Equal(t, status, resp.StatusCode, path)
		}
	}
}

// A crowd that comes at once waits; when it does not end, who comes then is turned
// away at once, until there was room again.
func TestWhoComesWhenItHasLongBeenFullIsTurnedAwayAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := server.NewGate(8, time.Second)
		for range 8 {
			require.NoError(t, g.Enter(t.Context()))
		}
		try := func() (took time.Duration) {
			began := time.Now()
			require.ErrorContains(t, g.Enter(t.Context()), "503")
			return time.Since(began)
		}
		assert.Equal(t, time.Second, try(), "the crowd may end")
		time.Sleep(time.Millisecond)
		assert.Zero(t, try())
		for range 10 { // a turn that is free now and then is taken at once: that is no room
			g.Leave()
			require.NoError(t, g.Enter(t.Context()))
			assert.Zero(t, try())
		}
		g.Leave()
		g.Leave()
		require.NoError(t, g.Enter(t.Context()))
		require.NoError(t, g.Enter(t.Context()))
		assert.Equal(t, time.Second, try(), "there was room")
	})
}
