package connections

import (
	"context"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

const (
	freshFor    = 900 * time.Millisecond // changes by other processes are seen within this
	maxCached   = 10_000                 // owners
	lookupLimit = 5 * time.Second
)

// cache remembers who has a connection and who has none. What changes in this
// process is forgotten at once; where others share the store, so is what is old.
type cache struct {
	shared  bool
	now     func() time.Time
	flights singleflight.Group

	mu         sync.RWMutex
	entries    map[string]cached
	generation uint64 // changes with every forgotten owner
}

type cached struct {
	connection *Connection // nil: there is none
	checked    time.Time   // not set unless the store is shared
}

func newCache(shared bool, now func() time.Time) *cache {
	return &cache{shared: shared, now: now, entries: map[string]cached{}}
}

// get returns an owner's connection, or nil. Every step that works on data asks.
func (c *cache) get(ctx context.Context, owner string, find func(context.Context, string) (*Connection, error)) (*Connection, error) {
	c.mu.RLock()
	entry, known := c.entries[owner]
	generation := c.generation
	c.mu.RUnlock()
	if known && c.fresh(entry) {
		return entry.connection, nil
	}
	// The generation is part of the key: who comes after a change must not join a
	// lookup that began before it.
	flight := c.flights.DoChan(owner+"\x00"+strconv.FormatUint(generation, 36), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookupLimit)
		defer cancel()
		checked := c.checked()
		found, err := find(ctx, owner)
		if err == nil {
			c.keep(owner, cached{found, checked}, generation)
		}
		return found, err
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case result := <-flight:
		found, _ := result.Val.(*Connection)
		return found, result.Err
	}
}

func (c *cache) checked() time.Time {
	if !c.shared {
		return time.Time{}
	}
	return c.now()
}

func (c *cache) fresh(entry cached) bool {
	if !c.shared {
		return true
	}
	age := c.now().Sub(entry.checked)
	return age >= 0 && age < freshFor
}

// keep notes what was found, unless something has changed since. A full cache
// drops any other entry: they are cheap to find again.
func (c *cache) keep(owner string, entry cached, generation uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.generation != generation {
		return
	}
	if _, known := c.entries[owner]; !known && len(c.entries) >= maxCached {
		for other := range c.entries {
			delete(c.entries, other)
			break
		}
	}
	c.entries[owner] = entry
}

func (c *cache) forget(owner string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	delete(c.entries, owner)
}
