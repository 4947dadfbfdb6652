package runs

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"
)

const (
	gatherTime = 50 * time.Millisecond // what happens within it is stored together
	gatherMax  = 2 << 20               // bytes that are stored without waiting longer
	maxPending = 16 << 20              // bytes of entries in memory; then runs wait for the store
	storeLimit = 30 * time.Second      // of storing one group
	retryFirst = 100 * time.Millisecond
	retryMost  = 5 * time.Second
)

// writer stores what runs do, in groups and off their path.
type writer struct {
	store func(context.Context, []*run) error
	log   *zap.Logger

	wake, full chan struct{} // something to store; enough to store it now
	stop       chan struct{}
	done       chan struct{}

	mu      sync.Mutex
	dirty   []*run
	pending int           // bytes of entries that are not stored
	room    chan struct{} // closed when pending has shrunk
	failing bool          // the last group could not be stored
}

func newWriter(store func(context.Context, []*run) error, log *zap.Logger) *writer {
	w := &writer{
		store: store, log: log, room: make(chan struct{}),
		wake: make(chan struct{}, 1), full: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{}),
	}
	go w.run()
	return w
}

// notice puts a run in the list of those that have something to store.
func (w *writer) notice(r *run) {
	r.mu.Lock()
	listed, size := r.dirty, 0
	r.dirty = true
	if !r.forgot { // what it holds waits for the store
		size = r.size - r.counted
		r.counted = r.size
	}
	r.mu.Unlock()
	w.mu.Lock()
	w.pending += size
	enough := w.pending >= gatherMax
	if !listed {
		w.dirty = append(w.dirty, r)
	}
	w.mu.Unlock()
	signal(w.wake)
	if enough {
		signal(w.full)
	}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// wait returns once there is room for more entries: true, or false when the
// store does not take any, the run ends first, or patience does.
func (w *writer) wait(ctx context.Context, patience time.Duration) bool {
	var over <-chan time.Time // made when it is needed
	for {
		w.mu.Lock()
		room, full, failing := w.room, w.pending >= maxPending, w.failing
		w.mu.Unlock()
		switch {
		case !full:
			return true
		case failing:
			return false
		case over == nil:
			timer := time.NewTimer(patience)
			defer timer.Stop()
			over = timer.C
		}
		select {
		case <-room:
		case <-over:
			return false
		case <-ctx.Done():
			return false
		}
	}
}

// stored notes that entries are stored, or given up.
func (w *writer) stored(size int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pending -= size
	close(w.room)
	w.room = make(chan struct{})
}

func (w *writer) take() []*run {
	w.mu.Lock()
	defer w.mu.Unlock()
	dirty := w.dirty
	w.dirty = nil
	return dirty
}

func (w *writer) run() {
	defer close(w.done)
	for stopping := false; !stopping; {
		select {
		case <-w.wake:
			stopping = w.gather()
		case <-w.stop:
			stopping = true
		}
		w.flush()
	}
}

// gather waits for more to store; it reports whether the writer is to stop.
func (w *writer) gather() (stopping bool) {
	timer := time.NewTimer(gatherTime)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-w.full:
	case <-w.stop:
		return true
	}
	return false
}

// flush stores what there is, and tries again until it is stored or the writer is
// stopped.
func (w *writer) flush() {
	runs := w.take()
	for wait := retryFirst; len(runs) > 0; wait = min(2*wait, retryMost) {
		ctx, cancel := context.WithTimeout(context.Background(), storeLimit)
		err := w.store(ctx, runs)
		cancel()
		w.note(err)
		if err == nil {
			return
		}
		select {
		case <-time.After(wait):
		case <-w.stop:
			w.log.Error("the last of the history of runs is lost: the store does not take it", zap.Int("runs", len(runs)), zap.Error(err))
			return
		}
		runs = append(runs, w.take()...)
	}
}

// note remembers whether the store takes anything, and says when that changes.
func (w *writer) note(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch failing := err != nil; {
	case failing && !w.failing:
		w.log.Warn("the history of runs cannot be stored; trying again", zap.Error(err))
		close(w.room) // those who wait for room give up
		w.room = make(chan struct{})
	case !failing && w.failing:
		w.log.Info("the history of runs is stored again")
	}
	w.failing = err != nil
}

// close stores what is left.
func (w *writer) close(ctx context.Context) error {
	close(w.stop)
	select {
	case <-w.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
