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
		Auth:     registry.Owned,
		Required: "workflowId, ownerId, steps, apiName required",
		Errors:   []int{http.StatusBadRequest, http.StatusConflict},
		Handler:  registry.Handle(save),
	})
}

type saveRequest struct {
	WorkflowID string `json:"workflowId" validate:"required"`
	definition
}

// definition is what a client sends of a workflow beside its id.
type definition struct {
	OwnerID        string    `json:"ownerId" validate:"required" owner:"caller"`
	Steps          doc.Array `json:"steps" validate:"required"`
	APIName        string    `json:"apiName" validate:"required"`
	Edges          doc.Array `json:"edges"`
	InputVariables doc.Array `json:"inputVariables"`
}

func (d *definition) draft(workflowID string) workflows.Draft {
	return workflows.Draft{
		WorkflowID: workflowID, OwnerID: d.OwnerID, APIName: d.APIName,
		Steps: d.Steps, Edges: d.Edges, InputVariables: d.InputVariables,
	}
}

type saveResponse struct {
	OK             bool      `json:"ok"`
	WorkflowID     string    `json:"workflowId"`
	APIPath        string    `json:"apiPath"`
	APIName        string    `json:"apiName"`
	InputVariables doc.Array `json:"inputVariables"`
}

func save(ctx context.Context, a *app.App, req *saveRequest) (*saveResponse, error) {
	w, err := a.Workflows.Save(ctx, req.draft(req.WorkflowID))
	if err != nil {
		return nil, err
	}
	return saved(w), nil
}

func saved(w *workflows.Workflow) *saveResponse {
	return &saveResponse{OK: true, WorkflowID: w.WorkflowID, APIPath: w.APIPath, APIName: w.APIName, InputVariables: w.InputVariables}
}
