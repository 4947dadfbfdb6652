package accounts_test

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"golang.org/x/crypto/bcrypt"

	"github.com/orchestrix/orchestrix/modules/core/accounts"
	"github.com/orchestrix/orchestrix/platform/auth"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/mongo/embedded"
	"github.com/orchestrix/orchestrix/platform/registry"
	"github.com/orchestrix/orchestrix/platform/server"
	"github.com/orchestrix/orchestrix/platform/users"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
		goleak.IgnoreAnyFunction("go.opencensus.io/stats/view.(*worker).start")) // of Gemini's library, from the start
}

// Hashes that another implementation made of "correct horse".
const (
	password = "correct horse"
	hash2a   = "$2a$10$abcdefghijklmnopqrstuu23JPZtHcGhwXSF41f93o/7vBdDut3Xu"
	hash2b   = "$2b$10$abcdefghijklmnopqrstuu23JPZtHcGhwXSF41f93o/7vBdDut3Xu"
)

// watched is a store that counts the writes of sessions.
type watched struct {
	mongo.Store
	writes atomic.Int64
}

type watchedCollection struct {
	mongo.Collection
	writes *atomic.Int64
}

func (w *watched) Collection(name string) mongo.Collection {
	if name == "sessions" {
		return watchedCollection{w.Store.Collection(name), &w.writes}
	}
	return w.Store.Collection(name)
}

func (c watchedCollection) UpdateOne(ctx context.Context, filter, update doc.Object, opts mongo.UpdateOptions) (mongo.UpdateResult, error) {
	c.writes.Add(1)
	return c.Collection.UpdateOne(ctx, filter, update, opts)
}

// fixture is a service on an empty store.
type fixture struct {
	*accounts.Service
	store *watched
	now   time.Time // what its clock says
}

func start(t testing.TB, change ...func(*accounts.Options)) *fixture {
	t.Helper()
	now := time.Date(2026, 2, 12, 10, 0, 0, 0, time.UTC)
	store, err := embedded.Open(t.Context(), embedded.Options{
		Dir: t.TempDir(), Clock: func() time.Time { return now }, // or it deletes sessions of that day as expired
	})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, store.Close(context.Background())) })
	f := &fixture{store: &watched{Store: store}, now: now}
	opts := accounts.Options{
		Passwords: auth.NewPasswords(),
		Secret:    []byte("a secret for tests"), SessionLife: time.Hour,
		Clock: func() time.Time { return f.now }, Logger: zap.NewNop(),
	}
	for _, c := range change {
		c(&opts)
	}
	f.Service = accounts.NewService(f.store, opts)
	require.NoError(t, f.EnsureIndexes(t.Context()))
	return f
}

// add stores a user whose password costs little to compare.
func (f *fixture) add(t testing.TB, email string, more ...doc.Field) {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	require.NoError(t, err)
	f.insert(t, append(doc.Object{{"email", email}, {users.EmailKey, users.Key(email)}, {"password", string(hash)}}, more...))
}

func (f *fixture) insert(t testing.TB, user doc.Object) {
	t.Helper()
	_, err := f.store.Collection(users.Collection).InsertOne(t.Context(), user)
	require.NoError(t, err)
}

// change sets a field of a user behind the service's back.
func (f *fixture) change(t testing.TB, email, field string, value any) {
	t.Helper()
	result, err := f.store.Collection(users.Collection).UpdateOne(t.Context(), doc.Object{{"email", email}},
		doc.Object{{"$set", doc.Object{{field, value}}}}, mongo.UpdateOptions{})
	require.NoError(t, err)
	require.EqualValues(t, 1, result.Modified)
}

// login logs in a user who must be able to.
func (f *fixture) login(t testing.TB, email string) *accounts.Login {
	t.Helper()
	login, err := f.Login(t.Context(), email, password, accounts.Client{})
	require.NoError(t, err)
	return login
}

// serve has a host call handle for each request, behind the service as its guard,
// and returns what makes one with a token.
func (f *fixture) serve(t testing.TB, handle func(ctx context.Context) error) (call func(token string) (status int)) {
	t.Helper()
	type empty struct{}
	r := registry.New[*fixture]()
	r.Register(registry.Route[*fixture]{ID: "handle", Method: http.MethodGet, Path: "/", Summary: "s", Auth: registry.Caller,
		Handler: registry.Handle(func(ctx context.Context, _ *fixture, _ *empty) (*empty, error) { return &empty{}, handle(ctx) })})
	host, err := server.New(server.Options[*fixture]{Registry: r, App: f, Guard: f})
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- host.Serve(listener) }()
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		assert.NoError(t, host.Shutdown(context.Background()))
		assert.NoError(t, <-served)
	})
	return func(token string) int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+listener.Addr().String(), nil)
		if !assert.NoError(t, err) {
			return 0
		}
		req.Header.Set("Authorization", "Bearer "+token)
		res, err := client.Do(req)
		if !assert.NoError(t, err) {
			return 0
		}
		assert.NoError(t, res.Body.Close())
		return res.StatusCode
	}
}
