package runs

import (
	"context"
	"sync"

	"github.com/orchestrix/orchestrix/platform/runlog"
)

// keep says whether a run's record is stored.
type keep int

const (
	keepAlways keep = iota
	keepFailed      // only when it does not succeed
	keepNever
)

// Bounds of what a run that may not be kept holds in memory. One that outgrows
// them is kept after all, or forgets its oldest entries.
const (
	maxHeld     = 512     // entries
	maxHeldSize = 2 << 20 // bytes
)

// run is a run under way in this process, or one whose end is not stored yet.
// What it holds in memory and what is stored are together its whole log.
type run struct {
	id   string
	stop context.CancelFunc // ends the run early
	over chan struct{}      // closed when the run has ended

	watch func(*runlog.Entry) // see Call

	mu        sync.Mutex
	execution Execution
	keep      keep
	held      []*runlog.Entry // not known to be stored, in order
	size      int             // of held, in bytes
	counted   int             // of size, what the writer counts as pending
	next      int64           // number of the next entry
	stored    bool            // there is a document of the execution
	tried     bool            // there may be one
	forgot    bool            // entries were given up: of the rest only the end is stored
	unwanted  bool            // a client has cancelled it
	lost      bool            // another process has taken the run over: nothing of it counts any more
	dirty     bool            // the writer has it in its list
	round     uint64          // of the writer's, in which the run was last stored
}

// newRun begins the life of a run in this process.
func newRun(x Execution, k keep, stop context.CancelFunc) *run {
	return &run{
		id: x.ID, stop: stop, over: make(chan struct{}), execution: x, keep: k,
		held: make([]*runlog.Entry, 0, min(2*x.StepCount+2, maxSpare)),
	}
}

// add numbers an entry and holds it until it is stored, unless the run has been
// taken over. Tell says that the writer should know of it.
func (r *run) add(e *runlog.Entry) (added, tell bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	added = r.addLocked(e)
	return added, added && r.keep == keepAlways && (!r.dirty || r.size-r.counted >= untold)
}

// untold is how many bytes of entries a run may hold that the writer has not
// counted, once it has the run in its list.
const untold = 64 << 10

func (r *run) addLocked(e *runlog.Entry) bool {
	if r.lost {
		return false
	}
	e.ExecutionID, e.Seq = r.id, r.next
	r.next++
	r.held = append(r.held, e)
	r.size += e.Size
	if len(r.held) > maxHeld || r.size > maxHeldSize {
		switch r.keep {
		case keepFailed:
			r.keep = keepAlways
		case keepNever:
			r.drop(len(r.held) / 2)
		}
	}
	return true
}

// drop forgets the first n entries that are held and returns what the writer has
// counted of them: it may not know the newest yet.
func (r *run) drop(n int) (counted int) {
	size := 0
	for _, e := range r.held[:n] {
		size += e.Size
	}
	r.held = append(make([]*runlog.Entry, 0, len(r.held)-n), r.held[n:]...)
	r.size -= size
	counted = min(size, r.counted)
	r.counted -= counted
	return counted
}

// finish closes the log with its last entry and notes how the run went, as one
// change. Store says whether there is anything to store of it; of a run that was
// lost there is not, and the entry is only for those who watch it here.
func (r *run) finish(x Execution, last *runlog.Entry) (store bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.execution = x
	if !r.addLocked(last) {
		last.ExecutionID, last.Seq = r.id, r.next
		return false
	}
	if r.keep == keepFailed && x.Status != Succeeded {
		r.keep = keepAlways
	}
	return r.keep == keepAlways || r.stored
}

// forget gives up the entries that are held: the store takes none. Only the end
// of a run that is stored already will be.
func (r *run) forget() (size int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keep, r.forgot = keepNever, true
	size = r.counted
	r.held, r.size, r.counted = nil, 0, 0
	return size
}

// abandon ends the run early because a client wants that.
func (r *run) abandon() {
	r.mu.Lock()
	r.unwanted = true
	r.mu.Unlock()
	r.stop()
}

func (r *run) isUnwanted() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.unwanted
}

// lose gives the run up: another process has it.
func (r *run) lose() {
	r.mu.Lock()
	r.lost = true
	r.mu.Unlock()
	r.stop()
}

func (r *run) isLost() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lost
}

// after returns the entries in memory that follow the one numbered after, and
// whether those are all that there are.
func (r *run) after(after int64) (entries []*runlog.Entry, all bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	first := r.next - int64(len(r.held))
	if skip := max(0, after+1-first); skip < int64(len(r.held)) {
		entries = append(entries, r.held[skip:]...)
	}
	return entries, after+1 >= first || r.keep == keepNever && !r.stored
}

// last is the last entry in memory, or nil.
func (r *run) last() *runlog.Entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.held) == 0 {
		return nil
	}
	return r.held[len(r.held)-1]
}

// snapshot is the execution as it stands.
func (r *run) snapshot() Execution {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.execution
}

// ownedBy reports whether the run is the owner's, "" being anyone.
func (r *run) ownedBy(owner string) bool {
	return owner == "" || r.snapshot().OwnerID == owner
}

// isHeld reports whether the run is under way and this process's in the store.
func (r *run) isHeld() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stored && !r.lost && !r.execution.Status.Ended()
}
