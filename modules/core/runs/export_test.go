package runs

import "context"

// What the jobs of a Service do from time to time, at the test's moment.

// Retain deletes what is not kept any more.
func (s *Service) Retain(ctx context.Context) error { return s.retain(ctx) }

// Recover takes up what processes that are gone have left.
func (s *Service) Recover(ctx context.Context) error { return s.recover(ctx) }

// Renew renews the hold on the runs that are under way.
func (s *Service) Renew(ctx context.Context) error { return s.renew(ctx) }

// Pending is how many bytes of entries wait to be stored.
func (s *Service) Pending() int {
	s.writer.mu.Lock()
	defer s.writer.mu.Unlock()
	return s.writer.pending
}

// Failing reports whether the store has refused the last group of entries.
func (s *Service) Failing() bool {
	s.writer.mu.Lock()
	defer s.writer.mu.Unlock()
	return s.writer.failing
}

// Holds reports whether the process has a run in memory.
func (s *Service) Holds(id string) bool { return s.active.get(id) != nil }

// Pack is what is sealed of a request.
var Pack = pack

// The bounds that tests go up to.
const (
	MaxPending  = maxPending
	MaxHeld     = maxHeld
	LeaseTime   = leaseTime
	RenewEvery  = renewEvery
	LookOn      = lookOn
	GiveUpAfter = giveUpAfter
	RetainBatch = retainBatch
	OrphanAge   = orphanAge
)
