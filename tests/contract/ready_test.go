package contract_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A server whose database is lost lives on and is not ready; it is again when
// the database is back.
func TestReadinessFollowsTheDatabase(t *testing.T) {
	s := settings(t)
	url, gone := launchFlaky(t, s)

	gone.Store(true)
	play(t, url, []exchange{
		{name: "not ready", method: "GET", path: "/readyz", status: 503, contains: []string{`{"name":"store","ok":false,"reason":"The store does not answer"}`, `{"name":"server","ok":true}`},
			lacks: []string{"canary-user", "db.internal"}},
		{name: "alive", method: "GET", path: "/livez", status: 200, contains: []string{`{"status":"ok"}`}},
		{name: "healthy", method: "GET", path: "/health", status: 200},
	})
	gone.Store(false)
	require.Eventually(t, func() bool {
		got, err := try(t.Context(), http.MethodGet, url+"/readyz", "")
		return err == nil && got.status == http.StatusOK
	}, 20*time.Second, 50*time.Millisecond)
}

// A server that goes away says so first, and serves on for a while.
func TestDrainServesOn(t *testing.T) {
	s := settings(t)
	s.ShutdownDelay = time.Hour
	program := build(t, s)
	url, stop := launch(t, program)
	path := save(t, url, workflow("w", "user_default", "x", `[{"type":"testGate"},{"type":"response","body":"late"}]`))
	called := make(chan answer, 1)
	go func() {
		got, _ := try(context.Background(), http.MethodPost, url+path, `{}`)
		called <- got
	}()
	<-gateEntered

	ctx, enough := context.WithCancel(t.Context())
	drained := make(chan struct{})
	go func() { program.Drain(ctx); close(drained) }()
	require.Eventually(t, func() bool {
		got, err := try(t.Context(), http.MethodGet, url+"/readyz", "")
		return err == nil && got.status == http.StatusServiceUnavailable
	}, 10*time.Second, time.Millisecond)
	play(t, url, []exchange{
		{name: "why", method: "GET", path: "/readyz", status: 503, contains: []string{`{"name":"server","ok":false,"reason":"The server is shutting down"}`, `{"name":"store","ok":true}`}},
		{name: "alive", method: "GET", path: "/livez", status: 200},
		{name: "others are served", method: "GET", path: "/workflows/w?ownerId=user_default", status: 200},
	})
	<-gateOpen
	got := <-called
	assert.Equal(t, http.StatusOK, got.status, "%s", got.body)
	select {
	case <-drained:
		t.Error("it did not wait")
	default:
	}
	enough()
	<-drained
	stop()
}

func TestDrainTakesNoTimeByDefault(t *testing.T) {
	program := build(t, settings(t))
	launch(t, program)
	program.Drain(t.Context())
}
