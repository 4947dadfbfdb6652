package schemas_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/modules/core/schemas"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// What others store is seen when it is asked for, and after a minute.
func TestChangesBehindOurBackAreSeen(t *testing.T) {
	f := newFixture(t, openStore(t))
	assert.Empty(t, f.list())
	f.insert("first", bson.D{{Key: "a", Value: 1}})
	assert.Empty(t, f.list(), "what was read a moment ago is good enough")
	assert.Equal(t, map[string][]string{"first": {"a"}}, f.list(true))

	f.insert("second", bson.D{{Key: "b", Value: 1}})
	f.clock.Advance(time.Minute)
	assert.Len(t, f.list(), 1)
	f.clock.Advance(time.Second)
	f.list() // which one notices, and another reads
	f.eventually(map[string][]string{"first": {"a"}, "second": {"b"}})

	require.NoError(t, f.store.Collection("first").Drop(t.Context()))
	f.clock.Advance(-time.Hour) // a clock that was set back is no reason to wait for an hour
	f.list()
	f.eventually(map[string][]string{"second": {"b"}})
}

func TestOneReadsAgainForAll(t *testing.T) {
	var reads atomic.Int32
	gate := make(chan struct{})
	f := newFixture(t, openStore(t), func(o *schemas.Options) {
		o.Mentions = func(context.Context, string) ([]string, error) {
			if reads.Add(1) > 1 {
				<-gate
			}
			return []string{"named"}, nil
		}
	})
	f.list()
	f.clock.Advance(2 * time.Minute)
	for range 100 {
		assert.Equal(t, map[string][]string{"named": {}}, f.list())
	}
	close(gate)
	f.Close()
	assert.Equal(t, int32(2), reads.Load())
}

// A failure is not remembered; what is known stays.
func TestAFailureInTheBackgroundChangesNothing(t *testing.T) {
	var fails atomic.Bool
	f := newFixture(t, openStore(t), func(o *schemas.Options) {
		o.Mentions = func(context.Context, string) ([]string, error) {
			if fails.Load() {
				return nil, mongo.ErrUnavailable
			}
			return []string{"named"}, nil
		}
	})
	fails.Store(true)
	_, err := f.Schemas(t.Context(), owner, false)
	require.ErrorIs(t, err, mongo.ErrUnavailable)
	_, err = f.Knows(t.Context(), owner, "named")
	require.ErrorIs(t, err, mongo.ErrUnavailable)
	fails.Store(false)
	want := map[string][]string{"named": {}}
	assert.Equal(t, want, f.list())
	fails.Store(true)
	f.clock.Advance(2 * time.Minute)
	assert.Equal(t, want, f.list())
	_, err = f.Schemas(t.Context(), owner, true)
	require.ErrorIs(t, err, mongo.ErrUnavailable)
	assert.Equal(t, want, f.list())
}

// Who comes just as the first reading ends does not begin another one.
func TestTheFirstReadingIsTheOnlyOne(t *testing.T) {
	store := openStore(t)
	for range 500 {
		var reads atomic.Int32
		f := newFixture(t, store, func(o *schemas.Options) {
			o.Mentions = func(context.Context, string) ([]string, error) { reads.Add(1); return nil, nil }
		})
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() { f.list() })
		}
		all.Wait()
		require.EqualValues(t, 1, reads.Load())
	}
}

// What a draft names is listed as long as there are not too many newer ones, however
// often everything else is read again.
func TestCollectionsOfDrafts(t *testing.T) {
	f := newFixture(t, openStore(t))
	require.NoError(t, f.Drafted(t.Context(), owner, []string{"gizmos", "users", "executions"}))
	names := func(refresh bool) (names []string) {
		t.Helper()
		list, err := f.Schemas(t.Context(), owner, refresh)
		require.NoError(t, err)
		for _, c := range list {
			names = append(names, c.Key)
		}
		return names
	}
	assert.Equal(t, []string{"gizmos", "users"}, names(false), "those of the platform are not")
	assert.Equal(t, []string{"gizmos", "users"}, names(true))
	for i := range 600 {
		require.NoError(t, f.Drafted(t.Context(), owner, []string{fmt.Sprintf("c%d", i), "kept"}))
	}
	after := names(false)
	assert.Len(t, after, 501)
	assert.Contains(t, after, "kept")
	assert.Contains(t, after, "c599")
	assert.NotContains(t, after, "gizmos")
}

