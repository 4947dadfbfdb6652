package runs

import "time"

// Observer measures the runs of this process. What it is told it must not wait
// for.
type Observer interface {
	// RunEnded says what began a run, how it ended, and how long it took: 0 when
	// it waited, or was under way in a process that is gone.
	RunEnded(trigger, status string, took time.Duration)
	// StepEnded says the type of a step, as its author wrote it.
	StepEnded(stepType string, failed bool, took time.Duration)
}

func (s *Service) observe(x *Execution, took time.Duration) {
	if s.opts.Observer != nil {
		s.opts.Observer.RunEnded(string(x.Trigger), string(x.Status), took)
	}
}

// Load is how busy the background of this process is.
type Load struct {
	Waiting int  // runs that wait
	Busy    int  // runs under way
	Accepts bool // one more may wait
}

// Load says how much is going on.
func (s *Service) Load() Load {
	waiting, accepts := s.queue.load()
	return Load{Waiting: waiting, Busy: int(s.busy.Load()), Accepts: accepts}
}
