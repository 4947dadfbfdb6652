package auth

import (
	"context"
	"net/http"

	"github.com/orchestrix/orchestrix/modules/core/accounts"
	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:      "auth.revoke",
		Method:  http.MethodDelete,
		Path:    "/auth/sessions/:id",
		Tag:     "Auth",
		Summary: "Ends one of the caller's sessions at once.",
		Auth:    registry.Session,
		Errors:  []int{http.StatusUnauthorized, http.StatusNotFound},
		Handler: registry.Handle(revoke),
	})
}

type revokeRequest struct {
	ID string `param:"id" description:"Of the list of sessions."`
}

func revoke(ctx context.Context, a *app.App, req *revokeRequest) (*messageResponse, error) {
	if err := a.Accounts.Revoke(ctx, accounts.From(ctx), req.ID); err != nil {
		return nil, err
	}
	return &messageResponse{Message: "Session ended"}, nil
}
