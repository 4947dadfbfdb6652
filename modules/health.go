package modules

import (
	"context"
	"time"

	"github.com/orchestrix/orchestrix/platform/health"
)

// A prober gives up after a second by default, and there may be many of them.
const (
	pingLimit = 700 * time.Millisecond
	pingKeep  = time.Second
)

// Drain has /readyz say that the server goes away, and serves on for as long as
// the settings say (SHUTDOWN_DELAY), or until ctx ends.
func (p *Program) Drain(ctx context.Context) {
	p.draining.Store(true)
	select {
	case <-time.After(p.App.Settings.ShutdownDelay):
	case <-ctx.Done():
	}
}

// checks are what /readyz asks.
func (p *Program) checks() health.Checks {
	store := &health.Probe{Ask: p.Store.Ping, Failed: "The store does not answer", Limit: pingLimit, Keep: pingKeep, Clock: p.App.Now}
	return health.Checks{
		{Name: "server", Problem: unless(func() bool { return !p.draining.Load() }, "The server is shutting down")},
		{Name: "store", Problem: store.Problem},
		{Name: "queue", Problem: unless(func() bool { return p.App.Runs.Load().Accepts }, "Too many runs are waiting")},
	}
}

func unless(good func() bool, problem string) func(context.Context) string {
	return func(context.Context) string {
		if good() {
			return ""
		}
		return problem
	}
}
