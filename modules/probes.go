package modules

import (
	"context"
	"fmt"
	"time"

	"github.com/orchestrix/orchestrix/config"
	"github.com/orchestrix/orchestrix/modules/core/runs"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/llm"
	"github.com/orchestrix/orchestrix/platform/metrics"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/mongo/observed"
)

// probes are where the parts of the program tell what happens. Without
// METRICS_ADDR there are none, and nobody tells anything.
type probes struct {
	metrics  *metrics.Metrics
	requests func(method, route string, status int, took time.Duration)
	runs     runs.Observer
	logins   func(outcome string)
}

func newProbes(s *config.Settings) probes {
	if s.MetricsAddr == "" {
		return probes{}
	}
	var types []string
	for _, t := range engine.Steps.All() {
		types = append(types, t.Type)
	}
	m := metrics.New(types...)
	return probes{metrics: m, requests: m.Request, runs: m, logins: m.Login}
}

// store measures the operations of a store.
func (p probes) store(s mongo.Store) mongo.Store {
	if p.metrics == nil {
		return s
	}
	return observed.New(s, p.metrics.Store)
}

// model measures the calls of a language model.
func (p probes) model(m llm.Provider) llm.Provider {
	if p.metrics == nil {
		return m
	}
	return llm.Observed(m, p.metrics.Model)
}

// listen shows what is measured of a program; nil when nothing is.
func (p probes) listen(ctx context.Context, of *Program) (*metrics.Listener, error) {
	if p.metrics == nil {
		return nil, nil
	}
	s, a := of.App.Settings, of.App
	p.metrics.Watch(metrics.Sources{
		Waiting:     func() int { return a.Runs.Load().Waiting },
		QueueLimit:  func() int { return s.RunQueue },
		Busy:        func() int { return a.Runs.Load().Busy },
		WorkerLimit: func() int { return s.RunWorkers },
		SocketIO:    func() int { sockets, _ := a.Gateway.Open(); return sockets },
		WebSocket:   func() int { _, streams := a.Gateway.Open(); return streams },
		Watched:     of.hub.Rooms,
	})
	l, err := p.metrics.Listen(ctx, s.MetricsAddr, a.Log)
	if err != nil {
		return nil, fmt.Errorf("METRICS_ADDR: %w", err)
	}
	return l, nil
}
