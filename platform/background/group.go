// Package background owns goroutines that outlive a request but not the server.
package background

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"
)

// ErrFull is returned when as many tasks run as a Group allows.
var ErrFull = errors.New("too many background tasks")

// ErrStuck is returned by Close when a task goes on although its context ended.
var ErrStuck = errors.New("a background task did not end")

// grace is what a task has to end after its context did.
const grace = time.Second

// Group runs tasks until it is closed.
type Group struct {
	log    *zap.Logger
	ctx    context.Context
	cancel context.CancelFunc
	slots  chan struct{}
	mu     sync.Mutex
	closed bool
	tasks  sync.WaitGroup
}

// NewGroup returns a group that runs at most limit tasks at a time.
func NewGroup(limit int, log *zap.Logger) *Group {
	ctx, cancel := context.WithCancel(context.Background())
	return &Group{log: log, ctx: ctx, cancel: cancel, slots: make(chan struct{}, limit)}
}

// Go runs task in its own goroutine, with a context that ends when the group is
// closed. It never waits: a full or closed group is ErrFull.
func (g *Group) Go(task func(context.Context)) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return ErrFull
	}
	select {
	case g.slots <- struct{}{}:
	default:
		return ErrFull
	}
	g.tasks.Add(1)
	go func() {
		defer g.tasks.Done()
		defer func() { <-g.slots }()
		defer func() {
			if p := recover(); p != nil {
				g.log.Error("background task panicked", zap.Any("panic", p), zap.Stack("stack"))
			}
		}()
		task(g.ctx)
	}()
	return nil
}

// Close takes no more tasks and waits for those under way. When ctx ends first,
// it cancels them and returns the error of ctx, or ErrStuck when a task has not
// ended a second later.
func (g *Group) Close(ctx context.Context) error {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	done := make(chan struct{})
	go func() { g.tasks.Wait(); close(done) }()
	select {
	case <-done:
		g.cancel()
		return nil
	case <-ctx.Done():
		g.cancel()
	}
	select {
	case <-done:
		return ctx.Err()
	case <-time.After(grace):
		return ErrStuck
	}
}
