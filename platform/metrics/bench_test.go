package metrics_test

import (
	"testing"
	"time"

	"github.com/orchestrix/orchestrix/platform/metrics"
)

// BenchmarkTell is what a request, a run, a step and an operation of the store
// cost when they are measured.
func BenchmarkTell(b *testing.B) {
	m := metrics.New("dbFind")
	for name, tell := range map[string]func(){
		"request": func() { m.Request("POST", "/workflow/run/:workflowId/:apiName", 200, time.Millisecond) },
		"run":     func() { m.RunEnded("published", "succeeded", time.Millisecond) },
		"step":    func() { m.StepEnded("dbFind", false, time.Millisecond) },
		"store":   func() { m.Store("find_one", "ok", time.Millisecond) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				tell()
			}
		})
	}
}
