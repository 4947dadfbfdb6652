package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/orchestrix/orchestrix/tests/steady/lab"
)

// tally counts what the clients did, and what went wrong without their fault.
type tally struct {
	mu        sync.Mutex
	latencies lab.Latencies // of the calls of this interval
	done      map[string]int
	wrong     map[string]int
	example   map[string]error
}

// took notes how long a call took.
func (t *tally) took(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.latencies = append(t.latencies, d)
}

func (t *tally) note(actor string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.done == nil {
		t.done, t.wrong, t.example = map[string]int{}, map[string]int{}, map[string]error{}
	}
	t.done[actor]++
	if err != nil {
		t.wrong[actor]++
		t.example[actor] = err
	}
}

// interval returns the latencies since it was asked last.
func (t *tally) interval() (p99 time.Duration, calls int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p99, calls = t.latencies.At(0.99), len(t.latencies)
	t.latencies = t.latencies[:0]
	return p99, calls
}

// errors is how many there were so far.
func (t *tally) errors() (n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, wrong := range t.wrong {
		n += wrong
	}
	return n
}

func (t *tally) firstError() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return errors.Join(slices.Collect(maps.Values(t.example))...)
}

// lines say for each actor what it did.
func (t *tally) lines() (lines []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, actor := range slices.Sorted(maps.Keys(t.done)) {
		line := fmt.Sprintf("%s: %d, %d errors", actor, t.done[actor], t.wrong[actor])
		if err := t.example[actor]; err != nil {
			line += ", such as: " + err.Error()
		}
		lines = append(lines, line)
	}
	return lines
}
