package connections_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/core/connections"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// opened is how often a database was opened since a test connection.
func opened(d *database) int64 { return d.opened.Load() - 1 }

func TestADatabaseIsOpenedOnceAndClosedWhenIdle(t *testing.T) {
	f := start(t)
	one := f.connect(t, "ann", "one")
	assert.Zero(t, one.open.Load(), "it was only tried out")
	assert.Equal(t, "one", f.uses(t, "ann"))
	_, release := f.of(t, "ann")
	assert.EqualValues(t, 1, opened(one))

	f.clock.Advance(time.Hour)
	f.Sweep()
	assert.EqualValues(t, 1, one.open.Load(), "it is in use")
	release()
	release() // counts once
	f.clock.Advance(4 * time.Minute)
	f.Sweep()
	assert.EqualValues(t, 1, one.open.Load(), "it was used lately")
	f.clock.Advance(time.Minute)
	f.Sweep()
	eventually(t, func() bool { return one.open.Load() == 0 }, "idle for 5 minutes")
	assert.Equal(t, "one", f.uses(t, "ann"))
	assert.EqualValues(t, 2, opened(one))
}

func TestReplacingAndDisconnectingLetOperationsFinish(t *testing.T) {
	f := start(t)
	one, two := f.connect(t, "ann", "one"), f.database("two")
	_, first := f.of(t, "ann")
	f.connect(t, "ann", "two")
	host, second := f.of(t, "ann")
	assert.Equal(t, "two", host)
	assert.EqualValues(t, 1, one.open.Load(), "still in use")
	first()
	eventually(t, func() bool { return one.open.Load() == 0 }, "the last has left")

	require.NoError(t, f.Disconnect(t.Context(), "ann"))
	assert.Empty(t, f.uses(t, "ann"))
	assert.EqualValues(t, 1, two.open.Load())
	second()
	eventually(t, func() bool { return two.open.Load() == 0 }, "the last has left")
}

func TestThePoolIsBounded(t *testing.T) {
	f := start(t)
	owner := func(i int) string { return fmt.Sprintf("owner%d", i) }
	for i := range connections.MaxOpen + 2 {
		f.connect(t, owner(i), owner(i))
	}
	releases := make([]func(), connections.MaxOpen)
	for i := range releases {
		_, releases[i] = f.of(t, owner(i))
		f.clock.Advance(time.Second)
	}
	_, _, err := f.Of(t.Context(), owner(connections.MaxOpen))
	require.ErrorIs(t, err, mongo.ErrUnavailable)
	require.ErrorContains(t, err, "too many databases are in use")

	releases[7]()
	f.clock.Advance(time.Second)
	releases[3]()
	assert.Equal(t, owner(connections.MaxOpen), f.uses(t, owner(connections.MaxOpen)))
	eventually(t, func() bool { return f.database(owner(7)).open.Load() == 0 }, "unused for longest")
	assert.EqualValues(t, 1, f.database(owner(3)).open.Load())
	for i, release := range releases {
		if i != 7 && i != 3 {
			release()
		}
	}
}

func TestAFailureIsRememberedForAWhile(t *testing.T) {
	f := start(t)
	one := f.connect(t, "ann", "one")
	f.connect(t, "bob", "two")
	one.refuses.Store(true)
	for range 5 {
		_, _, err := f.Of(t.Context(), "ann")
		require.ErrorIs(t, err, mongo.ErrUnavailable)
	}
	assert.EqualValues(t, 1, opened(one), "tried once")
	assert.Equal(t, "two", f.uses(t, "bob"), "others are not concerned")
	one.refuses.Store(false)
	f.clock.Advance(2 * time.Second)
	assert.Equal(t, "one", f.uses(t, "ann"))
}

func TestALostDatabaseFailsFast(t *testing.T) {
	f := start(t)
	one := f.connect(t, "ann", "one")
	assert.Equal(t, "one", f.uses(t, "ann"))
	one.unreachable.Store(true)
	for range 5 {
		_, _, err := f.Of(t.Context(), "ann")
		require.ErrorIs(t, err, mongo.ErrUnavailable)
	}
	one.unreachable.Store(false)
	assert.Equal(t, "one", f.uses(t, "ann"))
	assert.EqualValues(t, 1, opened(one), "the driver reconnects by itself")
}

func TestManyWaitForOneOpeningAndNobodyElseDoes(t *testing.T) {
	const crowd = 50
	f := start(t)
	slow := f.connect(t, "ann", "slow")
	f.connect(t, "bob", "two")
	slow.gate = make(chan struct{})
	var waiting sync.WaitGroup
	for range crowd {
		waiting.Go(func() {
			store, release, err := f.Of(context.Background(), "ann")
			if assert.NoError(t, err) {
				assert.Equal(t, "slow", store.(*opening).name)
				release()
			}
		})
	}
	impatient, cancel := context.WithCancel(t.Context())
	eventually(t, func() bool { return opened(slow) == 1 }, "it is being opened")
	assert.Equal(t, "two", f.uses(t, "bob"), "others are not concerned")
	cancel()
	_, _, err := f.Of(impatient, "ann")
	require.ErrorIs(t, err, context.Canceled)
	close(slow.gate)
	waiting.Wait()
	assert.EqualValues(t, 1, opened(slow))
}

func TestClosing(t *testing.T) {
	f := start(t)
	one := f.connect(t, "ann", "one")
	_, release := f.of(t, "ann")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, f.Close(ended), context.Canceled, "it is in use")
	_, _, err := f.Of(t.Context(), "ann")
	require.ErrorIs(t, err, mongo.ErrUnavailable)
	release()
	require.NoError(t, f.Close(t.Context()))
	assert.Zero(t, one.open.Load())
}

// What is connected, replaced and disconnected while it is used is never closed
// under its users, and all is closed in the end.
func TestChurn(t *testing.T) {
	f := start(t)
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			owner := fmt.Sprintf("owner%d", worker%3)
			for round := range 60 {
				switch {
				case worker < 3 && round%10 == 0:
					assert.NoError(t, f.Disconnect(context.Background(), owner))
				case worker < 3:
					_, err := f.Connect(context.Background(), owner, uri(fmt.Sprintf("db%d", round%4)), "label")
					assert.NoError(t, err)
				default:
					store, release, err := f.Of(context.Background(), owner)
					if assert.NoError(t, err) && store != nil {
						f.Sweep()
						assert.False(t, store.(*opening).closed.Load())
						release()
					}
				}
			}
		})
	}
	all.Wait()
	require.NoError(t, f.Close(t.Context()))
	for _, d := range f.databases {
		assert.Zero(t, d.open.Load(), d.name)
	}
}
