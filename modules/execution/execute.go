package execution

import (
	"context"
	"errors"
	"net/http"
	"reflect"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/modules/core/runs"
	"github.com/orchestrix/orchestrix/modules/core/workflows"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:      "execution.execute",
		Method:  http.MethodPost,
		Path:    "/workflow/execute",
		Tag:     "Execution",
		Summary: "Runs the steps in the request in the background.",
		Auth:    registry.Owned,
		Errors:  acceptErrors,
		Handler: registry.Handle(execute),
	})
}

// acceptErrors are the statuses that asking for a background run may fail with.
var acceptErrors = []int{http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusServiceUnavailable}

// inlineRun is a request that brings its own steps. Anything that is no list
// counts as no steps, and an input that is no object as none.
type inlineRun struct {
	Steps          any       `json:"steps" required:"true"`
	Edges          doc.Array `json:"edges"`
	InputVariables doc.Array `json:"inputVariables"`
	Input          any       `json:"input" description:"The variables." example:"{\"name\":\"Ada\"}"`
	OwnerID        string    `json:"ownerId" default:"user_default" owner:"caller" description:"Whose."`
	Authorization  string    `header:"Authorization"`
}

// Describe is for the documentation.
func (inlineRun) Describe() map[string]reflect.Type {
	shapes := workflows.Shapes()
	shapes["input"] = reflect.TypeFor[doc.Object]()
	return shapes
}

func (r *inlineRun) accept(ctx context.Context, a *app.App, input any) (executionID string, err error) {
	steps, _ := r.Steps.(doc.Array)
	return a.Runs.Accept(ctx, runs.Request{
		Workflow: engine.Workflow{Steps: steps, Edges: r.Edges, InputVariables: r.InputVariables},
		OwnerID:  r.OwnerID, Trigger: runs.Inline, Input: object(input), Authorization: r.Authorization,
	})
}

func object(v any) doc.Object {
	if o, ok := v.(doc.Object); ok {
		return o
	}
	return doc.Object{}
}

type executeRequest struct {
	inlineRun
	Vars any `json:"vars" description:"{input: {...}}: the variables, as an older page sends them."`
}

// Describe is for the documentation.
func (executeRequest) Describe() map[string]reflect.Type {
	return map[string]reflect.Type{"vars": reflect.TypeFor[doc.Object]()}
}

// Validate refuses a request without a list of steps; an empty one may run.
func (r *executeRequest) Validate() error {
	if _, ok := r.Steps.(doc.Array); !ok {
		return errors.New("steps[] required")
	}
	return nil
}

type executeResponse struct {
	OK          bool   `json:"ok"`
	ExecutionID string `json:"executionId" format:"uuid" description:"By which the run is watched."`
}

func execute(ctx context.Context, a *app.App, req *executeRequest) (*executeResponse, error) {
	input := req.Input
	if _, ok := input.(doc.Object); !ok {
		input, _ = doc.Get(object(req.Vars), "input")
	}
	id, err := req.accept(ctx, a, input)
	if err != nil {
		return nil, err
	}
	return &executeResponse{OK: true, ExecutionID: id}, nil
}
