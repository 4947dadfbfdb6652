package server

import (
	"context"
	"time"
)

// Gate is the bound on requests, for its tests.
type Gate struct{ *gate }

// NewGate makes one.
func NewGate(most int, patience time.Duration) Gate { return Gate{newGate(most, patience)} }

// Enter waits for a turn.
func (g Gate) Enter(ctx context.Context, now time.Time) error { return g.enter(ctx, now) }
