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
		ID:      "auth.me",
		Method:  http.MethodGet,
		Path:    "/auth/me",
		Tag:     "Auth",
		Summary: "Shows the caller's account.",
		Auth:    registry.Caller,
		Errors:  []int{http.StatusUnauthorized},
		Handler: registry.Handle(me),
	})
}

type meRequest struct{}

type meResponse struct {
	User user `json:"user"`
}

func me(ctx context.Context, _ *app.App, _ *meRequest) (*meResponse, error) {
	return &meResponse{User: userOf(accounts.From(ctx).User)}, nil
}
