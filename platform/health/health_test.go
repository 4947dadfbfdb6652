package health_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/clocktest"
	"github.com/orchestrix/orchestrix/platform/health"
)

func says(problem string) func(context.Context) string {
	return func(context.Context) string { return problem }
}

func TestChecks(t *testing.T) {
	for name, c := range map[string]struct {
		problems []string
		ok       bool
	}{
		"none":         {nil, true},
		"all are well": {[]string{"", ""}, true},
		"the first":    {[]string{"down", ""}, false},
		"the last":     {[]string{"", "full"}, false},
		"all":          {[]string{"down", "full"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			var checks health.Checks
			var want []health.Result
			for _, problem := range c.problems {
				checks = append(checks, health.Check{Name: "is " + problem, Problem: says(problem)})
				want = append(want, health.Result{Name: "is " + problem, Problem: problem})
			}
			results, ok := checks.Run(t.Context())
			assert.Equal(t, c.ok, ok)
			assert.Equal(t, want, results, "each is made, in order")
		})
	}
}

const away = "It does not answer"

func probe(clock *clocktest.Clock, ask func(context.Context) error) *health.Probe {
	return &health.Probe{Ask: ask, Failed: away, Limit: 20 * time.Millisecond, Keep: time.Second, Clock: clock.Now}
}

func TestAProbeKeepsItsAnswerForAMoment(t *testing.T) {
	clock, asked, fails := clocktest.New(time.Now()), 0, true
	p := probe(clock, func(context.Context) error {
		asked++
		if fails {
			return errors.New("dial 10.0.0.1: a private detail")
		}
		return nil
	})
	p.Limit = time.Minute // a busy machine is slow
	assert.Equal(t, away, p.Problem(t.Context()), "what failed is not said")
	fails = false
	clock.Advance(time.Second - 1)
	assert.Equal(t, away, p.Problem(t.Context()))
	assert.Equal(t, 1, asked)
	clock.Advance(1)
	assert.Empty(t, p.Problem(t.Context()))
	fails = true
	assert.Empty(t, p.Problem(t.Context()))
	clock.Advance(time.Second)
	assert.Equal(t, away, p.Problem(t.Context()))
	assert.Equal(t, 3, asked)
}

// Whoever asks at the same time asks once.
func TestAProbeIsAskedOnceByMany(t *testing.T) {
	var asked atomic.Int64
	entered, answer := make(chan struct{}), make(chan struct{})
	p := probe(clocktest.New(time.Now()), func(context.Context) error {
		asked.Add(1)
		close(entered)
		<-answer
		return nil
	})
	p.Limit = time.Minute
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { assert.Empty(t, p.Problem(t.Context())) })
	}
	<-entered
	close(answer)
	all.Wait()
	assert.Equal(t, int64(1), asked.Load())
}

// Who comes just as the answer does takes that one.
func TestAProbeIsNotAskedAgainForALatecomer(t *testing.T) {
	for range 2000 {
		var asked atomic.Int64
		p := probe(clocktest.New(time.Now()), func(context.Context) error { asked.Add(1); return nil })
		p.Limit = time.Minute
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() { assert.Empty(t, p.Problem(t.Context())) })
		}
		all.Wait()
		require.Equal(t, int64(1), asked.Load())
	}
}

// What does not answer, and does not heed its context either, is not asked a
// second time meanwhile.
func TestAProbeDoesNotWait(t *testing.T) {
	var asked atomic.Int64
	answer := make(chan struct{})
	p := probe(clocktest.New(time.Now()), func(context.Context) error {
		asked.Add(1)
		<-answer
		return nil
	})
	for range 3 {
		assert.Equal(t, away, p.Problem(t.Context()))
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	assert.Equal(t, away, p.Problem(gone))
	assert.Equal(t, int64(1), asked.Load())
	close(answer)
	assert.Eventually(t, func() bool { return p.Problem(t.Context()) == "" }, 10*time.Second, time.Millisecond, "it has answered")
	assert.Equal(t, int64(1), asked.Load())
}

// Its own context ends with the limit, not with whoever asked first.
func TestAProbeGivesItsLimit(t *testing.T) {
	p := probe(clocktest.New(time.Now()), func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	})
	assert.Equal(t, away, p.Problem(t.Context()))

	answered := make(chan error, 1)
	p = probe(clocktest.New(time.Now()), func(ctx context.Context) error {
		answered <- ctx.Err()
		return nil
	})
	p.Limit = time.Minute
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	p.Problem(gone)
	assert.NoError(t, <-answered)
}
