package runs_test

import (
	"context"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// gate is where runs of a test stop until it lets them go on.
type gate struct {
	name          string
	entered, open chan struct{}
}

var gates sync.Map // by name

func init() {
	engine.Register(engine.StepType{
		Type: "testGate", Label: "Gate", Summary: "Waits for a test.",
		Fields: []engine.Field{{Name: "gate", Kind: engine.Name, Description: "Which."}, {Name: "deaf", Kind: engine.Flag, Description: "Does not notice when it is cancelled."}},
		Compile: func(f *engine.Fields) engine.Execute {
			found, _ := gates.Load(f.Name("gate"))
			g, deaf := found.(*gate), f.Flag("deaf")
			return func(ctx context.Context, _ *engine.Call) (engine.Outcome, error) {
				g.entered <- struct{}{}
				if deaf {
					ctx = context.WithoutCancel(ctx)
				}
				select {
				case <-g.open:
					return engine.Outcome{}, nil
				case <-ctx.Done():
					return engine.Outcome{}, ctx.Err()
				}
			}
		},
	})
}

func newGate(t *testing.T) *gate {
	t.Helper()
	g := &gate{name: uuid.NewString(), entered: make(chan struct{}, 1000), open: make(chan struct{})}
	gates.Store(g.name, g)
	return g
}

// step stops at the gate.
func (g *gate) step() doc.Object { return step("testGate", "gate", g.name) }

// enter waits until runs have come to the gate.
func (g *gate) enter(t *testing.T, count int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	for range count {
		select {
		case <-g.entered:
		case <-ctx.Done():
			require.Fail(t, "no run comes to the gate")
		}
	}
}

// pass lets every run go on, now and later.
func (g *gate) pass() { close(g.open) }

// operation is a call of a store that a test may interfere with: before it is
// done, or after.
type operation struct {
	collection, name string
	after            bool
}

// meddled is a store whose calls fail when the test says so.
type meddled struct {
	mongo.Store
	mu     sync.Mutex
	meddle func(context.Context, operation) error
}

// with sets what happens at each operation from now on; nil is nothing.
func (m *meddled) with(f func(context.Context, operation) error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.meddle = f
}

func (m *meddled) Collection(name string) mongo.Collection {
	return &meddledCollection{m.Store.Collection(name), m}
}

type meddledCollection struct {
	mongo.Collection
	store *meddled
}

// around does an operation between what the test wants before and after it.
func around[T any](ctx context.Context, c *meddledCollection, name string, do func() (T, error)) (out T, err error) {
	c.store.mu.Lock()
	f := c.store.meddle
	c.store.mu.Unlock()
	if f == nil {
		return do()
	}
	if err := f(ctx, operation{c.Name(), name, false}); err != nil {
		return out, err
	}
	if out, err = do(); err != nil {
		return out, err
	}
	return out, f(ctx, operation{c.Name(), name, true})
}

func (c *meddledCollection) InsertOne(ctx context.Context, d bson.D) (any, error) {
	return around(ctx, c, "InsertOne", func() (any, error) { return c.Collection.InsertOne(ctx, d) })
}

func (c *meddledCollection) InsertMany(ctx context.Context, docs []bson.D) error {
	_, err := around(ctx, c, "InsertMany", func() (any, error) { return nil, c.Collection.InsertMany(ctx, docs) })
	return err
}

// InsertRaw counts as an InsertMany: which of both stores entries is no matter of
// these tests.
func (c *meddledCollection) InsertRaw(ctx context.Context, docs []bson.Raw) error {
	_, err := around(ctx, c, "InsertMany", func() (any, error) { return nil, c.Collection.InsertRaw(ctx, docs) })
	return err
}

func (c *meddledCollection) FindOne(ctx context.Context, filter bson.D, o mongo.FindOptions) (bson.D, error) {
	return around(ctx, c, "FindOne", func() (bson.D, error) { return c.Collection.FindOne(ctx, filter, o) })
}

func (c *meddledCollection) Find(ctx context.Context, filter bson.D, o mongo.FindOptions) ([]bson.D, error) {
	return around(ctx, c, "Find", func() ([]bson.D, error) { return c.Collection.Find(ctx, filter, o) })
}

func (c *meddledCollection) UpdateOne(ctx context.Context, filter, update bson.D, o mongo.UpdateOptions) (mongo.UpdateResult, error) {
	return around(ctx, c, "UpdateOne", func() (mongo.UpdateResult, error) { return c.Collection.UpdateOne(ctx, filter, update, o) })
}

func (c *meddledCollection) UpdateMany(ctx context.Context, filter, update bson.D, o mongo.UpdateOptions) (mongo.UpdateResult, error) {
	return around(ctx, c, "UpdateMany", func() (mongo.UpdateResult, error) { return c.Collection.UpdateMany(ctx, filter, update, o) })
}

func (c *meddledCollection) FindOneAndUpdate(ctx context.Context, filter, update bson.D, o mongo.FindUpdateOptions) (bson.D, error) {
	return around(ctx, c, "FindOneAndUpdate", func() (bson.D, error) { return c.Collection.FindOneAndUpdate(ctx, filter, update, o) })
}

func (c *meddledCollection) DeleteMany(ctx context.Context, filter bson.D) (int64, error) {
	return around(ctx, c, "DeleteMany", func() (int64, error) { return c.Collection.DeleteMany(ctx, filter) })
}

// failAfter loses the answer to the first operations of a kind: they are done, and
// the process cannot know it.
func failAfter(collection, name string, times int, lost *int) func(context.Context, operation) error {
	var mu sync.Mutex
	return func(_ context.Context, op operation) error {
		mu.Lock()
		defer mu.Unlock()
		if op.collection != collection || op.name != name || !op.after || *lost == times {
			return nil
		}
		*lost++
		return mongo.ErrUnavailable
	}
}

// everything fails each operation on executions and their logs.
func everything(err error) func(context.Context, operation) error {
	return func(_ context.Context, op operation) error {
		if op.collection == "executions" || op.collection == "execution_logs" {
			return err
		}
		return nil
	}
}
