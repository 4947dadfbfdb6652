package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// measured is a subject with two rows, of which one has a limit.
func measured(cpu time.Duration) *subject {
	s := &subject{taken: map[string][]figures{}, limits: map[string][]figures{}, cold: []float64{20, 90, 30}, idle: []float64{30}}
	health, run := &row{name: "health", unit: "request"}, &row{name: "runs", unit: "run"}
	for _, noise := range []time.Duration{0, 900, 1} {
		t := tally{count: 1000, elapsed: time.Second, cpu: 1000 * (cpu + noise*time.Microsecond)}
		for n := range 100 {
			t.latencies = append(t.latencies, time.Duration(100-n)*time.Millisecond)
		}
		s.add(health, t.figures(30<<20, 40<<20))
		s.addLimit(health, figures{CPU: 10})
		s.add(run, figures{Rate: 5, CPU: 7})
	}
	return s
}

func TestReport(t *testing.T) {
	o := &settings{connections: 16, rounds: 3, length: time.Second}
	earlier, now := measured(39*time.Microsecond).report(o), measured(19*time.Microsecond).report(o)
	require.Len(t, now.Rows, 2)
	assert.Equal(t, figures{Rate: 1000, CPU: 20, P50: 50_000, P99: 99_000, Before: 30, After: 40}, now.Rows[0].figures, "the medians")
	assert.InDelta(t, 2.0, now.Rows[0].Ratio, 1e-9)
	assert.Nil(t, now.Rows[1].Limit)
	assert.InDelta(t, 30.0, now.StartMS, 1e-9)

	file := filepath.Join(t.TempDir(), "results.json")
	require.NoError(t, earlier.save(file))
	kept, err := readReport(file)
	require.NoError(t, err)
	require.Equal(t, earlier, kept)

	var out strings.Builder
	now.write(&out)
	now.compare(&out, kept)
	for _, line := range []string{"health  ", "runs (runs)  "} {
		assert.Equal(t, 2, strings.Count(out.String(), "| "+line), out.String())
	}
	assert.Contains(t, out.String(), "40.00 →    20.00 |    -50% |   4.00 → 2.00 |")
	assert.NotContains(t, out.String(), "NaN")
}

func TestNothingToCompareWith(t *testing.T) {
	none, err := readReport("")
	require.NoError(t, err)
	assert.Nil(t, none)
	_, err = readReport(filepath.Join(t.TempDir(), "missing.json"))
	require.Error(t, err)
}
