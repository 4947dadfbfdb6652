package system

import (
	"context"
	"net/http"

	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/logging"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:      "system.hello",
		Method:  http.MethodGet,
		Path:    "/hello",
		Tag:     "System",
		Summary: "Greets, and logs a greeting in the background.",
		Handler: registry.Handle(hello),
	})
}

type helloRequest struct{}

type helloResponse struct {
	Message string `json:"message" example:"Hello from Orchestrix!"`
	Status  string `json:"status" example:"processing"`
	AppName string `json:"appName" example:"Orchestrix"`
}

func hello(ctx context.Context, a *app.App, _ *helloRequest) (*helloResponse, error) {
	log := logging.From(ctx, a.Log)
	err := a.Background.Go(func(context.Context) {
		log.Info("hello", zap.String("appName", a.Settings.AppName))
	})
	if err != nil {
		log.Debug("greeting not logged", zap.Error(err))
	}
	return &helloResponse{Message: "Hello from " + a.Settings.AppName + "!", Status: "processing", AppName: a.Settings.AppName}, nil
}
