package workflow

import (
	"context"
	"net/http"
	"reflect"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/modules/core/workflows"
	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:      "workflow.get",
		Method:  http.MethodGet,
		Path:    "/workflows/:workflowId",
		Aliases: []string{"/workflow/:workflowId"},
		Tag:     "Workflows",
		Summary: "Returns a workflow as it was saved.",
		Auth:    registry.Owned,
		Errors:  []int{http.StatusBadRequest, http.StatusNotFound},
		Handler: registry.Handle(get),
	})
}

type getRequest struct {
	WorkflowID string `param:"workflowId"`
	OwnerID    string `query:"ownerId" default:"user_default" owner:"caller" description:"Whose."`
}

type getResponse struct {
	WorkflowID     string    `json:"workflowId" example:"greet"`
	APIName        string    `json:"apiName,omitempty" example:"Greet people"`
	APIPath        string    `json:"apiPath,omitempty" example:"/workflow/run/greet/greet-people"`
	OwnerID        string    `json:"ownerId" example:"user_default"`
	Steps          doc.Array `json:"steps"`
	Edges          doc.Array `json:"edges"`
	InputVariables doc.Array `json:"inputVariables,omitzero"`
	CreatedAt      string    `json:"createdAt" format:"date-time"`
	UpdatedAt      string    `json:"updatedAt" format:"date-time"`
}

// Describe is for the documentation.
func (getResponse) Describe() map[string]reflect.Type { return workflows.Shapes() }

// Validate refuses what a page sends before it knows an id.
func (r *getRequest) Validate() error {
	if r.WorkflowID == "undefined" || r.WorkflowID == "null" {
		return apierr.BadRequest("workflowId is required and must be valid")
	}
	return nil
}

func get(ctx context.Context, a *app.App, req *getRequest) (*getResponse, error) {
	w, err := a.Workflows.Get(ctx, req.WorkflowID, req.OwnerID)
	if err != nil {
		return nil, err
	}
	return &getResponse{
		WorkflowID: w.WorkflowID, OwnerID: w.OwnerID, APIName: w.APIName, APIPath: w.APIPath,
		Steps: w.Steps, Edges: w.Edges, InputVariables: w.InputVariables,
		CreatedAt: doc.Time(w.CreatedAt), UpdatedAt: doc.Time(w.UpdatedAt),
	}, nil
}
