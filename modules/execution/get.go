package execution

import (
	"context"
	"net/http"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:      "execution.get",
		Method:  http.MethodGet,
		Path:    "/executions/:id",
		Tag:     "Execution",
		Summary: "Shows one execution.",
		Auth:    registry.Owned,
		Errors:  []int{http.StatusNotFound},
		Handler: registry.Handle(get),
	})
}

type getRequest struct {
	ID    string `param:"id"`
	Owner string `owner:"caller"`
}

func get(ctx context.Context, a *app.App, req *getRequest) (*execution, error) {
	found, err := a.Runs.Get(ctx, req.ID, req.Owner)
	if err != nil {
		return nil, err
	}
	x := view(found)
	return &x, nil
}
