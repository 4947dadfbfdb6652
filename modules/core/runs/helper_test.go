package runs_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/modules/core/accounts"
	"github.com/orchestrix/orchestrix/modules/core/runs"
	"github.com/orchestrix/orchestrix/modules/core/workflows"
	_ "github.com/orchestrix/orchestrix/modules/steps"
	"github.com/orchestrix/orchestrix/platform/auth"
	"github.com/orchestrix/orchestrix/platform/clocktest"
	"github.com/orchestrix/orchestrix/platform/data"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/mongo/embedded"
	"github.com/orchestrix/orchestrix/platform/runlog"
)

const (
	owner   = "ann"
	secret  = "the secret of the tests"
	limit   = 20 * time.Second // of everything that a test waits for
	tick    = 2 * time.Millisecond
	allLogs = 10_000
)

// host is a Service on a store, and what its tests look at.
type host struct {
	*runs.Service
	store mongo.Store // for the test's own eyes
	db    *meddled    // what the process sees of it
	heard *publisher
	clock *clocktest.Clock
	once  sync.Once
}

// open returns an empty store.
func open(t *testing.T) mongo.Store {
	t.Helper()
	store, err := embedded.Open(t.Context(), embedded.Options{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close(context.Background())) })
	return store
}

type change func(*runs.Options)

// build makes a process on a store that runs nothing yet. It is closed with the
// test.
func build(t *testing.T, store mongo.Store, changes ...change) *host {
	t.Helper()
	h := &host{store: store, db: &meddled{Store: store}, heard: newPublisher(), clock: clocktest.New(time.Now())}
	options := runs.Options{
		Limits:  runs.Limits{Published: time.Minute, Background: time.Minute, Step: time.Minute},
		History: runs.HistoryAll, Workers: 4, Queue: 100, KeepDays: 30, KeepMost: 10_000,
		Secret: []byte(secret), Clock: h.clock.Now, Logger: zap.NewNop(),
	}
	for _, c := range changes {
		c(&options)
	}
	records := runs.NewRecords(h.db)
	require.NoError(t, records.EnsureIndexes(t.Context()))
	var err error
	h.Service, err = runs.New(records, services(h.db), engine.Steps, h.heard, options)
	require.NoError(t, err)
	t.Cleanup(h.stop)
	return h
}

// services are those of a server where no login is required.
func services(store mongo.Store) runs.Services {
	tokens := accounts.NewService(store, accounts.Options{Secret: []byte(secret), Clock: time.Now, Logger: zap.NewNop()})
	provider := data.NewProvider(store, data.Options{Passwords: auth.NewPasswords(), Clock: time.Now})
	return func(owner string) engine.Env {
		return engine.Env{Data: provider.For(owner), Tokens: tokens.Tokens(owner)}
	}
}

// close ends the process in order.
func (h *host) close(ctx context.Context) (err error) {
	h.once.Do(func() { err = h.Close(ctx) })
	return err
}

// stop ends the process at once.
func (h *host) stop() {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_ = h.close(ctx) // says that runs were cut
}

// crash ends the process as a kill does: nothing more of it reaches the store.
func (h *host) crash() {
	h.db.with(func(context.Context, operation) error { return errDead })
	h.stop()
}

var errDead = errors.New("the process is gone")

// start makes a process and lets it run.
func start(t *testing.T, store mongo.Store, changes ...change) *host {
	t.Helper()
	h := build(t, store, changes...)
	require.NoError(t, h.Start(t.Context()))
	return h
}

func workers(n int) change             { return func(o *runs.Options) { o.Workers = n } }
func queue(n int) change               { return func(o *runs.Options) { o.Queue = n } }
func history(kept runs.History) change { return func(o *runs.Options) { o.History = kept } }
func shared(o *runs.Options)           { o.Shared = true }

// at makes a process tell the time by another's clock.
func at(c *clocktest.Clock) change { return func(o *runs.Options) { o.Clock = c.Now } }

// step writes a flat step; fields are names and values in turn.
func step(kind string, fields ...any) doc.Object {
	s := doc.Object{{Key: "type", Value: kind}}
	for i := 0; i < len(fields); i += 2 {
		s = append(s, doc.Field{Key: fields[i].(string), Value: fields[i+1]})
	}
	return s
}

func object(fields ...any) doc.Object { return step("", fields...)[1:] }

func request(steps ...doc.Object) runs.Request {
	w := engine.Workflow{}
	for _, s := range steps {
		w.Steps = append(w.Steps, s)
	}
	return runs.Request{Workflow: w, OwnerID: owner, Trigger: runs.Inline, Input: doc.Object{}}
}

// accept queues a run that must be accepted.
func (h *host) accept(t *testing.T, r runs.Request) (id string) {
	t.Helper()
	id, err := h.Accept(t.Context(), r)
	require.NoError(t, err)
	return id
}

