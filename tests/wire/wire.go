// Package wire runs the driver-backed store against a server that speaks
// MongoDB's wire protocol: FerretDB, embedded. It is a module of its own so
// that none of this is a dependency of the program.
package wire

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/FerretDB/FerretDB/ferretdb"
	"github.com/stretchr/testify/require"
)

// Start runs a server until the test ends, and returns its URI. The URI allows
// one connection, because FerretDB's updates are not atomic.
func Start(t *testing.T) (uri string) {
	t.Helper()
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		Handler:   "sqlite",
		SQLiteURL: "file:" + t.TempDir() + "/",
		Logger:    slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		_ = server.Run(ctx)
	}()
	t.Cleanup(func() {
		stop()
		<-stopped
	})
	return withOneConnection(server.MongoDBURI())
}

func withOneConnection(uri string) string {
	return strings.TrimSuffix(uri, "/") + "/wire?maxPoolSize=1"
}
