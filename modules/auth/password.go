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
		ID:      "auth.password",
		Method:  http.MethodPost,
		Path:    "/auth/password",
		Tag:     "Auth",
		Summary: "Changes the password: every session of the account ends, and a new one begins.",
		Auth:    registry.Session,
		Errors:  []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusTooManyRequests},
		Handler: registry.Handle(changePassword),
	})
}

type passwordRequest struct {
	Current string `json:"currentPassword" required:"true" format:"password" example:"correct horse"`
	New     string `json:"newPassword" required:"true" format:"password" example:"battery staple"`
	client
}

// Validate speaks as the other endpoints of accounts do.
func (r *passwordRequest) Validate() error {
	if r.Current == "" || r.New == "" {
		return accounts.Invalid("currentPassword and newPassword are required")
	}
	return nil
}

func changePassword(ctx context.Context, a *app.App, req *passwordRequest) (*loginResponse, error) {
	login, err := a.Accounts.ChangePassword(ctx, accounts.From(ctx), req.Current, req.New, req.from())
	if err != nil {
		return nil, err
	}
	return loggedIn(a, login, "Password changed successfully"), nil
}
