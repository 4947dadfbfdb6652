// Package wire runs the driver-backed store against a server that speaks
// MongoDB's wire protocol: FerretDB, embedded. It is a module of its own so
// that none of this is a dependency of the program.
package wire

import (
	"context"
	"io"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"github.com/FerretDB/FerretDB/ferretdb"
	"github.com/stretchr/testify/require"
)

// Start runs a server until the test ends, and returns its URI. The URI allows
// one connection, because FerretDB's updates are not atomic.
func Start(t *testing.T) (uri string) {
	t.Helper()
	return startServer(t).uri()
}

// server is one that can be stopped, and started again on the same data. It gets
// another port then.
type server struct {
	t      *testing.T
	dir    string
	db     *ferretdb.FerretDB
	cancel context.CancelFunc
	over   chan struct{}
}

func startServer(t *testing.T) *server {
	t.Helper()
	s := &server{t: t, dir: t.TempDir()}
	s.start()
	t.Cleanup(s.stop)
	return s
}

func (s *server) start() {
	s.t.Helper()
	var err error
	s.db, err = ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		Handler:   "sqlite",
		SQLiteURL: "file:" + s.dir + "/",
		Logger:    slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	require.NoError(s.t, err)
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel, s.over = cancel, make(chan struct{})
	go func() {
		defer close(s.over)
		_ = s.db.Run(ctx)
	}()
}

// stop ends the server; again does nothing.
func (s *server) stop() {
	s.cancel()
	<-s.over
}

func (s *server) uri() string { return withOneConnection(s.db.MongoDBURI()) }

func (s *server) address() string {
	s.t.Helper()
	uri, err := url.Parse(s.db.MongoDBURI())
	require.NoError(s.t, err)
	return uri.Host
}

func withOneConnection(uri string) string {
	return strings.TrimSuffix(uri, "/") + "/wire?maxPoolSize=1"
}
