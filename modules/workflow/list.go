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
	app.Routes.Register(app.Route{
		ID:      "workflow.list",
		Method:  http.MethodGet,
		Path:    "/workflows",
		Aliases: []string{"/workflow"},
		Tag:     "Workflows",
		Summary: "Lists an owner's workflows, the newest update first.",
		Auth:    registry.Owned,
		Handler: registry.Handle(list),
	})
}

type listRequest struct {
	OwnerID string `query:"ownerId" default:"user_default" owner:"caller" description:"Whose."`
}

type listResponse struct {
	Workflows []listItem `json:"workflows"`
}

type listItem struct {
	WorkflowID     string    `json:"workflowId" example:"greet"`
	APIName        string    `json:"apiName,omitempty" example:"Greet people"`
	APIPath        string    `json:"apiPath,omitempty" example:"/workflow/run/greet/greet-people"`
	NodeCount      int       `json:"nodeCount" example:"2"`
	InputVariables doc.Array `json:"inputVariables,omitzero"`
	CreatedAt      string    `json:"createdAt" format:"date-time"`
	UpdatedAt      string    `json:"updatedAt" format:"date-time"`
}

// Describe is for the documentation.
func (listItem) Describe() map[string]reflect.Type { return workflows.Shapes() }

func list(ctx context.Context, a *app.App, req *listRequest) (*listResponse, error) {
	found, err := a.Workflows.List(ctx, req.OwnerID)
	if err != nil {
		return nil, err
	}
	items := make([]listItem, len(found))
	for i, w := range found {
		items[i] = listItem{
			WorkflowID: w.WorkflowID, APIName: w.APIName, APIPath: w.APIPath,
			NodeCount: w.NodeCount, InputVariables: w.InputVariables,
			CreatedAt: doc.Time(w.CreatedAt), UpdatedAt: doc.Time(w.UpdatedAt),
		}
	}
	return &listResponse{Workflows: items}, nil
}
