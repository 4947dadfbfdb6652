package console

import (
	"context"
	"net/http"

	"github.com/orchestrix/orchestrix/modules/core/accounts"
	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:      "console.session",
		Method:  http.MethodGet,
		Path:    "/console/session",
		Tag:     "Console",
		Summary: "Tells the console whether a login is required, and who is logged in.",
		// The page asks before it has a login, and offers one.
		Auth:    registry.Handshake,
		Handler: registry.Handle(session),
	})
}

type sessionRequest struct{}

type sessionResponse struct {
	AppName       string `json:"appName"`
	LoginRequired bool   `json:"loginRequired"`
	User          *user  `json:"user,omitempty"`
}

type user struct {
	Email string `json:"email"`
	Name  string `json:"name,omitempty"`
}

func session(ctx context.Context, a *app.App, _ *sessionRequest) (*sessionResponse, error) {
	facts := &sessionResponse{AppName: a.Settings.AppName, LoginRequired: a.Settings.LoginRequired()}
	if caller := accounts.From(ctx); caller != nil {
		facts.User = &user{Email: caller.User.Email, Name: caller.User.Name}
	}
	return facts, nil
}
