package runs_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/core/runs"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/runlog"
)

func insertion(key string) doc.Object {
	return step("dbInsert", "collection", "things", "data", object("key", key))
}

// A process on a store of its own takes up everything that the one before it has
// left, when it starts.
func TestRecovery(t *testing.T) {
	store := open(t)
	before := start(t, store, workers(2))
	g := newGate(t)
	running := before.accept(t, request(insertion("running"), g.step(), insertion("running, second")))
	g.enter(t, 1)
	soFar := object("executionId", running)
	eventually(t, func() bool { return count(t, store, "execution_logs", soFar) == 4 }, "the log so far is stored")
	ended := before.accept(t, request(insertion("ended")))
	before.ended(t, ended)
	blocked := before.accept(t, request(g.step())) // keeps the second worker busy
	g.enter(t, 1)
	waiting := []string{before.accept(t, request(insertion("first"))), before.accept(t, request(insertion("second")))}
	before.crash()

	after := start(t, store)
	for _, id := range []string{running, blocked} {
		x := after.ended(t, id)
		assert.Equal(t, runs.Interrupted, x.Status)
		assert.NotEmpty(t, x.Error)
		last := requireWhole(t, after.log(t, id))
		assert.Equal(t, runlog.RunFailed, last.Kind)
		assert.Equal(t, x.Error, last.Error)
		assert.Len(t, after.heard.of(id), 1, "who follows it hears of its end")
	}
	assert.Len(t, after.log(t, running), 4+1)
	for _, id := range waiting {
		assert.Equal(t, runs.Succeeded, after.ended(t, id).Status)
		requireWhole(t, after.log(t, id))
	}
	assert.Equal(t, runs.Succeeded, after.get(t, ended).Status)
	assert.Len(t, after.heard.of(ended), 0)
	for key, want := range map[string]int64{"running": 1, "running, second": 0, "ended": 1, "first": 1, "second": 1} {
		assert.Equal(t, want, count(t, store, "things", object("key", key)), key)
	}
	assert.Zero(t, count(t, store, "executions", object("payload", object("$exists", true))))
}

// A log that has ended says how its run went, even when the execution does not:
// the process died in between.
func TestRecoveryBelievesTheLog(t *testing.T) {
	for name, row := range map[string]struct {
		steps  []doc.Object
		cancel bool
		want   runs.Status
	}{
		"succeeded": {[]doc.Object{insertion("a")}, false, runs.Succeeded},
		"failed":    {[]doc.Object{step("nonsense")}, false, runs.Failed},
		"cancelled": {[]doc.Object{step("delay", "seconds", int64(50))}, true, runs.Cancelled},
	} {
		t.Run(name, func(t *testing.T) {
			store := open(t)
			before := start(t, store)
			id := before.accept(t, request(row.steps...))
			before.heard.wait(t, id, runlog.StepStarted)
			if row.cancel {
				_, err := before.Cancel(t.Context(), id, "")
				require.NoError(t, err)
			}
			x := before.ended(t, id)
			log := before.log(t, id)
			before.crash()
			// As it was before the last write of the process.
			before.update(t, id, object("status", "running", "token", "of the process that died"))

			after := start(t, store)
			got := after.ended(t, id)
			assert.Equal(t, row.want, got.Status)
			assert.Equal(t, x.Error, got.Error)
			assert.Equal(t, x.FinishedAt, got.FinishedAt)
			assert.Len(t, after.log(t, id), len(log), "nothing is added to it")
		})
	}
}

// A queue may hold less than another process has left waiting: the rest has its
// turn later.
func TestRecoveryOfMoreThanFits(t *testing.T) {
	store := open(t)
	before := build(t, store)
	var ids []string
	for range 10 {
		ids = append(ids, before.accept(t, request(insertion("many"))))
	}
	before.crash()
	after := start(t, store, workers(1), queue(3))
	for _, id := range ids {
		eventually(t, func() bool {
			require.NoError(t, after.Recover(t.Context()))
			return after.get(t, id).Status.Ended()
		}, "it never has its turn")
	}
	assert.Equal(t, int64(10), count(t, store, "things", object("key", "many")))
}

// Recovery runs again and again beside what the process does itself, and must
// leave that alone.
func TestRecoveryLeavesOwnRunsAlone(t *testing.T) {
	h := start(t, open(t), workers(2), queue(200))
	g := newGate(t)
	running := h.accept(t, request(g.step()))
	g.enter(t, 1)
	h.clock.Advance(time.Hour) // however long it has been
	var ids []string
	for range 100 {
		ids = append(ids, h.accept(t, request(insertion("own"))))
		require.NoError(t, h.Recover(t.Context()))
	}
	for _, id := range ids {
		assert.Equal(t, runs.Succeeded, h.ended(t, id).Status)
	}
	assert.Equal(t, int64(100), count(t, h.store, "things", object("key", "own")))
	assert.Equal(t, runs.Running, h.get(t, running).Status)
	g.pass()
	assert.Equal(t, runs.Succeeded, h.ended(t, running).Status)
}

// A run that was claimed without the process knowing, since the answer of the
// store was lost, is not begun (it might be twice), but it does not stay under
// way for ever either.
func TestClaimWithoutAnAnswer(t *testing.T) {
	h := build(t, open(t))
	lost := 0
	h.db.with(failAfter("executions", "FindOneAndUpdate", 1, &lost))
	id := h.accept(t, request(insertion("a")))
	require.NoError(t, h.Start(t.Context()))
	eventually(t, func() bool {
		require.NoError(t, h.Recover(t.Context()))
		return h.status(t, id).Ended()
	}, "it stays %s for ever", h.get(t, id).Status)
	assert.Equal(t, runs.Interrupted, h.get(t, id).Status)
	requireWhole(t, h.log(t, id))
	assert.Equal(t, 1, lost)
}
