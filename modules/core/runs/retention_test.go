package runs_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/modules/core/runs"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/runlog"
)

const day = 24 * time.Hour

func keep(days, most int) change {
	return func(o *runs.Options) { o.KeepDays, o.KeepMost = days, most }
}

// past stores executions that have ended, each with two entries, and returns
// their ids, the oldest first.
func past(t *testing.T, store mongo.Store, n int) (ids []string) {
	t.Helper()
	var executions, entries []bson.D
	for range n {
		id := uuid.Must(uuid.NewV7()).String()
		ids = append(ids, id)
		executions = append(executions, object("_id", id, "ownerId", owner, "status", "succeeded"))
		for seq := range int64(2) {
			entries = append(entries, object("_id", primitive.NewObjectID(), "executionId", id, "seq", seq, "type", "step_start"))
		}
	}
	require.NoError(t, store.Collection("executions").InsertMany(t.Context(), executions))
	require.NoError(t, store.Collection("execution_logs").InsertMany(t.Context(), entries))
	return ids
}

func TestRetention(t *testing.T) {
	for name, row := range map[string]struct {
		days, most int
		later      time.Duration
		want       int // of 10
	}{
		"young and few":       {30, 100, 29 * day, 10},
		"too old":             {30, 100, 31 * day, 0},
		"just as many":        {30, 10, 0, 10},
		"too many":            {30, 4, 0, 4},
		"too many by one":     {30, 9, 0, 9},
		"too old and many":    {1, 4, 2 * day, 0},
		"only one":            {30, 1, 0, 1},
		"one day, and it was": {1, 100, 25 * time.Hour, 0},
	} {
		t.Run(name, func(t *testing.T) {
			h := build(t, open(t), keep(row.days, row.most))
			ids := past(t, h.store, 10)
			h.clock.Advance(row.later)
			require.NoError(t, h.Retain(t.Context()))
			for i, id := range ids {
				kept := i >= len(ids)-row.want
				assert.Equal(t, kept, h.stored(t, id) != nil, "number %d", i)
				assert.Equal(t, kept, count(t, h.store, "execution_logs", object("executionId", id)) == 2, "number %d", i)
			}
			assert.Equal(t, int64(2*row.want), count(t, h.store, "execution_logs", bson.D{}))
		})
	}
}

// What has not ended stays, however old, with its log.
func TestRetentionKeepsWhatHasNotEnded(t *testing.T) {
	h := start(t, open(t), workers(1), keep(1, 1))
	g := newGate(t)
	running := h.accept(t, request(g.step()))
	g.enter(t, 1)
	logged(t, h, running, 2)
	waiting := h.accept(t, request(insertion("waiting")))
	past(t, h.store, 3)
	h.clock.Advance(2*day - time.Minute)
	require.NoError(t, h.Retain(t.Context()))
	assert.Equal(t, int64(2), count(t, h.store, "executions", bson.D{}))
	assert.Equal(t, int64(2), count(t, h.store, "execution_logs", object("executionId", running)))
	g.pass()
	for _, id := range []string{running, waiting} {
		assert.Equal(t, runs.Succeeded, h.ended(t, id).Status)
		assert.Equal(t, runlog.RunFinished, requireWhole(t, h.log(t, id)).Kind)
	}
	require.NoError(t, h.Retain(t.Context()))
	assert.Zero(t, count(t, h.store, "executions", bson.D{}))
}

// Entries without an execution, of a crash or of the old backend, go by the time
// in their _id, a day later than executions.
func TestRetentionOfOrphans(t *testing.T) {
	h := build(t, open(t), keep(30, 100))
	logs := h.store.Collection("execution_logs")
	oldest := h.clock.Now().Add(-30*day - runs.OrphanAge)
	for name, at := range map[string]time.Time{"gone": oldest.Add(-time.Minute), "kept": oldest.Add(time.Minute), "young": h.clock.Now()} {
		for seq := range int64(120) { // more than one batch
			_, err := logs.InsertOne(t.Context(), object("_id", idAt(at), "executionId", name, "seq", seq))
			require.NoError(t, err)
		}
	}
	require.NoError(t, h.Retain(t.Context()))
	for name, want := range map[string]int64{"gone": 0, "kept": 120, "young": 120} {
		assert.Equal(t, want, count(t, h.store, "execution_logs", object("executionId", name)), name)
	}
}

// idAt is a unique id of a document that was made at a time.
func idAt(at time.Time) primitive.ObjectID {
	id, unique := primitive.NewObjectIDFromTimestamp(at), primitive.NewObjectID()
	copy(id[4:], unique[4:])
	return id
}

// The job deletes a little at a time, so that others can write in between, and
// stops when the program does.
func TestRetentionGoesInSmallBatches(t *testing.T) {
	h := build(t, open(t), keep(1, 1000))
	ids := past(t, h.store, 3*runs.RetainBatch+1)
	h.clock.Advance(2 * day)
	ctx, stop := context.WithCancel(t.Context())
	var batches atomic.Int64
	h.db.with(func(_ context.Context, op operation) error {
		if op.collection == "executions" && op.name == "DeleteMany" && op.after {
			if batches.Add(1) == 2 {
				stop()
			}
		}
		return nil
	})
	require.ErrorIs(t, h.Retain(ctx), context.Canceled)
	assert.Equal(t, int64(len(ids)-2*runs.RetainBatch), count(t, h.store, "executions", bson.D{}))
	assert.Nil(t, h.stored(t, ids[0]), "the oldest went first")
	require.NoError(t, h.Retain(t.Context()))
	assert.Equal(t, int64(4), batches.Load())
	assert.Zero(t, count(t, h.store, "executions", bson.D{})+count(t, h.store, "execution_logs", bson.D{}))
}

// A crash between the two deletions leaves an execution, which is found again.
func TestRetentionAfterACrash(t *testing.T) {
	h := build(t, open(t), keep(1, 1000))
	past(t, h.store, 5)
	h.clock.Advance(2 * day)
	h.db.with(func(_ context.Context, op operation) error {
		if op.collection == "executions" && op.name == "DeleteMany" {
			return mongo.ErrUnavailable
		}
		return nil
	})
	require.ErrorIs(t, h.Retain(t.Context()), mongo.ErrUnavailable)
	assert.Equal(t, int64(5), count(t, h.store, "executions", bson.D{}))
	h.db.with(nil)
	require.NoError(t, h.Retain(t.Context()))
	assert.Zero(t, count(t, h.store, "executions", bson.D{}))
}
