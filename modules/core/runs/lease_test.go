package runs_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/modules/core/runs"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/runlog"
)

// pair are two processes that share a store and a time. The second takes nothing
// off the queue by itself.
func pair(t *testing.T) (a, b *host) {
	t.Helper()
	store := open(t)
	a = start(t, store, shared)
	b = build(t, store, shared, at(a.clock))
	return a, b
}

// outlast has a process look on until leases that nobody renews are over.
func (h *host) outlast(t *testing.T) {
	t.Helper()
	for range runs.LookOn + 1 {
		require.NoError(t, h.Recover(t.Context()))
	}
}

func TestLeaseThatIsNotOverIsLeftAlone(t *testing.T) {
	a, b := pair(t)
	g := newGate(t)
	id := a.accept(t, request(g.step()))
	g.enter(t, 1)
	for range 10 { // ten minutes by renewals, each in time
		a.clock.Advance(runs.LeaseTime - time.Second)
		require.NoError(t, b.Recover(t.Context()))
		assert.Equal(t, runs.Running, b.get(t, id).Status)
		require.NoError(t, a.Renew(t.Context()))
	}
	g.pass()
	assert.Equal(t, runs.Succeeded, a.ended(t, id).Status)
	require.NoError(t, b.Recover(t.Context()))
	assert.Equal(t, runs.Succeeded, b.get(t, id).Status)
	requireWhole(t, b.log(t, id))
}

func TestLeaseOfTheDeadIsTakenOver(t *testing.T) {
	a, b := pair(t)
	g := newGate(t)
	id := a.accept(t, request(g.step()))
	g.enter(t, 1)
	logged(t, a, id, 2)
	a.crash()
	require.NoError(t, b.Recover(t.Context()))
	assert.Equal(t, runs.Running, b.get(t, id).Status, "its process may live")
	b.outlast(t)
	assert.Equal(t, runs.Interrupted, b.get(t, id).Status)
	assert.Len(t, b.log(t, id), 3)
	requireWhole(t, b.log(t, id))
}

// logged waits until so many entries of a run are stored.
func logged(t *testing.T, h *host, id string, entries int64) {
	t.Helper()
	eventually(t, func() bool { return count(t, h.store, "execution_logs", object("executionId", id)) == entries }, "%d entries are stored", entries)
}

// A worker that was frozen and does not know that its run was taken over goes on:
// nothing of that counts, for nobody, whoever is asked.
func TestLateWorkerIsIgnored(t *testing.T) {
	a, b := pair(t)
	g, second := newGate(t), newGate(t)
	short := step("delay", "seconds", int64(0))
	id := a.accept(t, request(g.step(), short, short, short, second.step(), step("response", "body", "done")))
	g.enter(t, 1)
	logged(t, a, id, 2)
	b.outlast(t)
	want := b.get(t, id)
	assert.Equal(t, runs.Interrupted, want.Status)
	wanted := texts(b.log(t, id))
	assert.Len(t, wanted, 3)

	g.pass()
	second.enter(t, 1)
	end := int64(len(wanted) - 1)
	for range 20 { // while it has not stored what came late, and afterwards
		require.Equal(t, wanted, texts(a.log(t, id)), "the late worker's own process")
		require.Equal(t, wanted, texts(b.log(t, id)))
		requireNothingAfter(t, b, id, end)
		time.Sleep(5 * time.Millisecond)
	}
	second.pass()
	a.heard.wait(t, id, runlog.RunFinished)
	eventually(t, func() bool { return !a.Holds(id) }, "the late worker lets it go")
	for name, h := range map[string]*host{"the late worker": a, "the one that took over": b} {
		assert.Equal(t, want, h.get(t, id), name)
		assert.Equal(t, wanted, texts(h.log(t, id)), name)
		requireNothingAfter(t, h, id, end)
	}
}

func requireNothingAfter(t *testing.T, h *host, id string, end int64) {
	t.Helper()
	more, err := h.Entries(t.Context(), id, end, 10)
	require.NoError(t, err)
	require.Empty(t, more)
}

func texts(log []*runlog.Entry) (all []string) {
	for _, e := range log {
		all = append(all, string(e.AppendJSON(nil)))
	}
	return all
}

// A worker learns at its next renewal that its run is another's, and stops.
func TestWorkerStopsWhenItsRunIsTakenOver(t *testing.T) {
	a, b := pair(t)
	g := newGate(t)
	id := a.accept(t, request(g.step(), insertion("late")))
	g.enter(t, 1)
	logged(t, a, id, 2)
	b.outlast(t)
	require.NoError(t, a.Renew(t.Context()))
	eventually(t, func() bool { return !a.Holds(id) }, "it goes on") // the gate is closed: it was cut
	assert.Equal(t, runs.Interrupted, a.get(t, id).Status)
	heard := a.heard.of(id)
	require.Len(t, heard, 3, "it says no more of it than that it is over, to those who watch it here")
	assert.True(t, heard[2].Interrupts())
	assert.Zero(t, count(t, a.store, "things", bson.D{}))
	requireWhole(t, a.log(t, id))
}

