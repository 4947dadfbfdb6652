package execution

import (
	"context"
	"net/http"
	"reflect"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/modules/core/runs"
	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:      "execution.runSaved",
		Method:  http.MethodPost,
		Path:    "/workflows/:workflowId/execute",
		Aliases: []string{"/workflow/:workflowId/execute"},
		Tag:     "Execution",
		Summary: "Runs a saved workflow in the background, as it is now.",
		Auth:    registry.Owned,
		Errors:  append([]int{http.StatusNotFound}, acceptErrors...),
		Handler: registry.Handle(runSaved),
	})
}

type runSavedRequest struct {
	WorkflowID    string `param:"workflowId" example:"greet"`
	OwnerID       string `json:"ownerId" default:"user_default" owner:"caller" description:"Whose."`
	Input         any    `json:"input" description:"The variables." example:"{\"name\":\"Ada\"}"`
	Authorization string `header:"Authorization"`
}

// Describe is for the documentation.
func (runSavedRequest) Describe() map[string]reflect.Type {
	return map[string]reflect.Type{"input": reflect.TypeFor[doc.Object]()}
}

func runSaved(ctx context.Context, a *app.App, req *runSavedRequest) (*runResponse, error) {
	w, err := a.Workflows.Get(ctx, req.WorkflowID, req.OwnerID)
	if err != nil {
		return nil, err
	}
	if len(w.Steps) == 0 {
		return nil, apierr.BadRequest("Workflow has no steps")
	}
	id, err := a.Runs.Accept(ctx, runs.Request{
		Workflow:   engine.Workflow{Steps: w.Steps, Edges: w.Edges, InputVariables: w.InputVariables, Stored: true},
		WorkflowID: w.WorkflowID, OwnerID: w.OwnerID, Trigger: runs.Saved,
		Input: object(req.Input), Authorization: req.Authorization,
	})
	if err != nil {
		return nil, err
	}
	return started(id), nil
}
