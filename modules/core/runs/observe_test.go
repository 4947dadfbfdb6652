package runs_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/core/runs"
)

// observer keeps what it is told.
type observer struct {
	mu   sync.Mutex
	told []string
}

func (o *observer) note(format string, args ...any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.told = append(o.told, fmt.Sprintf(format, args...))
}

func (o *observer) RunEnded(trigger, status string, took time.Duration) {
	o.note("run %s %s %t", trigger, status, took > 0)
}

func (o *observer) StepEnded(stepType string, failed bool, took time.Duration) {
	o.note("step %s %t %t", stepType, failed, took > 0)
}

// all returns what was told since it was last asked.
func (o *observer) all() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	told := o.told
	o.told = nil
	return told
}

func observed(o runs.Observer) change { return func(opts *runs.Options) { opts.Observer = o } }

func TestObserver(t *testing.T) {
	store, o := open(t), &observer{}
	h := start(t, store, workers(1), observed(o))
	for name, published := range map[string]bool{"published": true, "inline": false} {
		run := func(kind string) {
			if published {
				h.call(t, runs.Call{}, step("delay", "seconds", int64(0)), step(kind))
				return
			}
			h.ended(t, h.accept(t, request(step("delay", "seconds", int64(0)), step(kind))))
		}
		run("response")
		assert.Equal(t, []string{"step delay false true", "step response false true", "run " + name + " succeeded true"}, o.all())
		run("nonsense")
		assert.Equal(t, []string{"step delay false true", "step nonsense true true", "run " + name + " failed true"}, o.all())
	}
}

// What ends without having run is told too, once.
func TestObserverOfRunsThatWait(t *testing.T) {
	store, o := open(t), &observer{}
	before := start(t, store, workers(1), observed(o))
	g := newGate(t)
	running := before.accept(t, request(g.step()))
	g.enter(t, 1)
	waiting := before.accept(t, request())
	assert.Equal(t, runs.Load{Waiting: 1, Busy: 1, Accepts: true}, before.Load())
	_, err := before.Cancel(t.Context(), waiting, "")
	require.NoError(t, err)
	assert.Equal(t, []string{"run inline cancelled false"}, o.all())
	assert.Equal(t, runs.Load{Busy: 1, Accepts: true}, before.Load())

	before.crash()
	o.all() // of a process that is gone
	after := start(t, store, observed(o))
	assert.Equal(t, runs.Interrupted, after.ended(t, running).Status)
	assert.Equal(t, []string{"run inline interrupted false"}, o.all())
}

// A run that another process has taken over ends there.
func TestObserverOfARunThatIsLost(t *testing.T) {
	store, o, other := open(t), &observer{}, &observer{}
	h := start(t, store, shared, observed(o))
	g := newGate(t)
	id := h.accept(t, request(g.step()))
	g.enter(t, 1)
	second := start(t, store, shared, at(h.clock), observed(other))
	second.outlast(t)
	second.ended(t, id)
	assert.Equal(t, []string{"run inline interrupted false"}, other.all())
	require.NoError(t, h.Renew(t.Context()), "it learns that the run is lost")
	g.pass()
	eventually(t, func() bool { return h.Load().Busy == 0 }, "the worker does not end")
	for _, told := range o.all() {
		assert.NotContains(t, told, "run ")
	}
}

func TestLoad(t *testing.T) {
	h := start(t, open(t), workers(1), queue(1))
	assert.Equal(t, runs.Load{Accepts: true}, h.Load())
	g := newGate(t)
	h.accept(t, request(g.step()))
	g.enter(t, 1)
	h.accept(t, request())
	assert.Equal(t, runs.Load{Waiting: 1, Busy: 1}, h.Load(), "full")
	g.pass()
	eventually(t, func() bool { return h.Load() == runs.Load{Accepts: true} }, "the runs do not end")
	require.NoError(t, h.close(t.Context()))
	assert.Equal(t, runs.Load{}, h.Load(), "closed")
}
