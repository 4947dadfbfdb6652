// Package workflow has the endpoints that save, load and delete workflows.
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
		ID:       "workflow.save",
		Method:   http.MethodPost,
		Path:     "/workflows/save",
		Aliases:  []string{"/workflows", "/workflow"},
		Tag:      "Workflows",
		Summary:  "Saves a workflow, new or not, and publishes its API.",
		Required: "workflowId, ownerId, steps, apiName required",
		Errors:   []int{http.StatusBadRequest, http.StatusConflict},
		Handler:  registry.Handle(save),
	})
}

type saveRequest struct {
	WorkflowID     string    `json:"workflowId" validate:"required"`
	OwnerID        string    `json:"ownerId" validate:"required"`
	Steps          doc.Array `json:"steps" validate:"required"`
	APIName        string    `json:"apiName" validate:"required"`
	Edges          doc.Array `json:"edges"`
	InputVariables doc.Array `json:"inputVariables"`
}

type saveResponse struct {
	OK             bool      `json:"ok"`
	WorkflowID     string    `json:"workflowId"`
	APIPath        string    `json:"apiPath"`
	APIName        string    `json:"apiName"`
	InputVariables doc.Array `json:"inputVariables"`
}

func save(ctx context.Context, a *app.App, req *saveRequest) (*saveResponse, error) {
	w, err := a.Workflows.Save(ctx, workflows.Draft{
		WorkflowID: req.WorkflowID, OwnerID: req.OwnerID, APIName: req.APIName,
		Steps: req.Steps, Edges: req.Edges, InputVariables: req.InputVariables,
	})
	if err != nil {
		return nil, err
	}
	return saved(w), nil
}

func saved(w *workflows.Workflow) *saveResponse {
	variables := w.InputVariables
	if variables == nil {
		variables = doc.Array{}
	}
	return &saveResponse{OK: true, WorkflowID: w.WorkflowID, APIPath: w.APIPath, APIName: w.APIName, InputVariables: variables}
}