// One who gives up does not spoil it for those who wait for the same.
func TestAReadingOutlivesWhoeverBeganIt(t *testing.T) {
	began, gate := make(chan struct{}), make(chan struct{})
	f := newFixture(t, openStore(t), func(o *schemas.Options) {
		o.Mentions = func(ctx context.Context, _ string) ([]string, error) {
			close(began)
			<-gate
			return []string{"named"}, ctx.Err()
		}
	})
	ctx, giveUp := context.WithCancel(t.Context())
	first := make(chan error, 1)
	go func() { _, err := f.Schemas(ctx, owner, false); first <- err }()
	<-began
	giveUp()
	require.ErrorIs(t, <-first, context.Canceled)
	close(gate)
	assert.Equal(t, map[string][]string{"named": {}}, f.list())
}

// Definitions of another process on the same store are seen within a second.
func TestDefinitionsOfOtherProcesses(t *testing.T) {
	store := openStore(t)
	one, other := newFixture(t, store, shared), newFixture(t, store, shared)
	alone := newFixture(t, store)
	for _, f := range []*fixture{one, other, alone} {
		assert.Empty(t, f.list())
	}
	one.define("orders", "qty", "number")
	assert.NoError(t, other.CheckDocument(t.Context(), owner, "orders", bson.D{{Key: "qty", Value: "many"}}), "not known yet")
	other.clock.Advance(2 * time.Second)
	other.eventually(map[string][]string{"orders": {"qty"}})
	require.EqualError(t, other.CheckDocument(t.Context(), owner, "orders", bson.D{{Key: "qty", Value: "many"}}), "data.qty must be a number")

	require.NoError(t, one.Delete(t.Context(), owner, "orders"))
	other.clock.Advance(2 * time.Second)
	other.eventually(map[string][]string{})
	alone.clock.Advance(2 * time.Second)
	assert.Empty(t, alone.list(), "a store of its own is not read again")
}

func TestMentionsAreListedAtOnce(t *testing.T) {
	f := newFixture(t, openStore(t))
	f.Mentioned(owner, []string{"early"}) // nothing has been read yet: it will be
	f.list()
	f.Mentioned(owner, []string{"a", "b", "workflows", "system.x", "$x", ""})
	assert.Equal(t, map[string][]string{"a": {}, "b": {}}, f.list())
	for name, want := range map[string]bool{"a": true, "workflows": false, "other": false, "users": true} {
		known, err := f.Knows(t.Context(), owner, name)
		require.NoError(t, err)
		assert.Equal(t, want, known, name)
	}
}

// A save while everything is read anew is not lost, whatever was known before.
func TestAMentionDuringAReading(t *testing.T) {
	var f *fixture
	during := func() {}
	f = newFixture(t, openStore(t), func(o *schemas.Options) {
		o.Mentions = func(context.Context, string) ([]string, error) { during(); return nil, nil }
	})
	f.list()
	f.Mentioned(owner, []string{"a"})
	during = func() { f.Mentioned(owner, []string{"a", "b"}) }
	assert.Equal(t, map[string][]string{"a": {}, "b": {}}, f.list(true))
	during = func() {}
	assert.Empty(t, f.list(true), "their workflows are deleted")
}

// losesReplies is a store whose writes are done, and said to have failed.
type losesReplies struct {
	mongo.Store
	lost *atomic.Bool
}

type losingCollection struct {
	mongo.Collection
	lost *atomic.Bool
}

func (s losesReplies) Collection(name string) mongo.Collection {
	return losingCollection{s.Store.Collection(name), s.lost}
}

func (c losingCollection) FindOneAndUpdate(ctx context.Context, filter, update bson.D, opts mongo.FindUpdateOptions) (bson.D, error) {
	found, err := c.Collection.FindOneAndUpdate(ctx, filter, update, opts)
	if c.lost.Load() {
		return nil, mongo.ErrUnavailable
	}
	return found, err
}

func TestADefinitionWhoseReplyWasLost(t *testing.T) {
	lost := &atomic.Bool{}
	f := newFixture(t, losesReplies{openStore(t), lost})
	f.define("orders", "qty", "number")
	lost.Store(true)
	_, err := f.Define(t.Context(), owner, f.data, "orders", fieldsOf("qty", "string"), nil, true)
	require.ErrorIs(t, err, mongo.ErrUnavailable)
	require.Eventually(t, func() bool {
		return f.CheckDocument(t.Context(), owner, "orders", bson.D{{Key: "qty", Value: "text"}}) == nil
	}, 10*time.Second, time.Millisecond, "what is stored holds")
}

func TestAfterClose(t *testing.T) {
	f := newFixture(t, openStore(t))
	f.list()
	f.Close()
	f.clock.Advance(time.Hour)
	assert.Empty(t, f.list(), "what is known is")
	late := newFixture(t, f.store)
	late.Close()
	_, err := late.Schemas(t.Context(), owner, false)
	assert.True(t, errors.Is(err, context.Canceled), "%v", err)
}
