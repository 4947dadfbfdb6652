package main

import (
	"os"
	"slices"

	"github.com/orchestrix/orchestrix/tests/steady/lab"
)

// What counts as level: the last third of the time against the middle one, when
// caches are full and indexes learnt.
const (
	levelMemory  = 1.25
	levelThreads = 1.25
	levelP99     = 2.0
	floorP99     = 20.0 // ms, under which it may differ as it likes
)

func (k *soak) report(capacity float64, samples []sample) error {
	v := lab.NewVerdict(os.Stdout, k.strict)
	rest := samples[len(samples)-1]
	samples = samples[:len(samples)-1]
	third := max(1, len(samples)/3)
	middle := func(figure func(sample) float64) float64 { return median(samples[third:max(2*third, third+1)], figure) }
	last := func(figure func(sample) float64) float64 { return median(samples[len(samples)-third:], figure) }
	level := func(name, unit string, most, floor float64, figure func(sample) float64) {
		before, after := middle(figure), last(figure)
		v.Expects(after <= max(before*most, floor), "%s: %.1f%s in the middle third, %.1f%s in the last", name, before, unit, after, unit)
	}

	calls := last(func(s sample) float64 { return s.Calls })
	v.Say("capacity: %.0f calls/s over %d connections; offered %.0f, made %.0f, on %.2f processors", capacity, callers,
		k.share*capacity, calls, last(func(s sample) float64 { return s.CPU }))
	for _, line := range k.tally.lines() {
		v.Say("  %s", line)
	}
	v.Holds(k.tally.errors() == 0, "%d errors that are not the client's", k.tally.errors())
	v.Say("memory with the pages of the store's file that are mapped: %.1f MB in the middle third, %.1f MB in the last",
		middle(func(s sample) float64 { return s.RSS }), last(func(s sample) float64 { return s.RSS }))
	level("memory of its own", " MB", levelMemory, 0, func(s sample) float64 { return s.Own })
	level("threads", "", levelThreads, 0, func(s sample) float64 { return float64(s.Threads) })
	level("open files", "", levelThreads, 0, func(s sample) float64 { return float64(s.Files) })
	if rest.Goroutines > 0 {
		level("goroutines", "", levelThreads, 0, func(s sample) float64 { return s.Goroutines })
		level("heap", " MB", levelMemory, 0, func(s sample) float64 { return s.HeapMB })
	}
	level("p99", " ms", levelP99, floorP99, func(s sample) float64 { return s.P99 })
	level("history", " executions", levelMemory, float64(k.keep), func(s sample) float64 { return float64(s.History) })
	v.Say("at rest: %.0f MB of its own, %.0f goroutines, %d threads, %d files, %d executions", rest.Own, rest.Goroutines, rest.Threads, rest.Files, rest.History)
	return v.Err()
}

func median(samples []sample, figure func(sample) float64) float64 {
	figures := make([]float64, len(samples))
	for i, s := range samples {
		figures[i] = figure(s)
	}
	slices.Sort(figures)
	return figures[len(figures)/2]
}
