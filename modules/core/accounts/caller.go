package accounts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/auth"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/realtime"
	"github.com/orchestrix/orchestrix/platform/registry"
	"github.com/orchestrix/orchestrix/platform/server"
	"github.com/orchestrix/orchestrix/platform/session"
	"github.com/orchestrix/orchestrix/platform/users"
)

// Caller is who makes a request.
type Caller struct {
	User    *users.User
	Session *session.Session // nil for a token that belongs to none
}

type callerKey struct{}

// From returns the caller of a request, nil when nobody was asked for.
func From(ctx context.Context) *Caller {
	c, _ := ctx.Value(callerKey{}).(*Caller)
	return c
}

// Viewer is for whom the caller's connections speak: for nobody, the zero value,
// when nobody was asked for.
func (c *Caller) Viewer() realtime.Viewer {
	if c == nil || c.Session == nil {
		return realtime.Viewer{}
	}
	return realtime.Viewer{Owner: c.User.ID, Session: c.Session.ID}
}

// Cookie is the name of the cookie that holds the id of a session.
const Cookie = "orchestrix_sid"

// lookupLimit bounds how long it may take to find out who calls.
const lookupLimit = 10 * time.Second

// The answers to a caller who is none (http.md, "Auth").
var (
	errNoToken    = apierr.Unauthorized("No token provided")
	errBadToken   = apierr.Unauthorized("Invalid or expired token")
	errNoUser     = apierr.Unauthorized("User not found")
	errNeedsLogin = apierr.Unauthorized("A login session is required")
)

// Enter makes the service the guard of the host.
func (s *Service) Enter(ctx context.Context, need registry.Auth, shown server.Credentials) (context.Context, string, error) {
	owned := need == registry.Owned || need == registry.Handshake
	if owned && !s.opts.LoginRequired {
		return ctx, "", nil
	}
	caller, err := s.authenticate(ctx, shown)
	if err == nil && need != registry.Caller && caller.Session == nil {
		err = errNeedsLogin
	}
	var refused *apierr.Error
	if need == registry.Handshake && errors.As(err, &refused) {
		return ctx, "", nil // the protocol asks again
	}
	if err != nil {
		return ctx, "", err
	}
	owner := ""
	if owned {
		owner = caller.User.ID
	}
	return context.WithValue(ctx, callerKey{}, caller), owner, nil
}

// Leave saves what the handler changed in the caller's session.
func (s *Service) Leave(ctx context.Context) error {
	c := From(ctx)
	if c == nil || c.Session == nil {
		return nil
	}
	return s.sessions.Save(ctx, c.Session)
}

// authenticate finds the caller by a bearer token, else by the session's cookie.
func (s *Service) authenticate(ctx context.Context, shown server.Credentials) (*Caller, error) {
	ctx, cancel := context.WithTimeout(ctx, lookupLimit)
	defer cancel()
	if token, ok := auth.Bearer(shown.Authorization); ok {
		return s.ByToken(ctx, token)
	}
	if id := shown.Cookie(Cookie); id != "" {
		return s.bySession(ctx, id)
	}
	return nil, errNoToken
}

// ByToken returns who shows a token, or a 401. A token that never expires is not
// taken; it gets the answer of the old backend when it names nobody.
func (s *Service) ByToken(ctx context.Context, token string) (*Caller, error) {
	claims, invalid := s.tokens.Verify(token)
	var lasting *auth.TokenError
	if errors.As(invalid, &lasting) {
		claims = lasting.Claims
	}
	if claims == nil {
		return nil, errBadToken.Because(invalid)
	}
	userID := doc.String(claims, "userId")
	if id, given := doc.Get(claims, claimSession); given {
		text, _ := id.(string)
		if invalid != nil {
			return nil, errBadToken.Because(invalid)
		}
		return s.byToken(ctx, text, userID)
	}
	u, err := s.user(ctx, userID)
	if err == nil && invalid != nil {
		err = errBadToken.Because(invalid)
	}
	if err != nil {
		return nil, err
	}
	return &Caller{User: u}, nil
}

// byToken returns whose session a token names. It must be that of its user.
func (s *Service) byToken(ctx context.Context, id, userID string) (*Caller, error) {
	c, err := s.bySession(ctx, id)
	if err == nil && c.User.ID != userID {
		return nil, errBadToken
	}
	return c, err
}

// bySession returns whose session it is, or a 401.
func (s *Service) bySession(ctx context.Context, id string) (*Caller, error) {
	found, err := s.sessions.Find(ctx, id)
	if errors.Is(err, session.ErrNone) {
		return nil, errBadToken
	}
	if err != nil {
		return nil, fmt.Errorf("find session: %w", err)
	}
	u, err := s.user(ctx, found.UserID)
	if err != nil {
		return nil, err
	}
	if found.Stamp != u.Stamp() { // the password has changed since
		return nil, errBadToken
	}
	return &Caller{User: u, Session: found}, nil
}

// user returns a user who may call, or a 401.
func (s *Service) user(ctx context.Context, id string) (*users.User, error) {
	u, err := s.users.ByID(ctx, id)
	if errors.Is(err, users.ErrUnknown) {
		return nil, errNoUser
	}
	if err != nil {
		return nil, fmt.Errorf("find user: %w", err)
	}
	return u, nil
}

// Alive reports whether a session still is one.
func (s *Service) Alive(ctx context.Context, sessionID string) (bool, error) {
	_, err := s.bySession(ctx, sessionID)
	var refused *apierr.Error
	if errors.As(err, &refused) {
		return false, nil
	}
	return err == nil, err
}

var _ server.Guard = (*Service)(nil)
