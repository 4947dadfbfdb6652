package runs_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/core/runs"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/runlog"
)

// listed is a page, as ids.
func (h *host) listed(t *testing.T, q runs.Query) (ids []string) {
	t.Helper()
	found, err := h.List(t.Context(), q)
	require.NoError(t, err)
	for _, x := range found {
		ids = append(ids, x.ID)
	}
	return ids
}

func TestListMergesMemoryAndStore(t *testing.T) {
	h := start(t, open(t), workers(1))
	g := newGate(t)
	old := request()
	old.WorkflowID, old.Trigger = "w1", runs.Saved
	first := h.accept(t, old)
	failing := h.accept(t, request(step("nonsense")))
	h.ended(t, first)
	h.ended(t, failing)
	running := h.accept(t, request(g.step()))
	g.enter(t, 1)
	waiting := h.accept(t, old)
	other := request()
	other.OwnerID = "bob"
	theirs := h.accept(t, other)

	for name, row := range map[string]struct {
		q    runs.Query
		want []string
	}{
		"all, the newest first": {runs.Query{OwnerID: owner, Limit: 10}, []string{waiting, running, failing, first}},
		"of another owner":      {runs.Query{OwnerID: "bob", Limit: 10}, []string{theirs}},
		"of nobody":             {runs.Query{OwnerID: "eve", Limit: 10}, nil},
		"of a workflow":         {runs.Query{OwnerID: owner, WorkflowID: "w1", Limit: 10}, []string{waiting, first}},
		"under way":             {runs.Query{OwnerID: owner, Status: runs.Running, Limit: 10}, []string{running}},
		"waiting":               {runs.Query{OwnerID: owner, Status: runs.Queued, Limit: 10}, []string{waiting}},
		"failed":                {runs.Query{OwnerID: owner, Status: runs.Failed, Limit: 10}, []string{failing}},
		"a page":                {runs.Query{OwnerID: owner, Limit: 2}, []string{waiting, running}},
		"the page after":        {runs.Query{OwnerID: owner, Limit: 2, Before: running}, []string{failing, first}},
		"the page in between":   {runs.Query{OwnerID: owner, Limit: 1, Before: waiting}, []string{running}},
		"before all":            {runs.Query{OwnerID: owner, Limit: 2, Before: first}, nil},
		"before a time":         {runs.Query{OwnerID: owner, Limit: 9, Before: runs.IDBefore(time.Now().Add(-time.Hour))}, nil},
		"before a later time":   {runs.Query{OwnerID: owner, Limit: 1, Before: runs.IDBefore(time.Now().Add(time.Hour))}, []string{waiting}},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, row.want, h.listed(t, row.q)) })
	}
	g.pass()
	for _, id := range []string{running, waiting, theirs} {
		h.ended(t, id)
	}
	assert.Equal(t, []string{waiting, running, first}, h.listed(t, runs.Query{OwnerID: owner, Status: runs.Succeeded, Limit: 10}))
}

// What a page shows is what Get shows, before and after it is stored.
func TestGetAgreesWithList(t *testing.T) {
	h := start(t, open(t))
	g := newGate(t)
	id := h.accept(t, request(g.step()))
	g.enter(t, 1)
	compare := func() *runs.Execution {
		found, err := h.List(t.Context(), runs.Query{OwnerID: owner, Limit: 1})
		require.NoError(t, err)
		require.Len(t, found, 1)
		x := h.get(t, id)
		require.Equal(t, *x, found[0])
		return x
	}
	x := compare()
	assert.Equal(t, runs.Running, x.Status)
	assert.Zero(t, x.Duration())
	h.clock.Advance(1500 * time.Millisecond)
	g.pass()
	h.heard.wait(t, id, runlog.RunFinished)
	h.ended(t, id)
	x = compare()
	assert.Equal(t, runs.Succeeded, x.Status)
	assert.Equal(t, 1500*time.Millisecond, x.Duration())

	_, err := h.Get(t.Context(), "nobody", "")
	requireStatus(t, err, http.StatusNotFound)
	assert.Empty(t, h.log(t, "nobody"))
}

// Whoever reads a log page by page, at any time, sees every entry once.
func TestEntriesComePageByPage(t *testing.T) {
	h := start(t, open(t))
	g := newGate(t)
	short := step("delay", "seconds", int64(0))
	id := h.accept(t, request(short, short, g.step(), short))
	g.enter(t, 1)
	eventually(t, func() bool { return count(t, h.store, "execution_logs", object("executionId", id)) == 6 }, "what there is so far is stored")
	read := func(page int) (all []*runlog.Entry) {
		for after := int64(-1); ; {
			entries, err := h.Entries(t.Context(), id, after, page)
			require.NoError(t, err)
			all = append(all, entries...)
			if len(entries) < page {
				return all
			}
			after = entries[len(entries)-1].Seq
		}
	}
	for _, page := range []int{1, 2, 3, 100} {
		assert.Len(t, read(page), 6, "while it runs, in pages of %d", page)
	}
	g.pass()
	h.heard.wait(t, id, runlog.RunFinished)
	for _, page := range []int{1, 2, 3, 100} {
		requireWhole(t, read(page))
	}
	h.ended(t, id)
	for _, page := range []int{1, 2, 3, 100} {
		requireWhole(t, read(page))
	}
	none, err := h.Entries(t.Context(), id, 1000, 10)
	require.NoError(t, err)
	assert.Empty(t, none)
}

