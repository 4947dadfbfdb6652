package connections_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/orchestrix/orchestrix/modules/core/connections"
	"github.com/orchestrix/orchestrix/platform/clocktest"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/mongo/embedded"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const rows = "userdbconnections"

// database is somebody's own: a piece of the test's store. It counts how often it
// is open.
type database struct {
	mongo.Store
	name        string
	opened      atomic.Int64
	open        atomic.Int64
	refuses     atomic.Bool // to be opened
	unreachable atomic.Bool
	gate        chan struct{} // opening waits for it, when there is one
}

// opening is one connection to a database.
type opening struct {
	*database
	closed atomic.Bool
}

func (o *opening) Close(context.Context) error {
	if !o.closed.Swap(true) {
		o.open.Add(-1)
	}
	return nil
}

func (o *opening) Unreachable() error {
	if o.unreachable.Load() {
		return fmt.Errorf("%w: connection lost", mongo.ErrUnavailable)
	}
	return nil
}

// fixture is a service on an empty store.
type fixture struct {
	*connections.Service
	store mongo.Store
	opts  connections.Options
	log   *observer.ObservedLogs

	clock *clocktest.Clock

	mu        sync.Mutex
	databases map[string]*database // by the host of their URI
}

func key(fill byte) []byte { return bytes.Repeat([]byte{fill}, 32) }

func uri(name string) string { return "mongodb://canary:s3cr3t@" + name + "/shop" }

func start(t testing.TB, change ...func(*connections.Options)) *fixture {
	t.Helper()
	store, err := embedded.Open(t.Context(), embedded.Options{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, store.Close(context.Background())) })
	core, logged := observer.New(zap.DebugLevel)
	f := &fixture{store: store, log: logged, clock: clocktest.New(time.Date(2026, 2, 12, 10, 0, 0, 0, time.UTC)), databases: map[string]*database{}}
	f.opts = connections.Options{Key: key(1), Open: f.openDatabase, Clock: f.clock.Now, Logger: zap.New(core)}
	for _, c := range change {
		c(&f.opts)
	}
	f.Service = f.again(t, f.opts)
	require.NoError(t, f.EnsureIndexes(t.Context()))
	require.NoError(t, f.Start(t.Context()))
	return f
}

// again is another service on the same store.
func (f *fixture) again(t testing.TB, opts connections.Options) *connections.Service {
	t.Helper()
	s, err := connections.New(f.store, opts)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close(context.Background())) })
	return s
}

// database returns that of a host, and makes it.
func (f *fixture) database(host string) *database {
	f.mu.Lock()
	defer f.mu.Unlock()
	d := f.databases[host]
	if d == nil {
		d = &database{Store: f.store, name: host}
		f.databases[host] = d
	}
	return d
}

func (f *fixture) openDatabase(ctx context.Context, uri string) (mongo.Store, error) {
	_, host, _ := strings.Cut(strings.TrimSuffix(uri, "/shop"), "@")
	d := f.database(host)
	d.opened.Add(1)
	if d.gate != nil {
		select {
		case <-d.gate:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if d.refuses.Load() {
		return nil, fmt.Errorf("%w: mongodb://c***@%s/shop: connection refused", mongo.ErrUnavailable, host)
	}
	d.open.Add(1)
	return &opening{database: d}, nil
}

// connect connects an owner to the database of a host.
func (f *fixture) connect(t testing.TB, owner, host string) *database {
	t.Helper()
	_, err := f.Connect(t.Context(), owner, uri(host), "label")
	require.NoError(t, err)
	return f.database(host)
}

// of is the host of the database that an owner's workflows use, "" for the
// platform's.
func (f *fixture) of(t testing.TB, owner string) (host string, release func()) {
	t.Helper()
	store, release, err := f.Of(t.Context(), owner)
	require.NoError(t, err)
	if store == nil {
		return "", func() {}
	}
	return store.(*opening).name, release
}

// uses is of, released at once.
func (f *fixture) uses(t testing.TB, owner string) string {
	t.Helper()
	host, release := f.of(t, owner)
	release()
	return host
}

// row is what is stored for an owner.
func (f *fixture) row(t testing.TB, owner string) doc.Object {
	t.Helper()
	found, err := f.store.Collection(rows).FindOne(t.Context(), doc.Object{{"ownerId", owner}}, mongo.FindOptions{})
	require.NoError(t, err)
	return found
}

// set changes what is stored for an owner behind the service's back.
func (f *fixture) set(t testing.TB, owner, field string, value any) {
	t.Helper()
	result, err := f.store.Collection(rows).UpdateOne(t.Context(), doc.Object{{"ownerId", owner}},
		doc.Object{{"$set", doc.Object{{field, value}}}}, mongo.UpdateOptions{})
	require.NoError(t, err)
	require.EqualValues(t, 1, result.Matched)
}

// eventually waits for what a goroutine does.
func eventually(t testing.TB, is func() bool, text string) {
	t.Helper()
	require.Eventually(t, is, 5*time.Second, time.Millisecond, text)
}
