package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// step is what is measured of the steps of one type.
type step struct {
	succeeded, failed prometheus.Counter
	took              prometheus.Observer
}

// newSteps makes all that steps are told to in advance: they are many.
func newSteps(types []string, count *prometheus.CounterVec, took *prometheus.HistogramVec) map[string]*step {
	steps := map[string]*step{}
	for _, name := range append(types[:len(types):len(types)], other) {
		steps[name] = &step{
			succeeded: count.WithLabelValues(name, "succeeded"),
			failed:    count.WithLabelValues(name, "failed"),
			took:      took.WithLabelValues(name),
		}
	}
	return steps
}

// RunEnded hears of a run: what began it, how it ended, and how long it took, 0
// when that is not known.
func (m *Metrics) RunEnded(trigger, status string, took time.Duration) {
	m.runs.WithLabelValues(trigger, status).Inc()
	if took > 0 {
		m.runTime.WithLabelValues(trigger).Observe(took.Seconds())
	}
}

// StepEnded hears of a step. An author may write any type.
func (m *Metrics) StepEnded(stepType string, failed bool, took time.Duration) {
	s, known := m.steps[stepType]
	if !known {
		s = m.steps[other]
	}
	if failed {
		s.failed.Inc()
	} else {
		s.succeeded.Inc()
	}
	s.took.Observe(took.Seconds())
}
