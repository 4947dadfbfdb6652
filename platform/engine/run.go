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
	sink := env.Sink
	if sink == nil {
		sink = silent{}
	}
	sink.RunStarted(len(p.steps))
	vars := newVars(p.types, input, p.declared)
	r := &Result{Steps: make([]StepRecord, 0, len(p.steps)), Started: time.Now(), failed: -1}
	for i := range p.steps {
		r.Steps = append(r.Steps, StepRecord{Index: i, Type: p.steps[i].kind, Name: p.steps[i].name, Started: time.Now()})
		record := &r.Steps[i]
		sink.StepStarted(record)
		response := p.steps[i].run(ctx, &Call{Env: env, Vars: vars, Output: p.steps[i].output, record: record, sink: sink})
		sink.StepEnded(record)
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
	sink.RunEnded(r)
	return r
}

// Steps is how many steps the program has.
func (p *Program) Steps() int { return len(p.steps) }

// run executes one step within its limits and fills in how it went.
func (s *step) run(ctx context.Context, call *Call) *Response {
	record := call.record
	outcome, err := s.guarded(ctx, call)
	record.Output = outcome.Shown
	record.Duration = time.Since(record.Started)
	if err == nil && outcome.Sets {
		err = call.Vars.hold(call.Vars.room - doc.Room(outcome.Value, call.Vars.room))
	}
	if err != nil {
		record.Err = s.describe(ctx, err)
		return nil
	}
	if outcome.Sets {
		call.Vars.setOutput(s.kind, s.output, outcome.Value)
	}
	return outcome.Response
}

// guarded keeps a step's time limit, and turns a panic into an error.
func (s *step) guarded(ctx context.Context, call *Call) (outcome Outcome, err error) {
	if s.broken != nil {
		return Outcome{}, s.broken
	}
	if err := ctx.Err(); err != nil {
		return Outcome{}, err
	}
	if call.StepTimeout > 0 && !s.waits {
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
	call.Vars.ctx = ctx
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
