package server

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/orchestrix/orchestrix/platform/apierr"
)

// gate bounds how many requests are worked on at a time, so that more of them
// than the machine can do slow no others. The rest wait for their turn, in their
// order, as long as patience lasts: a crowd that comes at once gets through like
// that. When it has not ended after that time, waiting only makes all answers
// late, and who finds no turn is turned away at once, until there is room again.
type gate struct {
	turns    chan struct{}
	patience time.Duration
	roomy    atomic.Int64 // when a quarter of the turns was free last, in nanoseconds
}

func newGate(most int, patience time.Duration) *gate {
	return &gate{turns: make(chan struct{}, most), patience: patience}
}

var errBusy = &apierr.Error{
	Status: http.StatusServiceUnavailable, Code: "OVERLOADED", Title: "The server is busy; try again later", RetryAfter: time.Second,
}

// enter returns once it is the turn of a request that comes now, or with why it
// never will be.
func (g *gate) enter(ctx context.Context, now time.Time) error {
	select {
	case g.turns <- struct{}{}:
		if len(g.turns)-1 <= cap(g.turns)*3/4 {
			g.roomy.Store(now.UnixNano())
		}
		return nil
	default:
	}
	if now.UnixNano()-g.roomy.Load() > int64(g.patience) {
		return errBusy
	}
	timer := time.NewTimer(g.patience)
	defer timer.Stop()
	select {
	case g.turns <- struct{}{}:
		return nil
	case <-timer.C:
		return errBusy
	case <-ctx.Done():
		return ctx.Err()
	}
}

// leave gives the turn to the next.
func (g *gate) leave() { <-g.turns }
