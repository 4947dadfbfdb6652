package contract_test

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/config"
	"github.com/orchestrix/orchestrix/modules"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/mongo/embedded"
)

// flaky is a store whose collections fail as one that cannot be reached does.
type flaky struct {
	mongo.Store
	gone *atomic.Bool
}

type flakyCollection struct {
	mongo.Collection
	gone *atomic.Bool
}

func (f flaky) Collection(name string) mongo.Collection {
	return flakyCollection{f.Store.Collection(name), f.gone}
}

func (f flaky) Collections(ctx context.Context) ([]string, error) {
	if err := (flakyCollection{gone: f.gone}).err(); err != nil {
		return nil, err
	}
	return f.Store.Collections(ctx)
}

func (f flaky) Ping(ctx context.Context) error {
	if err := (flakyCollection{gone: f.gone}).err(); err != nil {
		return err
	}
	return f.Store.Ping(ctx)
}

func (c flakyCollection) err() error {
	if c.gone.Load() {
		return fmt.Errorf("dial tcp db.internal:27017 as canary-user: %w", mongo.ErrUnavailable)
	}
	return nil
}

func (c flakyCollection) FindOne(ctx context.Context, filter bson.D, opts mongo.FindOptions) (bson.D, error) {
	if err := c.err(); err != nil {
		return nil, err
	}
	return c.Collection.FindOne(ctx, filter, opts)
}

func (c flakyCollection) Find(ctx context.Context, filter bson.D, opts mongo.FindOptions) ([]bson.D, error) {
	if err := c.err(); err != nil {
		return nil, err
	}
	return c.Collection.Find(ctx, filter, opts)
}

func (c flakyCollection) Count(ctx context.Context, filter bson.D) (int64, error) {
	if err := c.err(); err != nil {
		return 0, err
	}
	return c.Collection.Count(ctx, filter)
}

func (c flakyCollection) InsertOne(ctx context.Context, document bson.D) (any, error) {
	if err := c.err(); err != nil {
		return nil, err
	}
	return c.Collection.InsertOne(ctx, document)
}

func (c flakyCollection) EnsureIndexes(ctx context.Context, indexes ...mongo.Index) error {
	if err := c.err(); err != nil {
		return err
	}
	return c.Collection.EnsureIndexes(ctx, indexes...)
}

func (c flakyCollection) FindOneAndUpdate(ctx context.Context, filter, update bson.D, opts mongo.FindUpdateOptions) (bson.D, error) {
	if err := c.err(); err != nil {
		return nil, err
	}
	return c.Collection.FindOneAndUpdate(ctx, filter, update, opts)
}

func (c flakyCollection) DeleteOne(ctx context.Context, filter bson.D) (int64, error) {
	if err := c.err(); err != nil {
		return 0, err
	}
	return c.Collection.DeleteOne(ctx, filter)
}

func (c flakyCollection) InsertMany(ctx context.Context, docs []bson.D) error {
	return c.unless(func() error { return c.Collection.InsertMany(ctx, docs) })
}

func (c flakyCollection) InsertRaw(ctx context.Context, docs []bson.Raw) error {
	return c.unless(func() error { return c.Collection.InsertRaw(ctx, docs) })
}

func (c flakyCollection) UpdateOne(ctx context.Context, filter, update bson.D, opts mongo.UpdateOptions) (result mongo.UpdateResult, err error) {
	return result, c.unless(func() error { result, err = c.Collection.UpdateOne(ctx, filter, update, opts); return err })
}

func (c flakyCollection) UpdateMany(ctx context.Context, filter, update bson.D, opts mongo.UpdateOptions) (result mongo.UpdateResult, err error) {
	return result, c.unless(func() error { result, err = c.Collection.UpdateMany(ctx, filter, update, opts); return err })
}

func (c flakyCollection) DeleteMany(ctx context.Context, filter bson.D) (n int64, err error) {
	return n, c.unless(func() error { n, err = c.Collection.DeleteMany(ctx, filter); return err })
}

// unless does something while the database is there.
func (c flakyCollection) unless(do func() error) error {
	if err := c.err(); err != nil {
		return err
	}
	return do()
}

// A database that is lost is a 503 with a reason and no internals, and all is
// well when it is back.
func TestDatabaseOutage(t *testing.T) {
	for _, environment := range []string{"development", "production"} {
		t.Run(environment, func(t *testing.T) {
			s := settings(t)
			s.Environment = environment
			url, gone := launchFlaky(t, s)
			find := `[{"type":"dbFind","collection":"things","filters":{}},{"type":"response","body":{}}]`
			path := save(t, url, workflow("w", "ann", "x", find))

			gone.Store(true)
			rows := []exchange{
				{name: "list", method: "GET", path: "/workflows"},
				{name: "get", method: "GET", path: "/workflows/w?ownerId=ann"},
				{name: "save", method: "POST", path: "/workflows", body: workflow("w", "ann", "x", find)},
				{name: "update", method: "PUT", path: "/workflows/w", body: workflow("w", "ann", "x", find)},
				{name: "delete", method: "DELETE", path: "/workflows/w?ownerId=ann"},
				{name: "call", method: "POST", path: path, body: `{}`},
			}
			for i := range rows {
				rows[i].status, rows[i].contains = http.StatusServiceUnavailable, []string{"database"}
				if environment == "production" {
					rows[i].lacks = []string{"canary-user", "db.internal"}
				}
			}
			play(t, url, append(rows, exchange{name: "health", method: "GET", path: "/health", status: 200, contains: []string{`"status":"ok"`}}))

			gone.Store(false)
			got := send(t, http.MethodPost, url+path, `{}`)
			assert.Equal(t, http.StatusOK, got.status, "%s", got.body)
			assert.Equal(t, http.StatusOK, send(t, http.MethodGet, url+"/workflows/w?ownerId=ann", "").status)
		})
	}
}

// launchFlaky starts the program on a store that is gone while the switch is on.
func launchFlaky(t *testing.T, s *config.Settings) (url string, gone *atomic.Bool) {
	t.Helper()
	store, err := embedded.Open(t.Context(), embedded.Options{Dir: s.DataDir, Logger: zap.NewNop()})
	require.NoError(t, err)
	gone = &atomic.Bool{}
	program, err := modules.BuildOn(t.Context(), s, zap.NewNop(), flaky{store, gone})
	require.NoError(t, err)
	url, _ = launch(t, program)
	return url, gone
}

// A call that reaches its workflow but not its data says so in its result.
func TestOutageInsideARun(t *testing.T) {
	s := settings(t)
	url, gone := launchFlaky(t, s)
	path := save(t, url, workflow("w", "ann", "x", `[{"type":"testGate"},{"type":"dbFind","collection":"things","filters":{}}]`))
	called := make(chan answer, 1)
	go func() {
		got, _ := try(context.Background(), http.MethodPost, url+path, `{}`)
		called <- got
	}()
	<-gateEntered
	gone.Store(true)
	<-gateOpen
	got := <-called
	assert.Equal(t, http.StatusServiceUnavailable, got.status, "%s", got.body)
	assert.Contains(t, got.body, `"error":"The database does not answer"`)
	assert.Contains(t, got.body, `"failedStep":1`)
	assert.NotContains(t, got.body, "canary-user")
}
