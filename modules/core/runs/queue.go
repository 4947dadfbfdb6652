package runs

import (
	"context"
	"slices"
	"sync"
)

// queue is the order in which this process begins the runs that wait in the
// store. It is bounded: what does not fit is not accepted.
type queue struct {
	limit int
	wake  chan struct{}

	mu     sync.Mutex
	ids    []string
	known  map[string]struct{}
	places int // taken by runs that wait or are about to
	closed bool
}

func newQueue(limit int) *queue {
	return &queue{limit: limit, wake: make(chan struct{}, 1), known: map[string]struct{}{}}
}

// reserve takes a place for a run that is about to be stored.
func (q *queue) reserve() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || q.places >= q.limit {
		return false
	}
	q.places++
	return true
}

// release gives a place back.
func (q *queue) release() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.places--
}

// push puts a stored run, which has its place, at the end.
func (q *queue) push(id string) {
	q.mu.Lock()
	q.ids = append(q.ids, id)
	q.known[id] = struct{}{}
	q.mu.Unlock()
	signal(q.wake)
}

// adopt does the same for a run that this process has not accepted, unless it is
// there already or there is no place.
func (q *queue) adopt(id string) {
	q.mu.Lock()
	_, known := q.known[id]
	q.mu.Unlock()
	if !known && q.reserve() {
		q.push(id)
	}
}

// drop gives up the place of a run that does not wait any more.
func (q *queue) drop(id string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if i := slices.Index(q.ids, id); i >= 0 {
		q.ids = slices.Delete(q.ids, i, i+1)
		delete(q.known, id)
		q.places--
	}
}

// pop waits for the first run that waits; false when ctx ends.
func (q *queue) pop(ctx context.Context) (id string, ok bool) {
	for {
		q.mu.Lock()
		if len(q.ids) > 0 {
			id, q.ids = q.ids[0], q.ids[1:]
			delete(q.known, id)
			q.places--
			q.mu.Unlock()
			return id, true
		}
		q.mu.Unlock()
		select {
		case <-q.wake:
		case <-ctx.Done():
			return "", false
		}
	}
}

// load is how many runs wait here, and whether one more may.
func (q *queue) load() (waiting int, accepts bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.places, !q.closed && q.places < q.limit
}

// close accepts no more.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
}
