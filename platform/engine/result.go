package engine

import (
	"strconv"
	"time"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// Result is how a run went (engine.md, "The result").
type Result struct {
	Steps    []StepRecord
	Output   doc.Object // the variables
	Response *Response  // of the last response step; nil when there was none or the run failed
	Started  time.Time
	Duration time.Duration

	failed int // index of the failed step, or -1
}

// StepRecord is how one step went.
type StepRecord struct {
	Index         int
	Type, Name    string
	Input, Output doc.Object
	Err           *Error
	Started       time.Time
	Duration      time.Duration
}

// Failed returns the record of the step that failed, or nil.
func (r *Result) Failed() *StepRecord {
	if r.failed < 0 {
		return nil
	}
	return &r.Steps[r.failed]
}

// Body is what the caller of the workflow gets: the author's answer as it is, else
// a report whose values pass through show.
func (r *Result) Body(show func(any) any) any {
	show = within(maxReport, show)
	if failed := r.Failed(); failed != nil {
		return doc.Object{
			{"ok", false},
			{"failedStep", int64(failed.Index)},
			{"failedStepName", failed.Name},
			{"error", show(failed.Err.Message)},
			{"errorDetails", show(failed.Err.Details)},
			{"steps", r.steps(show)},
			{"totalDurationMs", r.Duration.Milliseconds()},
		}
	}
	if r.Response != nil {
		return r.Response.Body
	}
	return doc.Object{
		{"ok", true},
		{"stepsExecuted", int64(len(r.Steps))},
		{"steps", r.steps(show)},
		{"output", show(r.Output)},
		{"totalDurationMs", r.Duration.Milliseconds()},
	}
}

// maxReport bounds a report, in bytes of JSON: steps show the same value many times,
// a validation once for each rule on it.
const maxReport = 64 << 20

// within shows values as long as there is room, and leaves out the others.
func within(room int, show func(any) any) func(any) any {
	return func(v any) any {
		if left := doc.Room(v, room); left >= 0 {
			room = left
			return show(v)
		}
		mark := "left out: the answer would be over " + strconv.Itoa(maxReport>>20) + " MB"
		if _, isObject := v.(doc.Object); isObject {
			return doc.Object{{"…", mark}}
		}
		return mark
	}
}

func (r *Result) steps(show func(any) any) doc.Array {
	steps := make(doc.Array, len(r.Steps))
	for i := range r.Steps {
		steps[i] = r.Steps[i].document(show)
	}
	return steps
}

func (s *StepRecord) document(show func(any) any) doc.Object {
	status, failure := "success", any(nil)
	if s.Err != nil {
		status, failure = "failed", doc.Object{
			{"message", show(s.Err.Message)}, {"code", orNull(s.Err.Code)}, {"details", show(s.Err.Details)},
		}
	}
	return doc.Object{
		{"stepIndex", int64(s.Index)},
		{"stepType", s.Type},
		{"stepName", s.Name},
		{"status", status},
		{"input", show(orEmpty(s.Input))},
		{"output", show(orEmpty(s.Output))},
		{"error", failure},
		{"durationMs", s.Duration.Milliseconds()},
		{"startedAt", s.Started.UnixMilli()},
	}
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func orEmpty(o doc.Object) doc.Object {
	if o == nil {
		return doc.Object{}
	}
	return o
}
