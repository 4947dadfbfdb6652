// Package contract_test holds the whole program against the recorded exchanges
// and the sentences of the contract, over HTTP.
package contract_test

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/config"
	"github.com/orchestrix/orchestrix/modules"
)

// settings are those of the recorded server.
func settings(t testing.TB) *config.Settings {
	t.Helper()
	t.Setenv("JWT_SECRET", secret)
	t.Setenv("FRONTEND_URL", "http://localhost:3000")
	t.Setenv("DATA_DIR", t.TempDir())
	s, err := config.Load(nil)
	require.NoError(t, err)
	return s
}

// start runs the whole program on an empty embedded store and returns its URL.
func start(t testing.TB, change ...func(*config.Settings)) string {
	t.Helper()
	s := settings(t)
	for _, c := range change {
		c(s)
	}
	program, err := modules.Build(context.Background(), s, zap.NewNop())
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- program.Server.Serve(listener) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		require.NoError(t, program.Close(ctx))
		require.NoError(t, <-served)
	})
	return "http://" + listener.Addr().String()
}
