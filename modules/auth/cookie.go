// Package auth has the endpoints of accounts: registering, logging in and out,
// and the sessions that come of it.
package auth

import (
	"net/http"
	"time"

	"github.com/orchestrix/orchestrix/modules/core/accounts"
	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/registry"
)

// sessionCookie is out of reach of scripts, and not sent with what other sites
// make a browser do. In production it needs HTTPS.
func sessionCookie(a *app.App, id string, expires time.Time) string {
	cookie := http.Cookie{
		Name: accounts.Cookie, Value: id, Path: "/", Expires: expires.UTC(), MaxAge: int(expires.Sub(a.Now()).Seconds()),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: a.Settings.Production(),
	}
	if id == "" {
		cookie.MaxAge = -1
	}
	return cookie.String()
}

// messageResponse says that something was done; when that ends the session, it
// takes the cookie away.
type messageResponse struct {
	Message string `json:"message" example:"Logout successful"`

	cookie string
}

// Headers take the session's cookie away.
func (r *messageResponse) Headers() []registry.Header {
	if r.cookie == "" {
		return nil
	}
	return []registry.Header{{Name: "Set-Cookie", Value: r.cookie}}
}
