package runs_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/modules/core/runs"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/runlog"
)

// Runs that are under way when the store goes away end as they would have, and
// what they did is stored once it is back.
func TestOutageIsMadeUpFor(t *testing.T) {
	h := start(t, open(t))
	g := newGate(t)
	background := h.accept(t, request(g.step(), insertion("background")))
	g.enter(t, 1)
	h.db.with(everything(mongo.ErrUnavailable))
	g.pass()
	published, result := h.call(t, runs.Call{}, insertion("published"))
	require.Nil(t, result.Failed(), "its caller notices nothing")
	h.heard.wait(t, background, runlog.RunFinished)
	_, err := h.Accept(t.Context(), request())
	require.ErrorIs(t, err, mongo.ErrUnavailable, "what cannot be kept is not acknowledged")
	eventually(t, h.Failing, "the outage is noticed")
	for _, id := range []string{background, published} { // those who watch have it from memory
		assert.Equal(t, runs.Succeeded, h.get(t, id).Status)
	}
	requireWhole(t, h.log(t, published))
	assert.Positive(t, h.Pending())

	h.db.with(nil)
	for _, id := range []string{background, published} {
		assert.Equal(t, runs.Succeeded, h.ended(t, id).Status)
		assert.Len(t, h.log(t, id), len(h.heard.of(id)))
		requireWhole(t, h.log(t, id))
	}
	requireNothingPending(t, h)
}

// requireNothingPending checks that the account of what waits to be stored adds
// up: if it did not, its bound would mean nothing in the end.
func requireNothingPending(t *testing.T, h *host) {
	t.Helper()
	eventually(t, func() bool { return h.Pending() == 0 }, "something is counted as pending")
}

// A run that waits is begun when the store is back.
func TestOutageOfTheQueue(t *testing.T) {
	h := build(t, open(t))
	id := h.accept(t, request(insertion("a")))
	h.db.with(func(_ context.Context, op operation) error {
		if op.name == "FindOneAndUpdate" {
			return mongo.ErrUnavailable
		}
		return nil
	})
	require.NoError(t, h.Start(t.Context()))
	assert.Equal(t, runs.Queued, h.get(t, id).Status)
	h.db.with(nil)
	assert.Equal(t, runs.Succeeded, h.ended(t, id).Status)
}

// An answer of the store may be lost, or only a part of a group be stored: it is
// stored again, and nothing is there twice, or lost, or stays under way.
func TestOutageInTheMiddleOfAGroup(t *testing.T) {
	for name, op := range map[string]operation{
		"entries, no answer":             {"execution_logs", "InsertMany", true},
		"entries, refused":               {"execution_logs", "InsertMany", false},
		"new executions, no answer":      {"executions", "InsertMany", true},
		"new executions, refused":        {"executions", "InsertMany", false},
		"executions' end, no answer":     {"executions", "UpdateOne", true},
		"executions' end, refused":       {"executions", "UpdateOne", false},
		"the claim of a run, refused":    {"executions", "FindOneAndUpdate", false},
		"the run that waits, no answer ": {"executions", "InsertOne", true},
	} {
		t.Run(name, func(t *testing.T) {
			h := start(t, open(t), history(runs.HistoryAll))
			// The first store of the published call comes while it runs.
			g := newGate(t)
			failed := make(chan struct{})
			var once sync.Once
			h.db.with(func(_ context.Context, o operation) error {
				if o == op {
					select {
					case <-g.open: // the call goes on: it ends before its start is stored
					default:
						once.Do(func() { close(failed) })
						return mongo.ErrUnavailable
					}
				}
				return nil
			})
			done := make(chan string, 1)
			go func() { id, _ := h.call(t, runs.Call{}, g.step(), insertion("published")); done <- id }()
			g.enter(t, 1)
			var background []string
			for range 3 {
				if id, err := h.Accept(t.Context(), request(insertion("background"))); err == nil {
					background = append(background, id)
				}
			}
			<-failed
			g.pass()
			for _, id := range append(background, <-done) {
				assert.Equal(t, runs.Succeeded, h.ended(t, id).Status)
				requireWhole(t, h.log(t, id))
				assert.Equal(t, int64(len(h.log(t, id))), count(t, h.store, "execution_logs", object("executionId", id)))
			}
			requireNothingPending(t, h)
		})
	}
}