// call runs a published workflow.
func (h *host) call(t *testing.T, in runs.Call, steps ...doc.Object) (id string, result *engine.Result) {
	t.Helper()
	return h.callOf(t, in, request(steps...).Workflow)
}

func (h *host) callOf(t *testing.T, in runs.Call, w engine.Workflow) (id string, result *engine.Result) {
	t.Helper()
	program, err := engine.Steps.Compile(w)
	if !assert.NoError(t, err) {
		return "", nil
	}
	api := &workflows.Published{Program: program, Workflow: &workflows.Workflow{Draft: workflows.Draft{WorkflowID: "w", OwnerID: owner}}}
	answer := h.Published(t.Context(), api, in)
	return answer.ExecutionID, answer.Result
}

// get returns an execution that must be there.
func (h *host) get(t *testing.T, id string) *runs.Execution {
	t.Helper()
	x, err := h.Get(t.Context(), id, "")
	require.NoError(t, err)
	return x
}

// log returns all entries of a run.
func (h *host) log(t *testing.T, id string) []*runlog.Entry {
	t.Helper()
	entries, err := h.Entries(t.Context(), id, -1, allLogs)
	require.NoError(t, err)
	return entries
}

// stored returns the document of an execution, or nil.
func (h *host) stored(t *testing.T, id string) doc.Object {
	t.Helper()
	return find(t, h.store, "executions", object("_id", id))
}

// status is what the document of an execution says.
func (h *host) status(t *testing.T, id string) runs.Status {
	t.Helper()
	return runs.Status(doc.String(h.stored(t, id), "status"))
}

// update changes the document of an execution behind the process's back.
func (h *host) update(t *testing.T, id string, set doc.Object) {
	t.Helper()
	result, err := h.store.Collection("executions").UpdateOne(t.Context(), object("_id", id), object("$set", set), mongo.UpdateOptions{})
	require.NoError(t, err)
	require.Equal(t, int64(1), result.Matched)
}

func find(t *testing.T, store mongo.Store, collection string, filter doc.Object) doc.Object {
	t.Helper()
	found, err := store.Collection(collection).Find(t.Context(), filter, mongo.FindOptions{Limit: 1})
	require.NoError(t, err)
	if len(found) == 0 {
		return nil
	}
	return found[0]
}

func count(t *testing.T, store mongo.Store, collection string, filter doc.Object) int64 {
	t.Helper()
	n, err := store.Collection(collection).Count(t.Context(), filter)
	require.NoError(t, err)
	return n
}

// ended waits until the end of a run is stored.
func (h *host) ended(t *testing.T, id string) *runs.Execution {
	t.Helper()
	eventually(t, func() bool { return h.status(t, id).Ended() }, "%s does not end", id)
	eventually(t, func() bool { return !h.Holds(id) }, "%s does not leave the memory", id)
	return h.get(t, id)
}

func eventually(t *testing.T, good func() bool, message string, args ...any) {
	t.Helper()
	deadline := time.Now().Add(limit)
	for !good() {
		require.False(t, time.Now().After(deadline), append([]any{message}, args...)...)
		time.Sleep(tick)
	}
}

// requireWhole checks the form of a log that has ended, and returns its end.
func requireWhole(t *testing.T, log []*runlog.Entry) *runlog.Entry {
	t.Helper()
	require.NotEmpty(t, log)
	for i, e := range log {
		require.Equal(t, int64(i), e.Seq)
		require.Equal(t, i == len(log)-1, e.Kind.Ends(), "entry %d of %d: %s", i, len(log), e.Title)
	}
	return log[len(log)-1]
}

// publisher hears entries and keeps them.
type publisher struct {
	mu      sync.Mutex
	entries map[string][]*runlog.Entry
	changed chan struct{}
	hook    func(*runlog.Entry) // called first; set before anything runs
}

func newPublisher() *publisher {
	return &publisher{entries: map[string][]*runlog.Entry{}, changed: make(chan struct{})}
}

func (p *publisher) Publish(e *runlog.Entry) {
	if p.hook != nil {
		p.hook(e)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.entries[e.ExecutionID] = append(p.entries[e.ExecutionID], e)
	close(p.changed)
	p.changed = make(chan struct{})
}

func (p *publisher) of(id string) []*runlog.Entry {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.entries[id]
}

// wait returns once a run has an entry of a kind.
func (p *publisher) wait(t *testing.T, id string, kind runlog.Kind) *runlog.Entry {
	t.Helper()
	timeout := time.After(limit)
	for {
		p.mu.Lock()
		entries, changed := p.entries[id], p.changed
		p.mu.Unlock()
		for _, e := range entries {
			if e.Kind == kind {
				return e
			}
		}
		select {
		case <-changed:
		case <-timeout:
			require.Fail(t, "no such entry", "%s: %s", id, kind.Type())
		}
	}
}
