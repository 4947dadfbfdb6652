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
func (g Gate) Enter(ctx context.Context) error { return g.enter(ctx, time.Now()) }

// Leave gives it back.
func (g Gate) Leave() { g.leave() }
