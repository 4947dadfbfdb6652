// Package background owns goroutines that outlive a request but not the server.
package background

import (
	"context"
	"errors"
	"sync"

	"go.uber.org/zap"
)

// ErrFull is returned when as many tasks run as a Group allows.
var ErrFull = errors.New("too many background tasks")

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

// Close takes no more tasks, waits for those under way until ctx ends, then
// cancels and waits for what is left.
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
		<-done
		return ctx.Err()
	}
}
