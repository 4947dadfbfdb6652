// Package system answers questions about the server itself.
package system

import (
	"context"
	"net/http"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Describe("System", "The server itself.")
	app.Routes.Register(app.Route{
		ID:      "system.health",
		Method:  http.MethodGet,
		Path:    "/health",
		Tag:     "System",
		Summary: "Tells that the server is up.",
		Limits:  registry.Limits{Always: true},
		Handler: registry.Handle(health),
	})
}

type healthRequest struct{}

type healthResponse struct {
	Status      string `json:"status" example:"ok"`
	Timestamp   string `json:"timestamp" format:"date-time"`
	Environment string `json:"environment" enum:"development,production,test"`
}

func health(_ context.Context, a *app.App, _ *healthRequest) (*healthResponse, error) {
	return &healthResponse{Status: "ok", Timestamp: doc.Time(a.Now()), Environment: a.Settings.Environment}, nil
}
