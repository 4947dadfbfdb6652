package auth

import (
	"context"
	"net/http"

	"github.com/orchestrix/orchestrix/modules/core/accounts"
	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/registry"
	core "github.com/orchestrix/orchestrix/platform/session"
)

func init() {
	app.Routes.Register(app.Route{
		ID:      "auth.sessions",
		Method:  http.MethodGet,
		Path:    "/auth/sessions",
		Tag:     "Auth",
		Summary: "Lists the caller's sessions, the newest first.",
		Auth:    registry.Session,
		Errors:  []int{http.StatusUnauthorized},
		Handler: registry.Handle(sessions),
	})
}

type sessionsRequest struct{}

type sessionsResponse struct {
	Sessions []session `json:"sessions"`
}

// session is a session as its user sees it. Its id names it to the user; what
// the cookie and the token hold is not shown.
type session struct {
	ID        string `json:"id" description:"Names the session to its user; nobody can call with it."`
	Current   bool   `json:"current" description:"Whether it is the session of this request."`
	UserAgent string `json:"userAgent,omitempty" example:"curl/8.5.0"`
	Address   string `json:"address,omitempty" example:"192.0.2.7"`
	CreatedAt string `json:"createdAt" format:"date-time"`
	UpdatedAt string `json:"updatedAt" format:"date-time"`
	ExpiresAt string `json:"expiresAt" format:"date-time"`
}

func sessions(ctx context.Context, a *app.App, _ *sessionsRequest) (*sessionsResponse, error) {
	caller := accounts.From(ctx)
	all, err := a.Accounts.Sessions(ctx, caller)
	if err != nil {
		return nil, err
	}
	shown := make([]session, len(all))
	for i, s := range all {
		shown[i] = session{
			ID: s.Key, Current: s.ID == caller.Session.ID, UserAgent: text(s, "userAgent"), Address: text(s, "address"),
			CreatedAt: doc.Time(s.CreatedAt), UpdatedAt: doc.Time(s.UpdatedAt), ExpiresAt: doc.Time(s.ExpiresAt),
		}
	}
	return &sessionsResponse{Sessions: shown}, nil
}

func text(s *core.Session, key string) string {
	v, _ := s.Get(key)
	t, _ := v.(string)
	return t
}
