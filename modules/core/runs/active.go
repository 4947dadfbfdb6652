package runs

import "sync"

// active are the runs of this process that others may ask for.
type active struct {
	mu       sync.RWMutex
	runs     map[string]*run
	expected map[string]struct{} // being claimed
}

func newActive() *active {
	return &active{runs: map[string]*run{}, expected: map[string]struct{}{}}
}

func (a *active) add(r *run) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.runs[r.id] = r
	delete(a.expected, r.id)
}

// expect says that a run is being claimed: the store may have it as this
// process's before it is added.
func (a *active) expect(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.expected[id] = struct{}{}
}

// unexpect says that it was not claimed.
func (a *active) unexpect(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.expected, id)
}

// holds reports whether a run is under way here, or about to be.
func (a *active) holds(id string) bool {
	a.mu.RLock()
	defer a.mu.RUnlock()
	_, expected := a.expected[id]
	return expected || a.runs[id] != nil
}

func (a *active) remove(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.runs, id)
}

func (a *active) get(id string) *run {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.runs[id]
}

// all lists them, in no order.
func (a *active) all() []*run {
	a.mu.RLock()
	defer a.mu.RUnlock()
	all := make([]*run, 0, len(a.runs))
	for _, r := range a.runs {
		all = append(all, r)
	}
	return all
}
