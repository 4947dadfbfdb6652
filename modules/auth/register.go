package auth

import (
	"context"
	"net/http"

	"github.com/orchestrix/orchestrix/modules/core/accounts"
	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Describe("Auth", "Accounts, and the sessions by which they call.")
	app.Routes.Register(app.Route{
		ID:      "auth.register",
		Method:  http.MethodPost,
		Path:    "/auth/register",
		Tag:     "Auth",
		Summary: "Makes an account and logs it in.",
		Success: http.StatusCreated,
		Errors:  []int{http.StatusBadRequest, http.StatusConflict, http.StatusTooManyRequests},
		Handler: registry.Handle(register),
	})
}

type registerRequest struct {
	credentials
	Name string `json:"name" example:"Ada"`
	client
}

func register(ctx context.Context, a *app.App, req *registerRequest) (*loginResponse, error) {
	login, err := a.Accounts.Register(ctx, req.Email, req.Password, req.Name, req.from())
	if err != nil {
		return nil, err
	}
	return loggedIn(a, login, "User registered successfully"), nil
}

// credentials are what both registering and logging in ask for.
type credentials struct {
	Email    string `json:"email" required:"true" format:"email" example:"ada@example.com"`
	Password string `json:"password" required:"true" format:"password" description:"At most 72 bytes." example:"correct horse"`
}

// Validate speaks as http.md does.
func (c *credentials) Validate() error {
	if c.Email == "" || c.Password == "" {
		return accounts.Invalid("Email and password are required")
	}
	return nil
}

// client is where a request comes from.
type client struct {
	Address string `client:"address"`
	Agent   string `header:"User-Agent" description:"Shown in the list of sessions."`
}

func (c *client) from() accounts.Client { return accounts.Client{Address: c.Address, Agent: c.Agent} }
