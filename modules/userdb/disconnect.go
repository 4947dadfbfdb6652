package userdb

import (
	"context"
	"net/http"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:       "userdb.disconnect",
		Method:   http.MethodPost,
		Path:     "/user/db/disconnect",
		Tag:      "Own database",
		Summary:  "Forgets an owner's own database; their workflows work on the platform's again.",
		Auth:     registry.Owned,
		Required: "ownerId required",
		Errors:   []int{http.StatusBadRequest},
		Handler:  registry.Handle(disconnect),
	})
}

type disconnectRequest struct {
	OwnerID string `json:"ownerId" validate:"required" owner:"caller" description:"Whose." example:"user_default"`
}

type disconnectResponse struct {
	OK bool `json:"ok"`
}

func disconnect(ctx context.Context, a *app.App, req *disconnectRequest) (*disconnectResponse, error) {
	if err := a.Connections.Disconnect(ctx, req.OwnerID); err != nil {
		return nil, err
	}
	return &disconnectResponse{OK: true}, nil
}
