package schemas_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/modules/core/schemas"
	"github.com/orchestrix/orchestrix/platform/clocktest"
	"github.com/orchestrix/orchestrix/platform/data"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/mongo/embedded"
)

const owner = "o"

// fixture is a service with the data that it describes and a clock that stands still.
type fixture struct {
	*schemas.Service
	testing.TB
	store mongo.Store
	data  *data.Handle
	clock *clocktest.Clock
}

func openStore(t testing.TB) mongo.Store {
	t.Helper()
	store, err := embedded.Open(t.Context(), embedded.Options{Dir: t.TempDir(), Logger: zap.NewNop()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close(context.Background())) })
	return store
}

func newFixture(t testing.TB, store mongo.Store, change ...func(*schemas.Options)) *fixture {
	t.Helper()
	f := &fixture{TB: t, store: store, clock: clocktest.New(time.Unix(1_800_000_000, 0))}
	opts := schemas.Options{
		Mentions: func(context.Context, string) ([]string, error) { return nil, nil },
		Clock:    f.clock.Now,
		Logger:   zap.NewNop(),
	}
	for _, c := range change {
		c(&opts)
	}
	f.Service = schemas.NewService(store, opts)
	t.Cleanup(f.Close)
	f.data = data.NewProvider(store, data.Options{Mode: opts.Mode, Shapes: f.Service, Clock: f.clock.Now}).For(owner)
	return f
}

// define defines a collection by fields, names and types in turn.
func (f *fixture) define(collection string, fields ...string) {
	f.Helper()
	_, err := f.Define(f.Context(), owner, f.data, collection, fieldsOf(fields...), nil, false)
	require.NoError(f, err)
}

func fieldsOf(fields ...string) doc.Object {
	o := doc.Object{}
	for i := 0; i+1 < len(fields); i += 2 {
		o = append(o, doc.Field{Key: fields[i], Value: fields[i+1]})
	}
	return o
}

// insert stores a document behind the service's back.
func (f *fixture) insert(collection string, document bson.D) {
	f.Helper()
	_, err := f.store.Collection(collection).InsertOne(f.Context(), document)
	require.NoError(f, err)
}

// list is what is listed, without the users, who always are.
func (f *fixture) list(refresh ...bool) map[string][]string {
	f.Helper()
	all, err := f.Schemas(f.Context(), owner, len(refresh) > 0)
	require.NoError(f, err)
	var out map[string][]string
	require.NoError(f, json.Unmarshal(doc.MarshalJSON(all), &out))
	require.Equal(f, []string{"name", "email", "password"}, out["users"][:3])
	delete(out, "users")
	return out
}

// eventually waits for what is read in the background.
func (f *fixture) eventually(want map[string][]string) {
	f.Helper()
	require.Eventually(f, func() bool {
		got := f.list()
		return len(got) == len(want) && string(marshal(got)) == string(marshal(want))
	}, 10*time.Second, time.Millisecond)
}

func marshal(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func shared(o *schemas.Options)   { o.Shared = true }
func isolated(o *schemas.Options) { o.Mode = data.Isolated }
