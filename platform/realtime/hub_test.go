package realtime_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/realtime"
	"github.com/orchestrix/orchestrix/platform/runlog"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// logs is a source in memory.
type logs struct {
	mu      sync.Mutex
	entries map[string][]*runlog.Entry
	err     error
	page    int // most entries that one read gives; 0 is what is asked for
}

func newLogs() *logs { return &logs{entries: map[string][]*runlog.Entry{}} }

func (l *logs) Entries(_ context.Context, id string, after int64, limit int) ([]*runlog.Entry, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return nil, l.err
	}
	if l.page > 0 {
		limit = min(limit, l.page)
	}
	all := l.entries[id]
	all = all[min(int(after+1), len(all)):]
	return append([]*runlog.Entry(nil), all[:min(limit, len(all))]...), nil
}

func (l *logs) Last(_ context.Context, id string) (*runlog.Entry, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if all := l.entries[id]; len(all) > 0 {
		return all[len(all)-1], l.err
	}
	return nil, l.err
}

// add appends the next entry of a run.
func (l *logs) add(id string, kind runlog.Kind) *runlog.Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := &runlog.Entry{ExecutionID: id, Seq: int64(len(l.entries[id])), Kind: kind}
	l.entries[id] = append(l.entries[id], e)
	return e
}

// follower notes what it is given.
type follower struct {
	id    string
	limit int // entries it takes before it is too slow; 0 is any number
	room  int // entries of the history that it takes at a time; 0 is any number

	mu     sync.Mutex
	seqs   []int64
	wrong  string
	calls  int
	caught chan int64
	failed chan error
	ended  chan struct{}
}

func newFollower(id string) *follower {
	return &follower{id: id, caught: make(chan int64, 16), failed: make(chan error, 1), ended: make(chan struct{}, 1)}
}

func (f *follower) Deliver(entries []*runlog.Entry) (taken int, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	if f.room > 0 {
		entries = entries[:min(f.room, len(entries))]
	}
	for n, e := range entries {
		if e.ExecutionID != f.id {
			f.wrong = e.ID()
		}
		if f.limit > 0 && len(f.seqs) == f.limit {
			return n, false
		}
		f.seqs = append(f.seqs, e.Seq)
		if e.Kind.Ends() {
			f.ended <- struct{}{}
		}
	}
	return len(entries), true
}

func (f *follower) Ready(ctx context.Context) error { return ctx.Err() }
func (f *follower) CaughtUp(last int64)             { f.caught <- last }
func (f *follower) Failed(err error)                { f.failed <- err }

func (f *follower) got() []int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]int64(nil), f.seqs...)
}

// watched is a hub on a source that is still empty.
func watched(t *testing.T) (*logs, *realtime.Hub) {
	t.Helper()
	source := newLogs()
	hub := realtime.NewHub(source, zap.NewNop(), false)
	t.Cleanup(hub.Close)
	return source, hub
}

func receive[T any](t testing.TB, c chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(20 * time.Second):
		require.Fail(t, "nothing came")
	}
	return v
}

func numbers(from, to int64) []int64 {
	all := []int64{}
	for n := from; n <= to; n++ {
		all = append(all, n)
	}
	return all
}

func TestFollowersGetEachEntryOnceInOrder(t *testing.T) {
	const runs, entries, perRun = 8, 300, 25
	source := newLogs()
	source.page = 7
	hub := realtime.NewHub(source, zap.NewNop(), false)
	defer hub.Close()
	var all sync.WaitGroup
	for n := range runs {
		id := fmt.Sprintf("run-%d", n)
		reached := make([]atomic.Bool, entries)
		all.Go(func() {
			for i := range entries {
				kind := runlog.StepData
				if i == entries-1 {
					kind = runlog.RunFinished
				}
				hub.Publish(source.add(id, kind))
				reached[i].Store(true)
			}
		})
		for range perRun {
			all.Go(func() {
				f, after := newFollower(id), rand.Int64N(entries)-1
				for wait := rand.IntN(entries); !reached[wait].Load(); { //nolint:revive // joins at any moment of the run
				}
				sub, err := hub.Subscribe(id, after, f)
				if !assert.NoError(t, err) {
					return
				}
				defer sub.Cancel()
				if after < entries-1 {
					receive(t, f.ended)
				}
				assert.Equal(t, numbers(after+1, entries-1), f.got())
				assert.Empty(t, f.wrong)
			})
		}
	}
	all.Wait()
	assert.Zero(t, hub.Rooms(), "a room goes with its last follower")
}

