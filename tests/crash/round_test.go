package crash_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

const (
	accepted  = 500 // runs in one round, and as many more as clients are just asking for
	acceptors = 8   // clients at the same time
	settled   = 60 * time.Second
	poll      = 10 * time.Millisecond
)

// round is a number of lives of the program on one directory.
type round struct {
	dir        string
	collection string // of this round: the directory may have been used before
	workers    int

	mu   sync.Mutex
	keys int
	runs []acknowledged
}

// acknowledged is a run that the program has promised.
type acknowledged struct {
	id, key string
	kills   int // that it has gone through
}

func (r *round) settings() []string {
	return []string{fmt.Sprintf("RUN_WORKERS=%d", r.workers), "RUN_QUEUE=2000", "SHUTDOWN_TIMEOUT=10s"}
}

// steps leave two documents of a key, one on each side of a wait.
func (r *round) steps(wait time.Duration) []object {
	return []object{
		{"id": "a", "type": "dbInsert", "collection": r.collection, "data": object{"key": "{{input.key}}"}},
		{"id": "b", "type": "delay", "duration": wait.String()},
		{"id": "c", "type": "dbInsert", "collection": r.collection, "data": object{"key": "{{input.key}}", "second": true}},
		{"id": "d", "type": "response", "body": object{"done": "{{input.key}}"}},
	}
}

func (r *round) savedID() string { return "work-" + r.collection }
func (r *round) pageID() string  { return "page-" + r.collection }

// save stores the workflow that some runs are of, and the one that reads the
// collection page by page.
func (r *round) save(t *testing.T, c *client) {
	t.Helper()
	c.save(t, r.savedID(), r.steps(25*time.Millisecond))
	c.save(t, r.pageID(), []object{
		{"id": "f", "type": "dbFind", "collection": r.collection, "findType": "many", "limit": pageSize, "sort": object{"key": 1},
			"filters": object{"key": object{"$gte": "{{input.from}}"}}, "output": "found"},
		{"id": "r", "type": "response", "body": "{{found}}"},
	})
}

// nextKey is the key of one more run, while fewer are acknowledged than the round
// wants.
func (r *round) nextKey() (key string, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.runs) >= accepted {
		return "", false
	}
	r.keys++
	return fmt.Sprintf("%s-%05d", r.collection, r.keys), true
}

func (r *round) acknowledge(id, key string) (count int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.runs = append(r.runs, acknowledged{id: id, key: key})
	return len(r.runs)
}

// accept has runs accepted until there are enough or the program is gone. Each
// acknowledgement is reported with how many there are.
func (r *round) accept(c *client, report func(count int)) error {
	var clients errgroup.Group
	var gone atomic.Bool // for the clients that are between two requests
	for range acceptors {
		clients.Go(func() error {
			for !gone.Load() {
				key, ok := r.nextKey()
				if !ok {
					return nil
				}
				id, err := r.request(c, key)
				var no *refused
				switch {
				case errors.As(err, &no):
					return err
				case err != nil: // killed: it may have been accepted, but was never acknowledged
					gone.Store(true)
				default:
					report(r.acknowledge(id, key))
				}
			}
			return nil
		})
	}
	return clients.Wait()
}

// request asks for a run by one of the ways there are.
func (r *round) request(c *client, key string) (id string, err error) {
	input := object{"key": key}
	body := object{"steps": r.steps(rand.N(50 * time.Millisecond)), "input": input}
	switch rand.IntN(4) {
	case 0:
		return c.post("/workflows/run", body)
	case 1:
		return c.post("/workflow/execute", body)
	case 2:
		delete(body, "input")
		body["vars"] = object{"input": input}
		return c.post("/workflow/execute", body)
	}
	return c.post("/workflows/"+r.savedID()+"/execute", object{"input": input, "ownerId": owner})
}

// first is the life in which the round begins: it is killed a random time after a
// random acknowledgement.
func (r *round) first(t *testing.T) (killed time.Time) {
	t.Helper()
	p := start(t, r.dir, r.settings()...)
	r.save(t, p.client)
	at, delay := 1+rand.IntN(accepted), rand.N(300*time.Millisecond)
	if rand.IntN(2) == 0 { // for sure while it accepts
		at, delay = 1+rand.IntN(accepted*4/5), rand.N(5*time.Millisecond)
	}
	err := r.accept(p.client, func(count int) {
		if count == at {
			time.AfterFunc(delay, p.Shoot)
		}
	})
	require.NoError(t, err, "%s", p)
	require.ErrorContains(t, p.Err(), "killed", "%s", p)
	r.survive()
	return time.Now()
}

