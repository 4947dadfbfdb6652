package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// Run runs the program on the request's object, which it takes over. It always
// returns a result; a failure is in it. The context's end stops the run.
func (p *Program) Run(ctx context.Context, env *Env, input doc.Object) *Result {
	if input == nil {
		input = doc.Object{}
	}
	vars := newVars(p.types, input, p.declared)
	r := &Result{Steps: make([]StepRecord, 0, len(p.steps)), Started: time.Now(), failed: -1}
	for i := range p.steps {
		record, response := p.steps[i].run(ctx, env, vars, i)
		r.Steps = append(r.Steps, record)
		if record.Err != nil {
			r.failed, r.Response = i, nil
			break
		}
		if response != nil {
			r.Response = response
		}
	}
	r.Output = vars.All()
	r.Duration = time.Since(r.Started)
	return r
}

// run executes one step within its limits and reports how it went.
func (s *step) run(ctx context.Context, env *Env, vars *Vars, index int) (StepRecord, *Response) {
	record := StepRecord{Index: index, Type: s.kind, Name: s.name, Started: time.Now()}
	call := Call{Env: env, Vars: vars, Output: s.output}
	outcome, err := s.guarded(ctx, &call)
	record.Input, record.Output = call.input, outcome.Shown
	record.Duration = time.Since(record.Started)
	if err != nil {
		record.Err = s.describe(ctx, err)
		return record, nil
	}
	if outcome.Sets {
		vars.setOutput(s.kind, s.output, outcome.Value)
	}
	return record, outcome.Response
}

// guarded keeps a step's time limit, and turns a panic into an error.
func (s *step) guarded(ctx context.Context, call *Call) (outcome Outcome, err error) {
	if s.broken != nil {
		return Outcome{}, s.broken
	}
	if err := ctx.Err(); err != nil {
		return Outcome{}, err
	}
	if call.StepTimeout > 0 {
		deadline := time.Now().Add(call.StepTimeout)
		if end, ok := ctx.Deadline(); !ok || deadline.Before(end) {
			var cancel context.CancelFunc
			ctx, cancel = context.WithDeadline(ctx, deadline)
			defer cancel()
		}
	}
	defer func() {
		if p := recover(); p != nil {
			err = &Error{Kind: Internal, Message: "Internal error", Code: "INTERNAL",
				Cause: fmt.Errorf("panic: %v\n%s", p, debug.Stack())}
		}
	}()
	return s.execute(ctx, call)
}

// describe makes the error of a record: one about a field names the step too,
// and the end of the whole run is told from the end of the step's own time.
func (s *step) describe(ctx context.Context, err error) *Error {
	e := asError(err)
	switch {
	case e.Code == invalidField:
		named := *e
		named.Message = fmt.Sprintf("Step %q (%s): %s", s.name, s.kind, e.Message)
		return &named
	case e.Kind == TimedOut && errors.Is(ctx.Err(), context.DeadlineExceeded):
		return &Error{Kind: TimedOut, Message: "Workflow timed out", Code: e.Code, Cause: err}
	}
	return e
}
