// Package modulestest serves single endpoints for the tests beside them.
package modulestest

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/config"
	"github.com/orchestrix/orchestrix/modules"
	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/server"
)

// Host serves some routes on an empty embedded store.
type Host struct {
	App   *app.App
	Store mongo.Store
	URL   string

	t testing.TB
}

// patience is what a request and the end of the host may take: on a busy machine, with
// the race detector, a single password takes half a minute to hash.
const patience = 5 * time.Minute

// Start serves the routes with the given ids, and nothing else.
func Start(t testing.TB, ids ...string) *Host {
	t.Helper()
	t.Setenv("DATA_DIR", t.TempDir())
	t.Setenv("JWT_SECRET", "a secret for tests")
	settings, err := config.Load(nil)
	require.NoError(t, err)
	program, err := modules.Build(context.Background(), settings, zap.NewNop())
	require.NoError(t, err)
	host, err := server.New(server.Options[*app.App]{
		Registry: app.Routes.Only(ids...), App: program.App, Guard: program.App.Accounts,
		Production: settings.Production(), Origins: settings.FrontendURLs, TrustedProxies: settings.TrustedProxies,
		RequestTimeout: patience,
	})
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- host.Serve(listener) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		require.NoError(t, host.Shutdown(ctx))
		require.NoError(t, <-served)
		require.NoError(t, program.Close(ctx))
	})
	return &Host{App: program.App, Store: program.Store, URL: "http://" + listener.Addr().String(), t: t}
}

// Answer is what a call gave.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Call sends a request with headers, names and values in turn; a body is JSON.
func (h *Host) Call(method, path, body string, headers ...string) Answer {
	h.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, h.URL+path, strings.NewReader(body))
	require.NoError(h.t, err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(h.t, err)
	defer res.Body.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(res.Body)
	require.NoError(h.t, err)
	return Answer{Status: res.StatusCode, Header: res.Header, Body: string(text)}
}
