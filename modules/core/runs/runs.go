// Package runs executes workflows on behalf of callers: it gives a run its
// identity, its limits and the data of the workflow's owner.
package runs

import (
	"context"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/modules/core/workflows"
	"github.com/orchestrix/orchestrix/platform/data"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/logging"
)

// publishedDelay is the longest wait of a delay step in a published call
// (engine.md): its caller waits with it.
const publishedDelay = 25 * time.Second

// Limits bound a run.
type Limits struct {
	Run  time.Duration // of a whole published call
	Step time.Duration // of one step
}

// Runner runs workflows.
type Runner struct {
	data   *data.Provider
	tokens engine.Tokens
	limits Limits
	log    *zap.Logger
}

// NewRunner returns a runner.
func NewRunner(data *data.Provider, tokens engine.Tokens, limits Limits, log *zap.Logger) *Runner {
	return &Runner{data: data, tokens: tokens, limits: limits, log: log}
}

// Call is what the caller of a published API sent.
type Call struct {
	Input         doc.Object // the run takes it over
	Authorization string     // the Authorization header
}

// Published runs a published API while its caller waits, and returns the id of
// the execution with how it went.
func (r *Runner) Published(ctx context.Context, api *workflows.Published, call Call) (executionID string, result *engine.Result) {
	executionID = uuid.NewString()
	ctx, cancel := context.WithTimeout(logging.WithExecution(ctx, executionID), r.limits.Run)
	defer cancel()
	env := &engine.Env{
		Data:          r.data.For(api.Workflow.OwnerID),
		Tokens:        r.tokens,
		Authorization: func() engine.Authorization { return engine.CheckAuthorization(call.Authorization, r.tokens) },
		StepTimeout:   r.limits.Step,
		MaxDelay:      publishedDelay,
	}
	result = api.Program.Run(ctx, env, call.Input)
	r.report(ctx, api.Workflow, result)
	return executionID, result
}

// report logs a failed run: as an error, with its cause, when it is our fault.
func (r *Runner) report(ctx context.Context, w *workflows.Workflow, result *engine.Result) {
	failed := result.Failed()
	if failed == nil {
		return
	}
	log := logging.From(ctx, r.log).With(
		zap.String("workflowId", w.WorkflowID), zap.Int("step", failed.Index), zap.String("stepType", failed.Type))
	switch failed.Err.Kind {
	case engine.Internal, engine.Unavailable:
		log.Error("run failed", zap.String("reason", failed.Err.Message), zap.NamedError("cause", failed.Err.Cause))
	default:
		log.Debug("run failed", zap.String("reason", failed.Err.Message))
	}
}
