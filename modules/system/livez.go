package system

import (
	"context"
	"net/http"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:      "system.livez",
		Method:  http.MethodGet,
		Path:    "/livez",
		Tag:     "System",
		Summary: "Tells that the process answers, whatever it needs may be away.",
		Limits:  registry.Limits{Always: true},
		Handler: registry.Handle(livez),
	})
}

type livezRequest struct{}

type livezResponse struct {
	Status string `json:"status"`
}

func livez(context.Context, *app.App, *livezRequest) (*livezResponse, error) {
	return &livezResponse{Status: "ok"}, nil
}
