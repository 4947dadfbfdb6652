package embedded

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"go.etcd.io/bbolt"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

const (
	maxQueued = 4096 // writes that may wait
	maxGroup  = 512  // writes that share a commit
)

// writer applies writes in one goroutine. What has queued up while one group
// was being committed forms the next group.
type writer struct {
	db      *bbolt.DB
	jobs    chan *job
	closing sync.RWMutex // held for reading while a job is being queued
	closed  bool
	done    chan struct{}
}

// job is one write. apply must check everything that can fail before it changes
// anything; it may be called again when a neighbour has spoilt the transaction.
type job struct {
	apply func(*bbolt.Tx) error
	state atomic.Int32
	err   error
	done  chan struct{}
}

// The states of a job: its caller may give it up only while it waits.
const (
	waiting int32 = iota
	running
	givenUp
)

func newWriter(db *bbolt.DB) *writer {
	w := &writer{db: db, jobs: make(chan *job, maxQueued), done: make(chan struct{})}
	go w.run()
	return w
}

// do queues a write and waits until it is durable. When ctx ends before the
// write has begun, it is not made.
func (w *writer) do(ctx context.Context, apply func(*bbolt.Tx) error) error {
	j := &job{apply: apply, done: make(chan struct{})}
	if err := w.queue(ctx, j); err != nil {
		return err
	}
	select {
	case <-j.done:
	case <-ctx.Done():
		if j.state.CompareAndSwap(waiting, givenUp) {
			return ctx.Err()
		}
		<-j.done // it is being made: its outcome is the truth
	}
	return wrap(j.err)
}

func (w *writer) queue(ctx context.Context, j *job) error {
	if err := ctx.Err(); err != nil { // select chooses at random when both are ready
		return err
	}
	w.closing.RLock()
	defer w.closing.RUnlock()
	if w.closed {
		return fmt.Errorf("%w: the store is closed", mongo.ErrUnavailable)
	}
	select {
	case w.jobs <- j:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close takes no more writes and waits for those that are queued.
func (w *writer) close(ctx context.Context) error {
	w.closing.Lock()
	if !w.closed {
		w.closed = true
		close(w.jobs)
	}
	w.closing.Unlock()
	select {
	case <-w.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *writer) run() {
	defer close(w.done)
	for first := range w.jobs {
		group := w.collect(first)
		w.commit(group)
		for _, j := range group {
			close(j.done)
		}
	}
}

// collect takes what is waiting, without waiting for more.
func (w *writer) collect(first *job) []*job {
	group := make([]*job, 0, 16)
	for j := first; ; {
		if j.state.CompareAndSwap(waiting, running) {
			group = append(group, j)
		}
		if len(group) == maxGroup {
			return group
		}
		select {
		case next, ok := <-w.jobs:
			if !ok {
				return group
			}
			j = next
		default:
			return group
		}
	}
}

// commit makes the writes of a group durable together. One that fails halfway
// is taken out and the others are made again without it.
func (w *writer) commit(group []*job) {
	for len(group) > 0 {
		spoilt := -1
		err := w.db.Update(func(tx *bbolt.Tx) error {
			for i, j := range group {
				j.err = contained(j.apply, tx)
				if j.err != nil && !isKind(j.err) {
					spoilt = i
					return j.err
				}
			}
			return nil
		})
		if spoilt < 0 {
			for _, j := range group {
				if err != nil {
					j.err = err
				}
			}
			return
		}
		group = append(append(make([]*job, 0, len(group)), group[:spoilt]...), group[spoilt+1:]...)
	}
}

// contained turns a panic into an error: the writer must go on.
func contained(apply func(*bbolt.Tx) error, tx *bbolt.Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("write failed: %v", p)
		}
	}()
	return apply(tx)
}
