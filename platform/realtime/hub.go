// Package realtime brings the logs of runs to those who watch them. The Hub knows
// who follows which run; transports (packages socketio and plainws) carry what it
// hands them (contract file realtime.md).
package realtime

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"sync"
	"time"
	"unicode/utf8"

	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/runlog"
)

const (
	pageSize     = 256 // entries of history that are read and handed on at a time
	minPage      = 8   // the same, when a follower has room for few
	maxReaders   = 16  // histories that are read at the same time
	readLimit    = 30 * time.Second
	maxID        = 200 // bytes of the id of a run
	roomShards   = 64
	tailInterval = time.Second
)

// Errors of Subscribe. Clients may see them.
var (
	ErrClosed = errors.New("the server is shutting down")
	ErrID     = fmt.Errorf("an executionId is 1 to %d bytes", maxID)
)

// validID is all that an id must be: runs are followed before they exist.
func validID(id string) bool { return id != "" && len(id) <= maxID && utf8.ValidString(id) }

// Source has the entries of every run: those under way and those stored.
type Source interface {
	// Entries returns the entries of a run after the one numbered after, in
	// order and at most limit of them; none for an unknown run. An entry that was
	// published is returned from then on.
	Entries(ctx context.Context, executionID string, after int64, limit int) ([]*runlog.Entry, error)
	// Last returns the last entry of a run so far; nil for an unknown run.
	Last(ctx context.Context, executionID string) (*runlog.Entry, error)
}

// Follower is one who follows a run, on any transport. Its methods are called by
// one goroutine at a time.
type Follower interface {
	// Deliver takes entries, in order: as many as the client has room for, but one
	// at least. What it leaves is history by then, and is offered again once the
	// follower is Ready. The first call may be without any. It must not block.
	// False says that the follower is gone; it is then dropped, and gets what it
	// missed when it subscribes again.
	Deliver(entries []*runlog.Entry) (taken int, ok bool)
	// Ready waits until the follower can take more of the history. It fails when
	// ctx ends or the follower is gone.
	Ready(ctx context.Context) error
	// CaughtUp says that the history is over and that what follows is live; last
	// is the number of the last entry there is, -1 for none.
	CaughtUp(last int64)
	// Failed says that the history cannot be read. The follower is dropped.
	Failed(err error)
}

// Hub hands the entries of runs to those who follow them: each entry once and in
// order, whether a follower came before the run, in its middle or after it.
type Hub struct {
	source Source
	log    *zap.Logger
	seed   maphash.Seed
	shards [roomShards]shard

	ctx     context.Context // of the goroutines that read histories
	cancel  context.CancelFunc
	readers chan struct{}

	mu     sync.Mutex // guards closed, and owned against Close
	closed bool
	owned  sync.WaitGroup
}

type shard struct {
	mu    sync.RWMutex
	rooms map[string]*room
}

// NewHub returns a hub on a source. With tail, it looks for entries that other
// processes have stored; without, the runs of this process are all there are.
func NewHub(source Source, log *zap.Logger, tail bool) *Hub {
	h := &Hub{source: source, log: log, seed: maphash.MakeSeed(), readers: make(chan struct{}, maxReaders)}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	for i := range h.shards {
		h.shards[i].rooms = map[string]*room{}
	}
	if tail {
		h.owned.Go(h.tail)
	}
	return h
}

func (h *Hub) shard(id string) *shard {
	return &h.shards[maphash.String(h.seed, id)%roomShards]
}

// Publish hands an entry to those who follow its run. The source has it already.
// It never blocks.
func (h *Hub) Publish(e *runlog.Entry) {
	s := h.shard(e.ExecutionID)
	s.mu.RLock()
	r := s.rooms[e.ExecutionID]
	s.mu.RUnlock()
	if r != nil {
		r.publish(e)
	}
}

// Subscribe makes f follow a run, from the entry after the one numbered after (-1
// is from the start), until Cancel. The run need not exist yet.
func (h *Hub) Subscribe(executionID string, after int64, f Follower) (*Subscription, error) {
	if !validID(executionID) {
		return nil, ErrID
	}
	sub := &Subscription{hub: h, follower: f, next: max(after, -1) + 1}
	s := h.shard(executionID)
	s.mu.Lock()
	r := s.rooms[executionID]
	if r == nil {
		r = &room{hub: h, id: executionID, head: -1, members: map[*Subscription]struct{}{}}
		s.rooms[executionID] = r
	}
	sub.room = r
	r.mu.Lock()
	r.members[sub] = struct{}{}
	r.mu.Unlock()
	s.mu.Unlock()
	if !h.start(sub.catchUp) {
		sub.Cancel()
		return nil, ErrClosed
	}
	return sub, nil
}

// start runs a goroutine that Close waits for.
func (h *Hub) start(f func()) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	h.owned.Go(f)
	return true
}

// after calls f once d has passed, and Close waits for that; false when the hub
// is closed.
func (h *Hub) after(d time.Duration, f func()) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	h.owned.Add(1)
	time.AfterFunc(d, func() { defer h.owned.Done(); f() })
	return true
}

// Rooms is how many runs are followed.
func (h *Hub) Rooms() (n int) {
	for i := range h.shards {
		s := &h.shards[i]
		s.mu.RLock()
		n += len(s.rooms)
		s.mu.RUnlock()
	}
	return n
}

// Close stops reading histories. Transports are closed before.
func (h *Hub) Close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.cancel()
	h.owned.Wait()
}
