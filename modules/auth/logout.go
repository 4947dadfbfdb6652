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
		ID:      "auth.logout",
		Method:  http.MethodPost,
		Path:    "/auth/logout",
		Tag:     "Auth",
		Summary: "Ends the caller's session at once, and with it its token and cookie.",
		Auth:    registry.Caller,
		Errors:  []int{http.StatusUnauthorized},
		Handler: registry.Handle(logout),
	})
}

type logoutRequest struct{}

func logout(ctx context.Context, a *app.App, _ *logoutRequest) (*messageResponse, error) {
	if err := a.Accounts.Logout(ctx, accounts.From(ctx)); err != nil {
		return nil, err
	}
	return &messageResponse{Message: "Logout successful", cookie: sessionCookie(a, "", a.Now())}, nil
}
