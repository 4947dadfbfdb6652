package runs

import "sync"

// active are the runs of this process that others may ask for.
type active struct {
	mu   sync.RWMutex
	runs map[string]*run
}

func newActive() *active { return &active{runs: map[string]*run{}} }

func (a *active) add(r *run) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.runs[r.id] = r
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
