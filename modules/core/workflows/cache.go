package workflows

import (
	"context"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

const (
	freshFor    = 500 * time.Millisecond // saves by other processes are seen within this
	maxCached   = 10_000                 // compiled workflows
	maxSize     = 32 << 20               // of their definitions together, in bytes of JSON; compiled they take some ten times as much
	lookupLimit = 10 * time.Second
)

// Published is a live API, ready to run. It is shared and must not be changed;
// its workflow lacks the steps and edges.
type Published struct {
	Workflow *Workflow
	Program  *engine.Program
	size     int // of the definition, in bytes of JSON
}

// cache keeps compiled workflows by path. A save in this process forgets the
// path at once; a save elsewhere is seen when the entry is looked up again,
// which costs no compilation when nothing changed.
type cache struct {
	types   *engine.Registry
	now     func() time.Time
	flights singleflight.Group

	mu         sync.RWMutex
	entries    map[string]cached
	size       int    // of all entries
	generation uint64 // changes with every forgotten path
}

type cached struct {
	*Published
	checked time.Time
}

func newCache(types *engine.Registry, now func() time.Time) *cache {
	return &cache{types: types, now: now, entries: map[string]cached{}}
}

func (c *cache) get(ctx context.Context, path string, find func(context.Context) (*Workflow, error)) (*Published, error) {
	c.mu.RLock()
	entry, known := c.entries[path]
	generation := c.generation
	c.mu.RUnlock()
	if age := c.now().Sub(entry.checked); known && age >= 0 && age < freshFor {
		return entry.Published, nil
	}
	// The generation is part of the key: a caller that comes after a save must
	// not join a lookup that began before it.
	flight := c.flights.DoChan(path+"\x00"+strconv.FormatUint(generation, 36), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookupLimit)
		defer cancel()
		return c.load(ctx, path, entry.Published, generation, find)
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case result := <-flight:
		if result.Err != nil {
			return nil, result.Err
		}
		return result.Val.(*Published), nil
	}
}

// load looks a workflow up and compiles it, unless known is still current.
func (c *cache) load(ctx context.Context, path string, known *Published, generation uint64, find func(context.Context) (*Workflow, error)) (*Published, error) {
	checked := c.now()
	w, err := find(ctx)
	if err != nil {
		c.mu.Lock()
		c.drop(path)
		c.mu.Unlock()
		return nil, err
	}
	p := known
	if p == nil || !sameVersion(p.Workflow, w) {
		program, err := c.types.Compile(engine.Workflow{Steps: w.Steps, Edges: w.Edges, InputVariables: w.InputVariables, Stored: true})
		if err != nil {
			return nil, GraphProblem(err)
		}
		size := maxSize - doc.Room(w.Steps, maxSize) // a larger one has the cache for itself
		w.Steps, w.Edges = nil, nil                  // the program holds what it needs of them
		p = &Published{Workflow: w, Program: program, size: size}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.generation == generation {
		c.drop(path)
		c.makeRoom(p.size)
		c.entries[path] = cached{Published: p, checked: checked}
		c.size += p.size
	}
	return p, nil
}

// sameVersion compares what every save changes; documents of the old backend
// have only the date.
func sameVersion(a, b *Workflow) bool {
	return a.OwnerID == b.OwnerID && a.reservation == b.reservation && a.UpdatedAt.Equal(b.UpdatedAt)
}

// makeRoom drops any entries while the cache is full: they are cheap to make again.
func (c *cache) makeRoom(size int) {
	for path := range c.entries {
		if len(c.entries) < maxCached && c.size+size <= maxSize {
			return
		}
		c.drop(path)
	}
}

func (c *cache) drop(path string) {
	if entry, there := c.entries[path]; there {
		c.size -= entry.size
		delete(c.entries, path)
	}
}

func (c *cache) forget(path string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	c.drop(path)
}

// forgetAll forgets every path of a workflow.
func (c *cache) forgetAll(workflowID string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	for path, entry := range c.entries {
		if entry.Workflow.WorkflowID == workflowID {
			c.drop(path)
		}
	}
}
