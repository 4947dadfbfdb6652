package auth

import (
	"context"
	"net/http"

	"github.com/orchestrix/orchestrix/modules/core/accounts"
	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/registry"
	"github.com/orchestrix/orchestrix/platform/users"
)

func init() {
	app.Routes.Register(app.Route{
		ID:      "auth.login",
		Method:  http.MethodPost,
		Path:    "/auth/login",
		Tag:     "Auth",
		Summary: "Begins a session; its token is in the answer, its id in a cookie.",
		Errors:  []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusTooManyRequests},
		Handler: registry.Handle(login),
	})
}

type loginRequest struct {
	credentials
	client
}

func login(ctx context.Context, a *app.App, req *loginRequest) (*loginResponse, error) {
	login, err := a.Accounts.Login(ctx, req.Email, req.Password, req.from())
	if err != nil {
		return nil, err
	}
	return loggedIn(a, login, "Login successful"), nil
}

// loginResponse is the answer to whoever is logged in by it.
type loginResponse struct {
	Message string `json:"message" example:"Login successful"`
	User    user   `json:"user"`
	Token   string `json:"token" description:"To be sent as Authorization: Bearer." example:"eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl"`

	cookie string
}

// Headers set the session's cookie.
func (r *loginResponse) Headers() []registry.Header {
	return []registry.Header{{Name: "Set-Cookie", Value: r.cookie}}
}

// user is an account as its user sees it.
type user struct {
	ID    string `json:"id" example:"507f1f77bcf86cd799439011"`
	Email string `json:"email" example:"ada@example.com"`
	Name  string `json:"name,omitempty" example:"Ada"`
	Role  string `json:"role,omitempty" description:"Only GET /auth/me shows it."`
}

func loggedIn(a *app.App, l *accounts.Login, message string) *loginResponse {
	return &loginResponse{
		Message: message, User: user{ID: l.User.ID, Email: l.User.Email, Name: l.User.Name}, Token: l.Token,
		cookie: sessionCookie(a, l.Session.ID, l.Session.ExpiresAt),
	}
}

// userOf also shows what only GET /auth/me does.
func userOf(u *users.User) user { return user{ID: u.ID, Email: u.Email, Name: u.Name, Role: u.Role} }
