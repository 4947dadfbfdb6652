package server

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/orchestrix/orchestrix/platform/apierr"
)

// gate bounds how many requests are worked on at a time, so that more of them
// than the machine can do take no memory and slow no others. As many again wait
// for their turn, in their order, until their patience ends: a client that waits
// longer will have given up. The rest is turned away at once.
type gate struct {
	turns    chan struct{}
	patience time.Duration
	waiting  atomic.Int64
}

func newGate(most int, patience time.Duration) *gate {
	return &gate{turns: make(chan struct{}, most), patience: patience}
}

var errBusy = &apierr.Error{
	Status: http.StatusServiceUnavailable, Code: "OVERLOADED", Title: "The server is busy; try again later", RetryAfter: time.Second,
}

// enter returns once it is a request's turn, or with why it never will be.
func (g *gate) enter(ctx context.Context) error {
	select {
	case g.turns <- struct{}{}:
		return nil
	default:
	}
	defer g.waiting.Add(-1)
	if g.waiting.Add(1) > int64(cap(g.turns)) {
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
