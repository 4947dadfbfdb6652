package health

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// Probe asks something outside whether it is there: for all who want to know at
// once, and no more often than it needs to.
type Probe struct {
	Ask    func(context.Context) error
	Failed string // the problem when it says no, or nothing
	Limit  time.Duration
	Keep   time.Duration // for which an answer holds
	Clock  func() time.Time

	flight singleflight.Group
	mu     sync.Mutex
	asked  time.Time // when the last answer came
	well   bool
}

// Problem is "" or Failed. It takes no longer than the limit, also when Ask does
// not heed its context; meanwhile nobody asks again.
func (p *Probe) Problem(ctx context.Context) string {
	if well, known := p.known(); known {
		return p.problem(well)
	}
	ctx, cancel := context.WithTimeout(ctx, p.Limit)
	defer cancel()
	select {
	case answer := <-p.flight.DoChan("", p.ask):
		return p.problem(answer.Val == true)
	case <-ctx.Done():
		return p.Failed
	}
}

func (p *Probe) problem(well bool) string {
	if well {
		return ""
	}
	return p.Failed
}

func (p *Probe) known() (well, known bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.well, !p.asked.IsZero() && p.Clock().Sub(p.asked) < p.Keep
}

// ask has a context of its own: who asked first may go away. It asks nobody when an
// answer has come since its caller looked for one.
func (p *Probe) ask() (any, error) {
	if well, known := p.known(); known {
		return well, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), p.Limit)
	defer cancel()
	well := p.Ask(ctx) == nil
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked, p.well = p.Clock(), well
	return well, nil
}
