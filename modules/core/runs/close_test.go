package runs_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/orchestrix/orchestrix/modules/core/runs"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/runlog"
)

func TestCloseWaitsForRuns(t *testing.T) {
	store := open(t)
	before := goleak.IgnoreCurrent()
	h := start(t, store, workers(1), shared)
	g := newGate(t)
	running := h.accept(t, request(g.step(), insertion("running")))
	g.enter(t, 1)
	waiting := h.accept(t, request(insertion("waiting")))
	closed := make(chan error, 1)
	go func() { closed <- h.close(context.Background()) }()
	eventually(t, func() bool {
		_, err := h.Accept(t.Context(), request())
		return err != nil
	}, "it still accepts")
	_, err := h.Accept(t.Context(), request())
	requireStatus(t, err, http.StatusServiceUnavailable)
	select {
	case err := <-closed:
		require.Fail(t, "it did not wait", "%v", err)
	default:
	}
	g.pass()
	require.NoError(t, <-closed)
	assert.Equal(t, runs.Succeeded, h.get(t, running).Status)
	requireWhole(t, h.log(t, running))
	assert.Equal(t, runs.Queued, h.get(t, waiting).Status, "it keeps its turn")
	assert.Zero(t, count(t, store, "things", object("key", "waiting")))
	goleak.VerifyNone(t, before)

	next := start(t, store)
	assert.Equal(t, runs.Succeeded, next.ended(t, waiting).Status)
}

// A run that is just being claimed is run: what the store has made, nobody would
// begin again.
func TestCloseWaitsForClaims(t *testing.T) {
	h := start(t, open(t), workers(1))
	claimed, answer := make(chan struct{}), make(chan struct{})
	h.db.with(func(ctx context.Context, op operation) error {
		if op != (operation{"executions", "FindOneAndUpdate", true}) {
			return nil
		}
		close(claimed)
		select {
		case <-answer:
			return nil
		case <-ctx.Done(): // a server has made it, but its answer does not arrive
			return ctx.Err()
		}
	})
	id := h.accept(t, request(insertion("claimed")))
	<-claimed
	closed := make(chan error, 1)
	go func() { closed <- h.close(context.Background()) }()
	time.AfterFunc(100*time.Millisecond, func() { close(answer) })
	require.NoError(t, <-closed)
	assert.Equal(t, runs.Succeeded, h.get(t, id).Status)
	assert.Equal(t, int64(1), count(t, h.store, "things", object("key", "claimed")))
}

func TestCloseCutsWhatDoesNotEnd(t *testing.T) {
	store := open(t)
	before := goleak.IgnoreCurrent()
	h := start(t, store, workers(2))
	g := newGate(t)
	ids := []string{h.accept(t, request(step("delay", "seconds", int64(50)), insertion("late"))), h.accept(t, request(g.step(), insertion("late")))}
	g.enter(t, 1)
	h.heard.wait(t, ids[0], runlog.StepStarted)
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	began := time.Now()
	require.NoError(t, h.close(ctx), "to interrupt runs is orderly")
	t.Logf("closed in %v", time.Since(began))
	assert.Less(t, time.Since(began), 4*time.Second)
	for _, id := range ids {
		x := h.get(t, id)
		assert.Equal(t, runs.Interrupted, x.Status, "nobody cancelled it")
		last := requireWhole(t, h.log(t, id))
		assert.Equal(t, runlog.RunFailed, last.Kind)
		assert.Equal(t, x.Error, last.Error)
	}
	assert.Zero(t, count(t, store, "things", object("key", "late")))
	goleak.VerifyNone(t, before)
}

// What a run has done up to the very end is stored before Close returns.
func TestCloseStoresWhatIsLeft(t *testing.T) {
	h := start(t, open(t))
	var ids []string
	for range 20 {
		id, _ := h.call(t, runs.Call{}, insertion("a"))
		ids = append(ids, id)
	}
	require.NoError(t, h.close(t.Context()))
	for _, id := range ids {
		assert.NotNil(t, h.stored(t, id))
		requireWhole(t, h.log(t, id))
	}
}

// A store that is away does not keep the program from ending.
func TestCloseWithoutAStore(t *testing.T) {
	store := open(t)
	before := goleak.IgnoreCurrent()
	h := start(t, store)
	running := h.accept(t, request(step("delay", "seconds", int64(50))))
	h.heard.wait(t, running, runlog.StepStarted)
	h.db.with(everything(mongo.ErrUnavailable))
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	began := time.Now()
	_ = h.close(ctx)
	assert.Less(t, time.Since(began), 10*time.Second)
	goleak.VerifyNone(t, before)
	assert.Equal(t, runs.Running, h.status(t, running))
	next := start(t, store)
	assert.Equal(t, runs.Interrupted, next.ended(t, running).Status)
}

// A service that never started can be closed.
func TestCloseBeforeStart(t *testing.T) {
	store := open(t)
	before := goleak.IgnoreCurrent()
	require.NoError(t, build(t, store).close(t.Context()))
	goleak.VerifyNone(t, before)
}
