// Package runs runs workflows: at once for the callers of published APIs, and in
// the background from a durable queue. It records every run and its log, and is
// where those who watch runs get them from.
//
// A run begins at most once, and so does each of its steps: one that was under
// way when its process died is ended as interrupted, never repeated.
package runs

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/runlog"
)

// Options of a Service.
type Options struct {
	Limits
	History  History
	Workers  int      // background runs at the same time
	Queue    int      // background runs that may wait
	Shared   bool     // other processes may use the same store
	KeepDays int      // days that an execution is kept
	KeepMost int      // executions that are kept
	Secret   []byte   // what the key that seals the input of queued runs is made of
	Masked   []string // values that never appear in a log
	Observer Observer // nil: nobody measures
	Clock    func() time.Time
	Logger   *zap.Logger
}

// Limits bound a run.
type Limits struct {
	Published  time.Duration // of a whole published call
	Background time.Duration // of a whole background run
	Step       time.Duration // of one step
}

// History says which published calls are recorded.
type History string

// The values of RUN_HISTORY.
const (
	HistoryAll    History = "all"
	HistoryFailed History = "failed"
	HistoryNone   History = "none"
)

func (h History) keep() keep {
	switch h {
	case HistoryFailed:
		return keepFailed
	case HistoryNone:
		return keepNever
	}
	return keepAlways
}

// Publisher hears every entry once it is in the Records.
type Publisher interface{ Publish(*runlog.Entry) }

// Services gives the runs of an owner's workflows what they may use: data,
// tokens, credentials and mail.
type Services func(ownerID string) engine.Env

// Service runs workflows.
type Service struct {
	*Records
	opts      Options
	services  Services
	types     *engine.Registry
	publisher Publisher
	seal      *sealer
	mask      *runlog.Masker
	writer    *writer
	queue     *queue
	busy      atomic.Int64              // workers that have a run
	process   string                    // this process's hold on its runs
	round     uint64                    // of storing; of the writer
	renewed   atomic.Pointer[time.Time] // when the hold was last renewed
	log       *zap.Logger
	now       func() time.Time

	base   context.Context // of background runs
	cancel context.CancelFunc
	stop   context.CancelFunc // of what the service does by itself
	owned  sync.WaitGroup     // that, and
	runs   sync.WaitGroup     // background runs

	recovering sync.Mutex          // guards seen
	seen       map[string]sighting // the runs under way in the last round, by id
}

// New returns a service that runs nothing in the background before Start.
func New(records *Records, services Services, types *engine.Registry, publisher Publisher, opts Options) (*Service, error) {
	seal, err := newSealer(opts.Secret)
	if err != nil {
		return nil, err
	}
	s := &Service{
		Records: records, opts: opts, services: services, types: types, publisher: publisher,
		seal: seal, mask: runlog.NewMasker(opts.Masked...), queue: newQueue(opts.Queue),
		process: uuid.NewString(), log: opts.Logger, now: opts.Clock,
	}
	s.base, s.cancel = context.WithCancel(context.Background())
	s.writer = newWriter(s.store, s.log)
	return s, nil
}

// Start ends what an earlier process has left under way, takes up what it has
// left waiting, and begins to run background runs.
func (s *Service) Start(ctx context.Context) error {
	if err := s.recover(ctx); err != nil {
		return err
	}
	s.renewed.Store(new(s.now()))
	own, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.owned.Go(func() { s.dispatch(own) })
	s.owned.Go(func() { s.every(own, retainEvery, s.retain) })
	s.owned.Go(func() { s.every(own, recoverEvery, s.recover) })
	if s.opts.Shared {
		s.owned.Go(func() { s.every(own, renewEvery, s.renew) })
	}
	return nil
}

// every calls a job over and over until ctx ends.
func (s *Service) every(ctx context.Context, interval time.Duration, job func(context.Context) error) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := job(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("keeping the runs", zap.Error(err))
		}
	}
}

// Close begins no more runs, lets those under way end until ctx does, interrupts
// the others, and stores what is left. Runs that wait stay in the queue of the
// store.
func (s *Service) Close(ctx context.Context) error {
	s.queue.close()
	if s.stop != nil {
		s.stop()
	}
	s.owned.Wait()
	done := make(chan struct{})
	go func() { s.runs.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
		s.log.Warn("interrupting the runs that are still under way", zap.Int("runs", len(s.active.all())))
	}
	s.cancel()
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeGrace)
	defer cancel()
	select {
	case <-done:
	case <-grace.Done():
		return errors.New("a background run did not end")
	}
	return s.writer.close(grace)
}

// closeGrace is what cancelled runs have to end, and their records to be stored.
const closeGrace = 5 * time.Second

// How long a run waits for a slow store before it goes on without its log: the
// caller of a published API waits with it.
const (
	callerPatience     = 500 * time.Millisecond
	backgroundPatience = time.Minute
)

// emit puts an entry into a run's log. When the store does not keep up, the run
// waits; when it takes nothing at all, the run's log is no longer kept.
func (s *Service) emit(ctx context.Context, r *run, e *runlog.Entry) {
	added, tell := r.add(e)
	if !added {
		return
	}
	s.publish(r, e)
	if !tell {
		return
	}
	s.writer.notice(r)
	patience := backgroundPatience
	if r.execution.Trigger == Published { // which nobody changes
		patience = callerPatience
	}
	if !s.writer.wait(ctx, patience) {
		s.writer.stored(r.forget())
	}
}

// end closes a run's log, and leaves the rest to the writer.
func (s *Service) end(r *run, x Execution, last *runlog.Entry) {
	defer close(r.over)
	store := r.finish(x, last)
	s.publish(r, last)
	if !r.isLost() { // whoever took it over tells of its end
		s.observe(&x, last.Duration)
	}
	if store {
		s.writer.notice(r)
	} else {
		s.active.remove(r.id)
	}
}

func (s *Service) publish(r *run, e *runlog.Entry) {
	s.publisher.Publish(e)
	if r.watch != nil {
		r.watch(e)
	}
}

// environment is what the run of an owner's workflow may use.
func (s *Service) environment(ownerID string, sink engine.Sink) *engine.Env {
	env := s.services(ownerID)
	env.StepTimeout, env.Sink = s.opts.Step, sink
	return &env
}

// pause waits, unless ctx ends first: then it returns its error.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
