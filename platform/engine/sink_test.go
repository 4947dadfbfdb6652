package engine_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// heard writes down what a sink hears.
type heard struct{ lines []string }

func (h *heard) note(format string, args ...any) {
	h.lines = append(h.lines, fmt.Sprintf(format, args...))
}

func (h *heard) RunStarted(steps int) { h.note("run of %d", steps) }
func (h *heard) StepStarted(s *engine.StepRecord) {
	h.note("start %d %s %s", s.Index, s.Type, s.Name)
}
func (h *heard) StepData(s *engine.StepRecord, message string, data doc.Object) {
	h.note("data %d %s %s", s.Index, message, doc.MarshalJSON(data))
}
func (h *heard) StepEnded(s *engine.StepRecord) { h.note("end %d %v", s.Index, s.Err) }
func (h *heard) RunEnded(r *engine.Result)      { h.note("over %v", r.Failed() == nil) }

func TestSinkHearsEverythingInOrder(t *testing.T) {
	for steps, want := range map[string][]string{
		`[]`: {"run of 0", "over true"},
		`[{"type":"make","name":"a","value":1},{"type":"echo","value":2}]`: {
			"run of 2", "start 0 make a", "end 0 <nil>", "start 1 echo echo_1", "end 1 <nil>", "over true"},
		`[{"type":"report"},{"type":"nope"},{"type":"make"}]`: {
			"run of 3", "start 0 report report_0", `data 0 half way {"n":1}`, "end 0 <nil>",
			"start 1 nope nope_1", "end 1 Unknown step type: nope", "over false"},
		`[{"type":"panic"}]`: {"run of 1", "start 0 panic panic_0", "end 0 Internal error", "over false"},
	} {
		h := &heard{}
		compile(t, steps, `[]`).Run(t.Context(), &engine.Env{Sink: h}, nil)
		assert.Equal(t, want, h.lines, steps)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	h := &heard{}
	compile(t, `[{"type":"make","value":1}]`, `[]`).Run(ended, &engine.Env{Sink: h}, nil)
	assert.Equal(t, []string{"run of 1", "start 0 make make_0", "end 0 Run cancelled", "over false"}, h.lines)
}
