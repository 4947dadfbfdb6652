// Package execution has the endpoints that run workflows.
package execution

import (
	"context"
	"net/http"
	"reflect"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/modules/core/runs"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Describe("Execution", "Running workflows, and what became of their runs.")
	app.Routes.Register(app.Route{
		ID:      "execution.published",
		Method:  http.MethodPost,
		Path:    "/workflow/run/:workflowId/:apiName",
		Tag:     "Execution",
		Summary: "Calls the API of a saved workflow and answers with its result.",
		Errors: []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusNotFound,
			http.StatusUnprocessableEntity, http.StatusServiceUnavailable, http.StatusGatewayTimeout},
		Answers: publishedAnswers(),
		Handler: registry.Handle(published),
	})
}

// publishedAnswers are those of failed runs, and whatever a workflow's author chose.
func publishedAnswers() map[int]reflect.Type {
	all := runs.Failures()
	all[0] = reflect.TypeFor[any]()
	return all
}

type publishedRequest struct {
	WorkflowID    string     `param:"workflowId" example:"greet"`
	APIName       string     `param:"apiName" example:"greet-people"`
	Authorization string     `header:"Authorization"`
	Input         doc.Object `body:"*" description:"The variables, flat or within an object called input." example:"{\"name\":\"Ada\"}"`
}

func published(ctx context.Context, a *app.App, req *publishedRequest) (*registry.Reply, error) {
	api, err := a.Workflows.Published(ctx, req.WorkflowID, req.APIName)
	if err != nil {
		return nil, err
	}
	answer := a.Runs.Published(ctx, api, runs.Call{Input: req.Input, Authorization: req.Authorization})
	return &registry.Reply{
		Status: status(answer.Result, a.Settings.LegacyStatus()),
		Header: []registry.Header{{Name: "X-Execution-Id", Value: answer.ExecutionID}},
		Body:   answer.Body,
	}, nil
}

// failureStatus is http.md's "Statuses of the published API".
var failureStatus = map[engine.Kind]int{
	engine.Failed:      http.StatusUnprocessableEntity,
	engine.Auth:        http.StatusUnauthorized,
	engine.TimedOut:    http.StatusGatewayTimeout,
	engine.Cancelled:   http.StatusServiceUnavailable,
	engine.Unavailable: http.StatusServiceUnavailable,
	engine.Internal:    http.StatusInternalServerError,
}

// status is the answer's status; legacy is how the old backend answered.
func status(r *engine.Result, legacy bool) int {
	failed := r.Failed()
	switch {
	case legacy:
		return http.StatusOK
	case failed != nil:
		return failureStatus[failed.Err.Kind]
	case r.Response != nil:
		return r.Response.Status
	}
	return http.StatusOK
}
