package runs_test

import (
	"context"
	"net/http"
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

// requireCancelled checks what is left of a run that was cancelled.
func (h *host) requireCancelled(t *testing.T, id string) *runs.Execution {
	t.Helper()
	x := h.ended(t, id)
	assert.Equal(t, runs.Cancelled, x.Status)
	assert.NotEmpty(t, x.Error)
	assert.False(t, x.FinishedAt.IsZero())
	last := requireWhole(t, h.log(t, id))
	assert.Equal(t, runlog.RunFailed, last.Kind)
	assert.Equal(t, "cancelled", doc.String(last.Metadata, "status"))
	ends := 0
	for _, e := range h.heard.of(id) {
		if e.Kind.Ends() {
			ends++
		}
	}
	assert.Equal(t, 1, ends, "those who watch hear of the end once")
	stored := h.stored(t, id)
	for _, key := range []string{"payload", "token", "lease"} {
		_, there := doc.Get(stored, key)
		assert.False(t, there, key)
	}
	return x
}

func TestCancelOfARunThatWaits(t *testing.T) {
	h := start(t, open(t), workers(1))
	g := newGate(t)
	blocking := h.accept(t, request(g.step()))
	g.enter(t, 1)
	id := h.accept(t, request(step("dbInsert", "collection", "things", "data", object("a", int64(1)))))
	status, err := h.Cancel(t.Context(), id, "")
	require.NoError(t, err)
	assert.Equal(t, runs.Cancelled, status)
	x := h.requireCancelled(t, id)
	assert.True(t, x.StartedAt.IsZero())
	assert.Zero(t, x.StepsRun)
	assert.Len(t, h.log(t, id), 1)

	after := h.accept(t, request())
	g.pass()
	assert.Equal(t, runs.Succeeded, h.ended(t, blocking).Status)
	assert.Equal(t, runs.Succeeded, h.ended(t, after).Status)
	assert.Zero(t, count(t, h.store, "things", bson.D{}), "it never began")
	h.requireCancelled(t, id)
}

// Who cancels what waits makes room for others at once, though no worker is free.
func TestCancelMakesRoom(t *testing.T) {
	h := start(t, open(t), workers(1), queue(3))
	g := newGate(t)
	running := h.accept(t, request(g.step()))
	g.enter(t, 1)
	var waiting []string
	for range 3 {
		waiting = append(waiting, h.accept(t, request(insertion("waiting"))))
	}
	_, err := h.Accept(t.Context(), request())
	requireStatus(t, err, http.StatusServiceUnavailable)
	for _, id := range []string{waiting[1], waiting[0]} {
		_, err := h.Cancel(t.Context(), id, "")
		require.NoError(t, err)
	}
	others := []string{waiting[2], h.accept(t, request(insertion("new"))), h.accept(t, request(insertion("new")))}
	_, err = h.Accept(t.Context(), request())
	requireStatus(t, err, http.StatusServiceUnavailable)
	g.pass()
	for _, id := range append(others, running) {
		assert.Equal(t, runs.Succeeded, h.ended(t, id).Status)
	}
	for _, id := range waiting[:2] {
		h.requireCancelled(t, id)
	}
	assert.Equal(t, int64(1), count(t, h.store, "things", object("key", "waiting")))
}

// The aim is 100 ms; how long it takes is measured, and only a run that does not
// end at all fails the test, since machines differ.
func TestCancelOfARunUnderWay(t *testing.T) {
	store := open(t)
	var many []bson.D
	for n := range 20_000 {
		many = append(many, bson.D{{Key: "n", Value: int64(n)}, {Key: "text", Value: "some text that is looked at"}})
	}
	require.NoError(t, store.Collection("many").InsertMany(t.Context(), many))
	scan := step("dbFind", "collection", "many", "findType", "many", "filters", object("text", object("$regex", "(a|b|c)*xyz$")))
	scans := make([]doc.Object, 200) // so that one of them is under way
	for i := range scans {
		scans[i] = scan
	}
	began := time.Now()
	_, err := store.Collection("many").Find(t.Context(), object("text", object("$regex", "(a|b|c)*xyz$")), mongo.FindOptions{})
	require.NoError(t, err)
	t.Logf("one scan takes %v", time.Since(began))
	g := newGate(t)
	for name, steps := range map[string][]doc.Object{
		"in a delay":           {step("delay", "seconds", int64(50))},
		"in a call of a store": scans,
		"in a step":            {step("delay", "seconds", int64(0)), g.step(), step("dbInsert", "collection", "things", "data", object("a", int64(1)))},
	} {
		t.Run(name, func(t *testing.T) {
			h := start(t, store)
			id := h.accept(t, request(steps...))
			h.heard.wait(t, id, runlog.StepStarted)
			switch name {
			case "in a step":
				g.enter(t, 1)
			case "in a call of a store": // the second, so that it is well under way
				h.heard.wait(t, id, runlog.StepFinished)
			}
			assert.Equal(t, runs.Running, h.get(t, id).Status)
			began := time.Now()
			status, err := h.Cancel(t.Context(), id, "")
			took := time.Since(began)
			require.NoError(t, err)
			assert.Equal(t, runs.Cancelled, status)
			t.Logf("cancelled in %v", took)
			assert.Less(t, took, 4*time.Second)
			h.requireCancelled(t, id)
			assert.Zero(t, count(t, store, "things", bson.D{}), "no step begins after it")
		})
	}
}

func TestCancelOfAPublishedCall(t *testing.T) {
	h := start(t, open(t))
	g := newGate(t)
	done := make(chan *engine.Result, 1)
	go func() { _, result := h.call(t, runs.Call{}, g.step()); done <- result }()
	g.enter(t, 1)
	listed, err := h.List(t.Context(), runs.Query{OwnerID: owner, Limit: 10})
	require.NoError(t, err)
	require.Len(t, listed, 1)
	status, err := h.Cancel(t.Context(), listed[0].ID, "")
	require.NoError(t, err)
	assert.Equal(t, runs.Cancelled, status)
	assert.Equal(t, engine.Cancelled, (<-done).Failed().Err.Kind)
	h.requireCancelled(t, listed[0].ID)
}

func TestCancelOfWhatIsNot(t *testing.T) {
	h := start(t, open(t))
	id := h.accept(t, request())
	h.ended(t, id)
	_, err := h.Cancel(t.Context(), id, "")
	e := requireStatus(t, err, http.StatusConflict)
	assert.Equal(t, "Execution has already ended", e.Title)
	assert.Equal(t, "succeeded", e.Fields[0].Value)
	_, err = h.Cancel(t.Context(), "nobody", "")
	requireStatus(t, err, http.StatusNotFound)
}

// Many cancel one run at once: each is told the truth, and it ends once.
func TestCancelOfOneRunByMany(t *testing.T) {
	h := start(t, open(t), workers(2))
	for range 30 {
		id := h.accept(t, request(step("delay", "duration", "1ms"), step("delay", "duration", "1ms")))
		answers := make(chan error, 8)
		for range cap(answers) {
			go func() {
				_, err := h.Cancel(context.Background(), id, "")
				answers <- err
			}()
		}
		for range cap(answers) {
			if err := <-answers; err != nil {
				requireStatus(t, err, http.StatusConflict)
			}
		}
		x := h.ended(t, id)
		assert.Contains(t, []runs.Status{runs.Cancelled, runs.Succeeded}, x.Status)
		last := requireWhole(t, h.log(t, id))
		assert.Equal(t, x.Status == runs.Succeeded, last.Kind == runlog.RunFinished)
	}
}

// A step that does not listen is waited for, but not for ever.
func TestCancelOfADeafStep(t *testing.T) {
	h := start(t, open(t))
	g := newGate(t)
	deaf := append(g.step(), doc.Field{Key: "deaf", Value: true})
	id := h.accept(t, request(deaf, step("dbInsert", "collection", "things", "data", object("a", int64(1)))))
	g.enter(t, 1)
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	status, err := h.Cancel(ctx, id, "")
	require.NoError(t, err)
	assert.Equal(t, runs.Running, status)
	g.pass()
	h.requireCancelled(t, id)
	assert.Zero(t, count(t, h.store, "things", bson.D{}))
}

func TestTimeLimits(t *testing.T) {
	h := start(t, open(t), func(o *runs.Options) { o.Background, o.Published = 20*time.Millisecond, 20*time.Millisecond })
	id := h.accept(t, request(step("delay", "seconds", int64(50))))
	x := h.ended(t, id)
	assert.Equal(t, runs.Failed, x.Status)
	assert.Equal(t, "Workflow timed out", x.Error)
	assert.Equal(t, runlog.RunFailed, requireWhole(t, h.log(t, id)).Kind)

	id, result := h.call(t, runs.Call{}, step("delay", "seconds", int64(20)))
	assert.Equal(t, engine.TimedOut, result.Failed().Err.Kind)
	assert.Equal(t, runs.Failed, h.ended(t, id).Status)
}
