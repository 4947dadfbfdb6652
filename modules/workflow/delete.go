package workflow

import (
	"context"
	"net/http"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:       "workflow.delete",
		Method:   http.MethodDelete,
		Path:     "/workflows/:workflowId",
		Aliases:  []string{"/workflow/:workflowId"},
		Tag:      "Workflows",
		Summary:  "Deletes a workflow; its API answers 404 at once.",
		Auth:     registry.Owned,
		Required: "ownerId is required",
		Errors:   []int{http.StatusBadRequest, http.StatusNotFound},
		Handler:  registry.Handle(remove),
	})
}

type deleteRequest struct {
	WorkflowID string `param:"workflowId"`
	OwnerID    string `query:"ownerId" validate:"required" owner:"caller" description:"Whose."`
}

type deleteResponse struct {
	OK      bool   `json:"ok"`
	Message string `json:"message" example:"Workflow deleted successfully"`
}

func remove(ctx context.Context, a *app.App, req *deleteRequest) (*deleteResponse, error) {
	if err := a.Workflows.Delete(ctx, req.WorkflowID, req.OwnerID); err != nil {
		return nil, err
	}
	return &deleteResponse{OK: true, Message: "Workflow deleted successfully"}, nil
}