func TestAFollowerMayComeBeforeItsRun(t *testing.T) {
	source, hub := watched(t)
	f := newFollower("later")
	_, err := hub.Subscribe("later", -1, f)
	require.NoError(t, err)
	assert.EqualValues(t, -1, receive(t, f.caught))
	assert.Equal(t, 1, f.calls, "that there is nothing yet is delivered too")
	for range 3 {
		hub.Publish(source.add("later", runlog.StepData))
	}
	hub.Publish(source.add("later", runlog.RunFinished))
	receive(t, f.ended)
	assert.Equal(t, numbers(0, 3), f.got())
}

func TestAHistoryIsReplayedAsThereIsRoom(t *testing.T) {
	source, hub := watched(t)
	for range 100 {
		source.add("r", runlog.StepData)
	}
	f := newFollower("r")
	f.room = 3
	_, err := hub.Subscribe("r", 9, f)
	require.NoError(t, err)
	assert.EqualValues(t, 99, receive(t, f.caught))
	assert.Equal(t, numbers(10, 99), f.got())
	assert.Equal(t, 30, f.calls)
}

// A client that takes less than a run makes is not dropped: it reads on from the
// source.
func TestAFollowerWithoutRoomFallsBehind(t *testing.T) {
	source, hub := watched(t)
	f := newFollower("r")
	f.room = 3
	_, err := hub.Subscribe("r", -1, f)
	require.NoError(t, err)
	receive(t, f.caught)
	for range 50 {
		hub.Publish(source.add("r", runlog.StepData))
	}
	hub.Publish(source.add("r", runlog.RunFinished))
	receive(t, f.ended)
	assert.Equal(t, numbers(0, 50), f.got())
}

// Those who have seen entries that a crash cut off still get the end.
func TestNumbersThatACrashHasTakenBack(t *testing.T) {
	interrupted := doc.Object{{Key: "status", Value: "interrupted"}}
	for name, c := range map[string]struct {
		kind     runlog.Kind // of the last of 3 entries
		metadata doc.Object
		after    int64
		want     []int64
		last     int64
	}{
		"from scratch":                  {runlog.RunFailed, interrupted, -1, numbers(0, 2), 2},
		"nothing was lost":              {runlog.RunFinished, nil, 0, numbers(1, 2), 2},
		"all is seen":                   {runlog.RunFinished, nil, 2, nil, 2},
		"the end has a lower number":    {runlog.RunFailed, interrupted, 7, numbers(2, 2), 2},
		"the end has the number itself": {runlog.RunFailed, interrupted, 2, numbers(2, 2), 2},
		"it goes on":                    {runlog.StepData, nil, 7, nil, 2},
	} {
		t.Run(name, func(t *testing.T) {
			source, hub := watched(t)
			source.add("r", runlog.RunStarted)
			source.add("r", runlog.StepData)
			source.add("r", c.kind).Metadata = c.metadata
			f := newFollower("r")
			_, err := hub.Subscribe("r", c.after, f)
			require.NoError(t, err)
			assert.Equal(t, c.last, receive(t, f.caught))
			assert.Equal(t, c.want, f.got())
		})
	}
}

// A client may say what it wants of a run that has not begun.
func TestAFollowerOfARunToComeGetsWhatFollows(t *testing.T) {
	source, hub := watched(t)
	f := newFollower("r")
	_, err := hub.Subscribe("r", 1, f)
	require.NoError(t, err)
	assert.EqualValues(t, -1, receive(t, f.caught), "there is none yet, whatever the client says")
	for range 3 {
		hub.Publish(source.add("r", runlog.StepData))
	}
	hub.Publish(source.add("r", runlog.RunFinished))
	receive(t, f.ended)
	assert.Equal(t, numbers(2, 3), f.got())
}

