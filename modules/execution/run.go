package execution

import (
	"context"
	"errors"
	"net/http"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:      "execution.run",
		Method:  http.MethodPost,
		Path:    "/workflows/run",
		Aliases: []string{"/workflow/run"},
		Tag:     "Execution",
		Summary: "Runs the steps in the request in the background; there must be some.",
		Auth:    registry.Owned,
		Errors:  acceptErrors,
		Handler: registry.Handle(run),
	})
}

type runRequest struct{ inlineRun }

// Validate refuses a request without steps.
func (r *runRequest) Validate() error {
	if steps, _ := r.Steps.(doc.Array); len(steps) == 0 {
		return errors.New("steps[] required and must not be empty")
	}
	return nil
}

type runResponse struct {
	OK          bool   `json:"ok"`
	ExecutionID string `json:"executionId" format:"uuid" description:"By which the run is watched."`
	Message     string `json:"message" example:"Workflow execution started"`
}

func started(executionID string) *runResponse {
	return &runResponse{OK: true, ExecutionID: executionID, Message: "Workflow execution started"}
}

func run(ctx context.Context, a *app.App, req *runRequest) (*runResponse, error) {
	id, err := req.accept(ctx, a, req.Input)
	if err != nil {
		return nil, err
	}
	return started(id), nil
}
