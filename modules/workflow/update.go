package workflow

import (
	"context"
	"net/http"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:       "workflow.update",
		Method:   http.MethodPut,
		Path:     "/workflows/:workflowId",
		Aliases:  []string{"/workflow/:workflowId"},
		Tag:      "Workflows",
		Summary:  "Replaces a workflow that exists, and publishes its API anew.",
		Auth:     registry.Owned,
		Required: "ownerId, steps, apiName required",
		Errors:   []int{http.StatusBadRequest, http.StatusNotFound, http.StatusConflict},
		Handler:  registry.Handle(update),
	})
}

type updateRequest struct {
	WorkflowID string `param:"workflowId"`
	definition
}

func update(ctx context.Context, a *app.App, req *updateRequest) (*saveResponse, error) {
	w, err := a.Workflows.Update(ctx, req.draft(req.WorkflowID))
	if err != nil {
		return nil, err
	}
	return saved(w), nil
}
