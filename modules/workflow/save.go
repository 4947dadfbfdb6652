// Package workflow has the endpoints that save, load and delete workflows.
package workflow

import (
	"context"
	"net/http"
	"reflect"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/modules/core/workflows"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Describe("Workflows", "Saved workflows: each is a live API at its apiPath as soon as it is saved.")
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
	WorkflowID string `json:"workflowId" validate:"required" description:"Made up by the client; saving it again replaces the workflow." example:"greet"`
	definition
}

// definition is what a client sends of a workflow beside its id.
type definition struct {
	OwnerID        string    `json:"ownerId" validate:"required" owner:"caller" description:"Whose workflow it is." example:"user_default"`
	Steps          doc.Array `json:"steps" validate:"required"`
	APIName        string    `json:"apiName" validate:"required" description:"The last part of the API's path is made of it." example:"Greet people"`
	Edges          doc.Array `json:"edges" description:"The order of the steps; without any they run as they are listed."`
	InputVariables doc.Array `json:"inputVariables" description:"The variables of the API that no input step declares."`
}

// Describe is for the documentation.
func (definition) Describe() map[string]reflect.Type { return workflows.Shapes() }

func (d *definition) draft(workflowID string) workflows.Draft {
	return workflows.Draft{
		WorkflowID: workflowID, OwnerID: d.OwnerID, APIName: d.APIName,
		Steps: d.Steps, Edges: d.Edges, InputVariables: d.InputVariables,
	}
}

type saveResponse struct {
	OK             bool      `json:"ok"`
	WorkflowID     string    `json:"workflowId" example:"greet"`
	APIPath        string    `json:"apiPath" description:"Where the API is called, with POST." example:"/workflow/run/greet/greet-people"`
	APIName        string    `json:"apiName" example:"Greet people"`
	InputVariables doc.Array `json:"inputVariables"`
}

// Describe is for the documentation.
func (saveResponse) Describe() map[string]reflect.Type { return workflows.Shapes() }

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
