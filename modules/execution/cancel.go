package execution

import (
	"context"
	"net/http"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:      "execution.cancel",
		Method:  http.MethodPost,
		Path:    "/executions/:id/cancel",
		Tag:     "Execution",
		Summary: "Ends a run that waits or is under way.",
		Auth:    registry.Owned,
		Errors:  []int{http.StatusNotFound, http.StatusConflict},
		Handler: registry.Handle(cancel),
	})
}

type cancelRequest struct {
	ID    string `param:"id"`
	Owner string `owner:"caller"`
}

type cancelResponse struct {
	OK     bool   `json:"ok"`
	Status string `json:"status" enum:"queued,running,succeeded,failed,cancelled,interrupted" example:"cancelled"`
}

func cancel(ctx context.Context, a *app.App, req *cancelRequest) (*cancelResponse, error) {
	status, err := a.Runs.Cancel(ctx, req.ID, req.Owner)
	if err != nil {
		return nil, err
	}
	return &cancelResponse{OK: true, Status: string(status)}, nil
}