// While the store takes nothing, memory is bounded: runs go on, without their log
// when there is no room for it.
func TestOutageDoesNotFillTheMemory(t *testing.T) {
	h := start(t, open(t), workers(8))
	large := step("response", "body", object("text", strings.Repeat("x", 30<<10)))
	heavy := func() (w engine.Workflow) {
		for range 60 { // 1.5 MB of entries, roughly: under what one run may hold
			w.Steps = append(w.Steps, large)
		}
		return w
	}()
	var accepted []string
	g := newGate(t)
	gated := engine.Workflow{Steps: append(doc.Array{g.step()}, heavy.Steps...)}
	for range 8 {
		r := request()
		r.Workflow = gated
		accepted = append(accepted, h.accept(t, r))
	}
	g.enter(t, len(accepted))
	h.db.with(everything(mongo.ErrUnavailable))
	for h.Pending() < runs.MaxPending*9/10 {
		before := h.Pending()
		_, result := h.callOf(t, runs.Call{}, heavy)
		require.Nil(t, result.Failed())
		require.Greater(t, h.Pending(), before, "the test itself must get there")
	}
	for range 40 { // much more than there is room for
		_, result := h.callOf(t, runs.Call{}, heavy)
		require.Nil(t, result.Failed())
		require.Less(t, h.Pending(), runs.MaxPending+16<<20)
	}
	g.pass() // for these there is no room at all
	for _, id := range accepted {
		h.heard.wait(t, id, runlog.RunFinished)
	}
	require.Less(t, h.Pending(), runs.MaxPending+16<<20)
	h.db.with(nil)
	for _, id := range accepted {
		assert.Equal(t, runs.Succeeded, h.ended(t, id).Status, "its end is kept, whatever becomes of its log")
		eventually(t, func() bool { return !h.Holds(id) }, "it is all in the store")
		requireWhole(t, h.log(t, id)) // what is left of it, and the end
	}
	requireNothingPending(t, h)
	id := h.accept(t, request(insertion("after")))
	assert.Equal(t, runs.Succeeded, h.ended(t, id).Status)
	requireWhole(t, h.log(t, id))
}

// Under load and with a store that now and then fails, the account of what waits
// to be stored comes out even.
func TestPendingAddsUp(t *testing.T) {
	h := start(t, open(t), workers(8), queue(1000))
	var mu sync.Mutex
	calls := 0
	h.db.with(func(_ context.Context, op operation) error {
		mu.Lock()
		defer mu.Unlock()
		if op.name == "InsertMany" {
			if calls++; calls%7 == 0 {
				return mongo.ErrUnavailable
			}
		}
		return nil
	})
	var ids []string
	for range 200 {
		short := step("delay", "duration", "1ms")
		ids = append(ids, h.accept(t, request(short, short, short, short)))
	}
	for _, id := range ids {
		assert.Equal(t, runs.Succeeded, h.ended(t, id).Status)
		requireWhole(t, h.log(t, id))
	}
	requireNothingPending(t, h)
	assert.Zero(t, count(t, h.store, "executions", bson.D{{Key: "status", Value: bson.D{{Key: "$ne", Value: "succeeded"}}}}))
}

// An entry may be stored before it is counted, when it comes while a group is
// being gathered: it must not be taken off what was never put on.
func TestPendingOfAnEntryThatIsStoredAtOnce(t *testing.T) {
	h := build(t, open(t))
	h.heard.hook = func(e *runlog.Entry) {
		if e.Kind == runlog.StepFinished {
			filter := object("executionId", e.ExecutionID, "seq", e.Seq)
			eventually(t, func() bool { return count(t, h.store, "execution_logs", filter) == 1 }, "it is stored with the one before")
		}
	}
	require.NoError(t, h.Start(t.Context()))
	h.ended(t, h.accept(t, request(step("response", "body", object("text", strings.Repeat("x", 1000))))))
	assert.Zero(t, h.Pending())
}

// What runs held that were given up during an outage waits for nothing any more:
// nothing of them will be stored.
func TestRunsThatAreGivenUpLeaveRoom(t *testing.T) {
	h := start(t, open(t), shared)
	g, second := newGate(t), newGate(t)
	large := step("response", "body", object("text", strings.Repeat("x", 30<<10)))
	id := h.accept(t, request(g.step(), large, second.step()))
	g.enter(t, 1)
	logged(t, h, id, 2)
	h.db.with(everything(mongo.ErrUnavailable))
	g.pass()
	second.enter(t, 1)
	eventually(t, func() bool { return h.Failing() && h.Pending() > 0 }, "its entries cannot be stored")
	h.clock.Advance(runs.GiveUpAfter + time.Second)
	require.ErrorIs(t, h.Renew(t.Context()), mongo.ErrUnavailable)
	eventually(t, func() bool { return !h.Holds(id) }, "it is not given up")

	h.db.with(nil)
	requireNothingPending(t, h)
}
