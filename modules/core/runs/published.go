package runs

import (
	"context"
	"time"

	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/modules/core/workflows"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/logging"
	"github.com/orchestrix/orchestrix/platform/runlog"
)

// publishedDelay is the longest wait of a delay step in a published call
// (engine.md): its caller waits with it.
const publishedDelay = 25 * time.Second

// Call is what the caller of a published API sent.
type Call struct {
	Input         doc.Object // the run takes it over
	Authorization string     // the Authorization header

	// Watch gets the entries of the log as they are made; nil is nobody. The run
	// waits for it.
	Watch func(*runlog.Entry)
}

// Answer is what the caller of a published API gets.
type Answer struct {
	ExecutionID string
	Result      *engine.Result
	Body        any
}

// Published runs a published API while its caller waits.
func (s *Service) Published(ctx context.Context, api *workflows.Published, call Call) Answer {
	now := s.now()
	x := Execution{
		ID: newID(), WorkflowID: api.Workflow.WorkflowID, OwnerID: api.Workflow.OwnerID, Trigger: Published,
		Status: Running, StepCount: api.Program.Steps(), CreatedAt: now, StartedAt: now,
	}
	ctx, stop := context.WithTimeout(logging.WithExecution(ctx, x.ID), s.opts.Published)
	defer stop()
	r := newRun(x, s.opts.History.keep(), stop)
	r.watch = call.Watch
	s.active.add(r)
	mask := s.mask.ForRun(call.Input, call.Authorization)
	env := s.environment(x.OwnerID, &recorder{ctx: ctx, service: s, run: r, mask: mask})
	env.MaxDelay = publishedDelay
	env.Authorization = func(ctx context.Context) (engine.Authorization, error) {
		return engine.CheckAuthorization(ctx, call.Authorization, env.Tokens)
	}
	result := api.Program.Run(ctx, env, call.Input)
	s.report(ctx, &x, result, mask)
	return Answer{ExecutionID: x.ID, Result: result, Body: result.Body(mask.Hide)}
}

// report logs a failed run: as an error, with its cause, when it is our fault.
// Either may repeat what the run was called with.
func (s *Service) report(ctx context.Context, x *Execution, result *engine.Result, mask *runlog.Masker) {
	failed := result.Failed()
	if failed == nil {
		return
	}
	log := logging.From(ctx, s.log).With(
		zap.String("workflowId", x.WorkflowID), zap.Int("step", failed.Index), zap.String("stepType", failed.Type))
	switch failed.Err.Kind {
	case engine.Internal, engine.Unavailable:
		cause := ""
		if failed.Err.Cause != nil {
			cause = mask.Error(failed.Err.Cause.Error())
		}
		log.Error("run failed", zap.String("reason", mask.Error(failed.Err.Message)), zap.String("cause", cause))
	default:
		log.Debug("run failed", zap.String("reason", mask.Error(failed.Err.Message)))
	}
}
