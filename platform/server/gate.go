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
// order, as long as patience lasts. A crowd that comes at once gets through like
// that; when it does not end, so that no turn was free for as long, waiting only
// makes all answers late: then patience is short.
type gate struct {
	turns           chan struct{}
	patience, short time.Duration
	free            atomic.Int64 // when a turn was last free, in nanoseconds
}

const patienceWhenFull = 10 // times shorter

func newGate(most int, patience time.Duration) *gate {
	return &gate{turns: make(chan struct{}, most), patience: patience, short: patience / patienceWhenFull}
}

var errBusy = &apierr.Error{
	Status: http.StatusServiceUnavailable, Code: "OVERLOADED", Title: "The server is busy; try again later", RetryAfter: time.Second,
}

// enter returns once it is the turn of a request that comes now, or with why it
// never will be.
func (g *gate) enter(ctx context.Context, now time.Time) error {
	select {
	case g.turns <- struct{}{}:
		g.free.Store(now.UnixNano())
		return nil
	default:
	}
	patience := g.patience
	if now.UnixNano()-g.free.Load() > int64(patience) {
		patience = g.short
	}
	timer := time.NewTimer(patience)
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