// again is a life on what an earlier one has left, killed at a random moment:
// before it listens, while it recovers, or when it accepts runs again.
func (r *round) again(t *testing.T) (killed time.Time, early bool) {
	t.Helper()
	within := 500 * time.Millisecond
	if rand.IntN(2) == 0 {
		within = startTime
	}
	p := launch(t, r.dir, r.settings()...)
	time.AfterFunc(rand.N(within), p.Shoot)
	up := p.up()
	if up {
		require.NoError(t, r.accept(p.client, func(int) {}), "%s", p)
	}
	require.ErrorContains(t, p.Err(), "killed", "%s", p)
	r.survive()
	return time.Now(), !up
}

// startTime is about how long the program takes to open its store and to end what
// was interrupted.
const startTime = 100 * time.Millisecond

func (r *round) survive() {
	for i := range r.runs {
		r.runs[i].kills++
	}
}

// last is the life in which the round ends: everything that was acknowledged in
// any life comes to its end.
func (r *round) last(t *testing.T) *process {
	t.Helper()
	p := start(t, r.dir, r.settings()...)
	require.NoError(t, r.accept(p.client, func(int) {}), "%s", p)
	require.True(t, len(r.runs) >= accepted, "only %d were accepted: %s", len(r.runs), p)
	deadline := time.Now().Add(settled)
	for _, run := range r.runs {
		x := waitFor(t, p, run.id, deadline, (*execution).ended)
		require.True(t, x.ended(), "%+v is still %s: %s", run, x.Status, p)
	}
	return p
}

// waitFor polls an execution until it is as it should be, or a deadline.
func waitFor(t *testing.T, p *process, id string, deadline time.Time, good func(*execution) bool) (x execution) {
	t.Helper()
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for {
		x, err := p.execution(id)
		require.NoError(t, err, "an acknowledged run is lost: %s", p)
		if good(&x) || time.Now().After(deadline) {
			return x
		}
		<-ticker.C
	}
}

// outcome is all that the program says of a run in the end.
type outcome struct {
	acknowledged
	execution execution
	log       []entry
}

// outcomes asks for every run of the round.
func (r *round) outcomes(t *testing.T, c *client) []outcome {
	t.Helper()
	all := make([]outcome, len(r.runs))
	var clients errgroup.Group
	clients.SetLimit(acceptors)
	for i, run := range r.runs {
		clients.Go(func() (err error) {
			all[i].acknowledged = run
			if all[i].execution, err = c.execution(run.id); err != nil {
				return err
			}
			all[i].log, err = c.log(run.id)
			return err
		})
	}
	require.NoError(t, clients.Wait())
	return all
}

const pageSize = 1000

// written counts the documents of a run.
type written struct{ first, second int }

// documents counts what is in the collection, by key. Pages overlap in the key
// that they meet at, whose documents are told apart by their _id.
func (r *round) documents(t *testing.T, c *client) map[string]written {
	t.Helper()
	found, seen := map[string]written{}, map[string]bool{}
	for from := ""; ; {
		var page []struct {
			ID     string `json:"_id"`
			Key    string
			Second bool
		}
		require.NoError(t, c.do(http.MethodPost, "/workflow/run/"+r.pageID()+"/api", object{"from": from}, &page))
		for _, d := range page {
			from = d.Key
			if seen[d.ID] {
				continue
			}
			seen[d.ID] = true
			w := found[d.Key]
			if d.Second {
				w.second++
			} else {
				w.first++
			}
			found[d.Key] = w
		}
		if len(page) < pageSize {
			return found
		}
	}
}

// requireWhole checks what is true of each run by itself.
func requireWhole(t *testing.T, o *outcome, w written) {
	t.Helper()
	what := fmt.Sprintf("%+v\n%+v\n%+v\n%+v", o.acknowledged, o.execution, w, o.log)
	require.NotEmpty(t, o.log, what)
	for i, e := range o.log {
		require.Equal(t, i, e.Seq, "a gap in the log: %s", what)
		require.Equal(t, o.id, e.ExecutionID, what)
		ends := e.Type == "workflow_complete" || e.Type == "workflow_failed"
		require.Equal(t, i == len(o.log)-1, ends, "the end is the last entry, and only that: %s", what)
	}
	last := o.log[len(o.log)-1].Type
	switch o.execution.Status {
	case "succeeded":
		require.Equal(t, "workflow_complete", last, what)
		require.Equal(t, written{1, 1}, w, "a run that succeeded has done each step once: %s", what)
	case "interrupted":
		require.Equal(t, "workflow_failed", last, what)
		require.NotEmpty(t, o.execution.Error, what)
		require.NotZero(t, o.kills, "interrupted without a crash: %s", what)
	default:
		t.Fatalf("nobody cancels, and nothing is wrong with the steps: %s", what)
	}
	assert.NotEmpty(t, o.execution.FinishedAt, what)
}

// requireOnce checks that no step of any run was repeated, also of those that
// were never acknowledged.
func requireOnce(t *testing.T, found map[string]written) {
	t.Helper()
	for key, w := range found {
		require.True(t, w.first <= 1 && w.second <= w.first, "%s: %+v", key, w)
	}
}