func TestASlowFollowerIsDroppedAndMayComeBack(t *testing.T) {
	source, hub := watched(t)
	slow, other := newFollower("r"), newFollower("r")
	slow.limit = 2
	for _, f := range []*follower{slow, other} {
		_, err := hub.Subscribe("r", -1, f)
		require.NoError(t, err)
		receive(t, f.caught)
	}
	for range 4 {
		hub.Publish(source.add("r", runlog.StepData))
	}
	hub.Publish(source.add("r", runlog.RunFinished))
	receive(t, other.ended)
	assert.Equal(t, numbers(0, 4), other.got())
	again := newFollower("r")
	_, err := hub.Subscribe("r", 1, again)
	require.NoError(t, err)
	assert.EqualValues(t, 4, receive(t, again.caught))
	assert.Equal(t, numbers(2, 4), again.got())
	hub.Close() // waits for deliveries
	assert.Equal(t, numbers(0, 1), slow.got())
}

// A run that is not kept may have lost what a late follower asks for; it gets
// the rest.
func TestEntriesThatTheSourceHasLostAreSkipped(t *testing.T) {
	_, hub := watched(t)
	f := newFollower("r")
	_, err := hub.Subscribe("r", -1, f)
	require.NoError(t, err)
	receive(t, f.caught)
	hub.Publish(&runlog.Entry{ExecutionID: "r", Seq: 9, Kind: runlog.StepData})
	assert.EqualValues(t, 9, receive(t, f.caught))
	hub.Publish(&runlog.Entry{ExecutionID: "r", Seq: 10, Kind: runlog.RunFinished})
	receive(t, f.ended)
	assert.Equal(t, []int64{10}, f.got())
}

func TestAnUnreadableLogIsTold(t *testing.T) {
	source := newLogs()
	source.err = errors.New("the store is away")
	hub := realtime.NewHub(source, zap.NewNop(), false)
	defer hub.Close()
	f := newFollower("r")
	_, err := hub.Subscribe("r", -1, f)
	require.NoError(t, err)
	require.ErrorIs(t, receive(t, f.failed), source.err)
	assert.Eventually(t, func() bool { return hub.Rooms() == 0 }, 10*time.Second, time.Millisecond)
}

func TestSubscribeRefuses(t *testing.T) {
	hub := realtime.NewHub(newLogs(), zap.NewNop(), false)
	for _, id := range []string{"", "\xff", string(make([]byte, 201))} {
		_, err := hub.Subscribe(id, -1, newFollower(id))
		require.ErrorIs(t, err, realtime.ErrID)
	}
	hub.Close()
	_, err := hub.Subscribe("r", -1, newFollower("r"))
	require.ErrorIs(t, err, realtime.ErrClosed)
	assert.Zero(t, hub.Rooms())
}

// Entries that another process stores are found without being published here.
func TestTailFindsEntriesOfOtherProcesses(t *testing.T) {
	source := newLogs()
	hub := realtime.NewHub(source, zap.NewNop(), true)
	defer hub.Close()
	f := newFollower("r")
	_, err := hub.Subscribe("r", -1, f)
	require.NoError(t, err)
	receive(t, f.caught)
	source.add("r", runlog.RunStarted)
	source.add("r", runlog.RunFinished)
	receive(t, f.ended)
	assert.Equal(t, numbers(0, 1), f.got())
}

// BenchmarkPublishUnheard is what an entry costs that nobody follows.
func BenchmarkPublishUnheard(b *testing.B) {
	hub := realtime.NewHub(newLogs(), zap.NewNop(), false)
	defer hub.Close()
	e := &runlog.Entry{ExecutionID: "01a20f36-a90f-7291-acff-a94816a49c7e"}
	for b.Loop() {
		hub.Publish(e)
	}
}
