package connections

// Sweep does what the pool does at times.
func (s *Service) Sweep() { s.pool.sweep() }

// MaxOpen is the most databases at a time, MaxCached the most owners remembered.
const (
	MaxOpen   = maxOpen
	MaxCached = maxCached
)

// Cached is how many owners are remembered.
func (s *Service) Cached() int {
	s.cache.mu.RLock()
	defer s.cache.mu.RUnlock()
	return len(s.cache.entries)
}
