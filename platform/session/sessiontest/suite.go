// Package sessiontest is the suite of session.Store, for every backend of the
// document store.
package sessiontest

import (
	"context"
	"maps"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/clocktest"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/session"
)

const life = time.Hour

// Run runs the suite, each case on an empty store of its own.
func Run(t *testing.T, open func(*testing.T) mongo.Store) {
	cases := maps.Clone(reading)
	maps.Copy(cases, saving)
	maps.Copy(cases, ending)
	for name, run := range cases {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			f := &fixture{T: t, ctx: ctx, clock: clocktest.New(time.Now().Truncate(time.Millisecond))}
			f.raw = open(t)
			f.store = &spy{Store: f.raw}
			f.sessions = session.NewStore(f.store, session.Options{Life: life, Clock: f.clock.Now})
			require.NoError(t, f.sessions.EnsureIndexes(ctx))
			run(f)
		})
	}
}

// fixture is one case's sessions.
type fixture struct {
	*testing.T
	ctx      context.Context
	raw      mongo.Store
	store    *spy
	clock    *clocktest.Clock
	sessions *session.Store
}

func (f *fixture) create(user string) *session.Session {
	f.Helper()
	s, err := f.sessions.Create(f.ctx, user, "stamp", nil)
	require.NoError(f, err)
	return s
}

func (f *fixture) find(id string) *session.Session {
	f.Helper()
	s, err := f.sessions.Find(f.ctx, id)
	require.NoError(f, err)
	return s
}

// gone demands that no session has id, live or not.
func (f *fixture) gone(id string) {
	f.Helper()
	n, err := f.raw.Collection("sessions").Count(f.ctx, doc.Object{{"sessionId", id}})
	require.NoError(f, err)
	require.Zero(f, n)
	_, err = f.sessions.Find(f.ctx, id)
	require.ErrorIs(f, err, session.ErrNone)
}

func (f *fixture) list(user string) (ids []string) {
	f.Helper()
	all, err := f.sessions.List(f.ctx, user)
	require.NoError(f, err)
	return idsOf(all...)
}

func idsOf(all ...*session.Session) (ids []string) {
	for _, s := range all {
		ids = append(ids, s.ID)
	}
	return ids
}

// fill stores n sessions of a user, each a millisecond older than the one
// before and all older than now. It returns their ids.
func (f *fixture) fill(user string, n int) (ids []string) {
	f.Helper()
	docs := make([]doc.Object, n)
	for i := range docs {
		created := f.clock.Now().Add(-time.Duration(i+1) * time.Millisecond)
		ids = append(ids, uuid.NewString())
		docs[i] = doc.Object{{"_id", primitive.NewObjectID()}, {"sessionId", ids[i]}, {"userId", user}, {"data", doc.Object{}},
			{"expiresAt", primitive.NewDateTimeFromTime(created.Add(life))}, {"createdAt", primitive.NewDateTimeFromTime(created)}, {"__v", int32(0)}}
	}
	require.NoError(f, f.raw.Collection("sessions").InsertMany(f.ctx, docs))
	return ids
}

// spy counts the reads and writes of single documents.
type spy struct {
	mongo.Store
	calls atomic.Int64
}

func (s *spy) Collection(name string) mongo.Collection {
	return &spied{Collection: s.Store.Collection(name), calls: &s.calls}
}

type spied struct {
	mongo.Collection
	calls *atomic.Int64
}

func (c *spied) FindOne(ctx context.Context, filter doc.Object, opts mongo.FindOptions) (doc.Object, error) {
	c.calls.Add(1)
	return c.Collection.FindOne(ctx, filter, opts)
}

func (c *spied) UpdateOne(ctx context.Context, filter, update doc.Object, opts mongo.UpdateOptions) (mongo.UpdateResult, error) {
	c.calls.Add(1)
	return c.Collection.UpdateOne(ctx, filter, update, opts)
}

func (c *spied) DeleteOne(ctx context.Context, filter doc.Object) (int64, error) {
	c.calls.Add(1)
	return c.Collection.DeleteOne(ctx, filter)
}

func (c *spied) DeleteMany(ctx context.Context, filter doc.Object) (int64, error) {
	c.calls.Add(1)
	return c.Collection.DeleteMany(ctx, filter)
}
