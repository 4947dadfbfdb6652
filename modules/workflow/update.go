package workflow

import (
	"context"
	"net/http"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/modules/core/workflows"
	"github.com/orchestrix/orchestrix/platform/doc"
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
		Required: "ownerId, steps, apiName required",
		Errors:   []int{http.StatusBadRequest, http.StatusNotFound, http.StatusConflict},
		Handler:  registry.Handle(update),
	})
}

type updateRequest struct {
	WorkflowID     string    `param:"workflowId"`
	OwnerID        string    `json:"ownerId" validate:"required"`
	Steps          doc.Array `json:"steps" validate:"required"`
	APIName        string    `json:"apiName" validate:"required"`
	Edges          doc.Array `json:"edges"`
	InputVariables doc.Array `json:"inputVariables"`
}

func update(ctx context.Context, a *app.App, req *updateRequest) (*saveResponse, error) {
	w, err := a.Workflows.Update(ctx, workflows.Draft{
		WorkflowID: req.WorkflowID, OwnerID: req.OwnerID, APIName: req.APIName,
		Steps: req.Steps, Edges: req.Edges, InputVariables: req.InputVariables,
	})
	if err != nil {
		return nil, err
	}
	return saved(w), nil
}