// Readers of a log that is being written and stored at the same time never see a
// gap, whatever the moment.
func TestEntriesHaveNoGapsWhileTheyAreStored(t *testing.T) {
	h := start(t, open(t))
	r := request()
	for range 150 {
		r.Workflow.Steps = append(r.Workflow.Steps, step("delay", "duration", "1ms"))
	}
	id := h.accept(t, r)
	for ended := false; !ended; {
		log := h.log(t, id)
		for i, e := range log {
			require.Equal(t, int64(i), e.Seq)
		}
		ended = len(log) > 0 && log[len(log)-1].Kind.Ends()
	}
	requireWhole(t, h.log(t, id))
}

func TestHistoryOfPublishedCalls(t *testing.T) {
	for name, row := range map[string]struct {
		history runs.History
		fails   bool
		kept    bool
	}{
		"all, well":     {runs.HistoryAll, false, true},
		"all, badly":    {runs.HistoryAll, true, true},
		"failed, well":  {runs.HistoryFailed, false, false},
		"failed, badly": {runs.HistoryFailed, true, true},
		"none, well":    {runs.HistoryNone, false, false},
		"none, badly":   {runs.HistoryNone, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := start(t, open(t), history(row.history))
			g := newGate(t)
			last := step("delay", "seconds", int64(0))
			if row.fails {
				last = step("nonsense")
			}
			type answer struct {
				id     string
				result *engine.Result
			}
			done := make(chan answer, 1)
			go func() { id, result := h.call(t, runs.Call{}, g.step(), last); done <- answer{id, result} }()
			g.enter(t, 1)

			// While it runs, it is there for those who watch, kept or not.
			ids := h.listed(t, runs.Query{OwnerID: owner, Limit: 1})
			require.Len(t, ids, 1)
			assert.Equal(t, runs.Running, h.get(t, ids[0]).Status)
			log := h.log(t, ids[0])
			require.Len(t, log, 2)
			assert.Equal(t, runlog.StepStarted, log[1].Kind)
			g.pass()
			got := <-done
			assert.Equal(t, ids[0], got.id)
			assert.Equal(t, row.fails, got.result.Failed() != nil)
			requireWhole(t, h.heard.of(got.id))

			if row.kept {
				x := h.ended(t, got.id)
				assert.Equal(t, row.fails, x.Status == runs.Failed)
				assert.Len(t, h.log(t, got.id), len(h.heard.of(got.id)))
				requireWhole(t, h.log(t, got.id))
				return
			}
			require.NoError(t, h.close(t.Context())) // stores what is left to store
			assert.Nil(t, h.stored(t, got.id))
			assert.Zero(t, count(t, h.store, "execution_logs", object("executionId", got.id)))
			assert.Empty(t, h.log(t, got.id))
			_, err := h.Get(context.Background(), got.id, "")
			requireStatus(t, err, http.StatusNotFound)
		})
	}
}

// A call that outgrows what is held of it in memory is kept after all when it may
// have to be, and loses its oldest entries when it must not be.
func TestHistoryOfLongCallsIsBounded(t *testing.T) {
	for _, kept := range []runs.History{runs.HistoryFailed, runs.HistoryNone} {
		t.Run(string(kept), func(t *testing.T) {
			h := start(t, open(t), history(kept))
			g := newGate(t)
			r := request()
			for range runs.MaxHeld {
				r.Workflow.Steps = append(r.Workflow.Steps, step("delay", "seconds", int64(0)))
			}
			r.Workflow.Steps = append(r.Workflow.Steps, g.step())
			done := make(chan string, 1)
			go func() { id, _ := h.callOf(t, runs.Call{}, r.Workflow); done <- id }()
			g.enter(t, 1)
			ids := h.listed(t, runs.Query{OwnerID: owner, Limit: 1})
			require.Len(t, ids, 1)
			log := h.log(t, ids[0])
			all := 2 + 2*runs.MaxHeld
			if kept == runs.HistoryFailed {
				assert.Len(t, log, all)
			} else {
				assert.LessOrEqual(t, len(log), runs.MaxHeld)
				assert.Equal(t, int64(all-1), log[len(log)-1].Seq, "the newest are there")
			}
			g.pass()
			id := <-done
			if kept == runs.HistoryFailed {
				assert.Equal(t, runs.Succeeded, h.ended(t, id).Status)
				assert.Len(t, h.log(t, id), all+2)
				requireWhole(t, h.log(t, id))
				return
			}
			require.NoError(t, h.close(t.Context()))
			assert.Nil(t, h.stored(t, id))
			assert.Zero(t, count(t, h.store, "execution_logs", object()))
		})
	}
}