// A process that cannot reach the store gives its runs up before others take them
// over; alone, it ends them itself once the store is back.
func TestWorkerGivesUpWhenItCannotRenew(t *testing.T) {
	h := start(t, open(t), shared)
	g := newGate(t)
	id := h.accept(t, request(g.step(), insertion("late")))
	g.enter(t, 1)
	logged(t, h, id, 2)
	h.db.with(everything(mongo.ErrUnavailable))
	h.clock.Advance(runs.GiveUpAfter - time.Second)
	require.ErrorIs(t, h.Renew(t.Context()), mongo.ErrUnavailable)
	assert.True(t, h.Holds(id), "there is time left")
	h.clock.Advance(2 * time.Second)
	require.ErrorIs(t, h.Renew(t.Context()), mongo.ErrUnavailable)
	eventually(t, func() bool { return !h.Holds(id) }, "it is not given up")
	assert.Zero(t, count(t, h.store, "things", bson.D{}))

	h.db.with(nil)
	h.outlast(t)
	assert.Equal(t, runs.Interrupted, h.get(t, id).Status)
	requireWhole(t, h.log(t, id))
}

// The time in which a store does not answer counts, too.
func TestWorkerGivesUpWhenARenewalTakesTooLong(t *testing.T) {
	h := start(t, open(t), shared)
	g := newGate(t)
	id := h.accept(t, request(g.step()))
	g.enter(t, 1)
	logged(t, h, id, 2)
	var once sync.Once
	h.db.with(func(_ context.Context, op operation) (err error) {
		if op.name == "UpdateMany" {
			once.Do(func() {
				h.clock.Advance(runs.GiveUpAfter + time.Second)
				err = mongo.ErrUnavailable
			})
		}
		return err
	})
	require.ErrorIs(t, h.Renew(t.Context()), mongo.ErrUnavailable)
	eventually(t, func() bool { return !h.Holds(id) }, "it is not given up")
}

func TestCancelThroughAnotherProcess(t *testing.T) {
	a, b := pair(t)
	g := newGate(t)
	id := a.accept(t, request(g.step(), insertion("late")))
	g.enter(t, 1)
	status, err := b.Cancel(t.Context(), id, "")
	require.NoError(t, err)
	assert.Equal(t, runs.Running, status, "its process will see to it")
	require.NoError(t, a.Renew(t.Context()))
	assert.Equal(t, runs.Cancelled, a.ended(t, id).Status)
	assert.Equal(t, runs.Cancelled, b.get(t, id).Status)
	assert.Zero(t, count(t, a.store, "things", bson.D{}))
}

func TestProcessesShareTheQueue(t *testing.T) {
	store := open(t)
	a := build(t, store, shared)
	b := build(t, store, shared, at(a.clock))
	var ids []string
	for range 60 {
		ids = append(ids, a.accept(t, request(insertion("shared"), step("delay", "duration", "2ms"))))
	}
	require.NoError(t, a.Start(t.Context()))
	require.NoError(t, b.Start(t.Context()))
	waiting := a.accept(t, request(insertion("shared")))
	status, err := b.Cancel(t.Context(), waiting, "")
	if err == nil { // else it has begun, and ended, already
		assert.Contains(t, []runs.Status{runs.Cancelled, runs.Running}, status)
	}
	for _, id := range ids {
		assert.Equal(t, runs.Succeeded, a.ended(t, id).Status)
	}
	began := 0
	for _, id := range ids {
		for _, h := range []*host{a, b} {
			for _, e := range h.heard.of(id) {
				if e.Kind == runlog.RunStarted {
					began++
				}
			}
		}
	}
	assert.Equal(t, len(ids), began, "each began once, in one of them")
}

// Processes that recover at the same time end each run once.
func TestManyTakeOverTheSameRuns(t *testing.T) {
	a, b := pair(t)
	c := build(t, a.store, shared, at(a.clock))
	g := newGate(t)
	ids := []string{a.accept(t, request(g.step())), a.accept(t, request(g.step())), a.accept(t, request(g.step()))}
	g.enter(t, len(ids))
	a.crash()
	for range runs.LookOn {
		require.NoError(t, errors.Join(b.Recover(t.Context()), c.Recover(t.Context())))
	}
	done := make(chan error, 2)
	for _, h := range []*host{b, c} {
		go func() { done <- h.Recover(context.Background()) }()
	}
	require.NoError(t, errors.Join(<-done, <-done))
	for _, id := range ids {
		assert.Equal(t, runs.Interrupted, b.get(t, id).Status)
		requireWhole(t, c.log(t, id))
		assert.Len(t, append(b.heard.of(id), c.heard.of(id)...), 1)
		_, held := doc.Get(b.stored(t, id), "token")
		assert.False(t, held)
	}
}
