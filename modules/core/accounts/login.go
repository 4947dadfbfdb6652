package accounts

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/auth"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/session"
	"github.com/orchestrix/orchestrix/platform/users"
)

// Client is where a request comes from.
type Client struct{ Address, Agent string }

// Login is a user who has just logged in.
type Login struct {
	User    *users.User
	Session *session.Session
	Token   string // good for as long as the session
}

// Answers of http.md.
var (
	errCredentials = apierr.Unauthorized("Invalid email or password")
	errTaken       = apierr.Conflict("Conflict").WithMessage("User with this email already exists")
	errPassword    = apierr.Unauthorized("The current password is wrong")
)

// maxEmail is the longest e-mail, in bytes: 64 before the @ and 255 after it (RFC
// 5321, 4.5.3.1).
const maxEmail = 320

// claimSession is the claim that names the session of a token. Only tokens that
// are made here have it.
const claimSession = "sid"

// Register makes an account and logs it in. Bad values are a 400, a taken e-mail
// is a 409, too many attempts are a 429.
func (s *Service) Register(ctx context.Context, email, password, name string, from Client) (*Login, error) {
	if len(email) > maxEmail {
		return nil, Invalid(fmt.Sprintf("Email must be at most %d bytes", maxEmail))
	}
	if err := s.checkPassword(password); err != nil {
		return nil, err
	}
	if err := s.limits.register(from.Address, email); err != nil {
		return nil, err
	}
	u, err := s.users.Add(ctx, email, password, name)
	if errors.Is(err, users.ErrTaken) {
		return nil, errTaken
	}
	if err != nil {
		return nil, fmt.Errorf("register: %w", err)
	}
	login, err := s.begin(ctx, u, from)
	if err != nil {
		return nil, err
	}
	s.opts.Notices.Welcome(ctx, u.Email, u.Name)
	return login, nil
}

// Login is a 401 for an unknown e-mail, a wrong password and a user who may not
// log in, all the same, and a 429 when there were too many of those.
func (s *Service) Login(ctx context.Context, email, password string, from Client) (*Login, error) {
	login, err := s.login(ctx, email, password, from)
	if s.opts.Logins != nil {
		s.opts.Logins(outcome(err))
	}
	return login, err
}

// outcome is how a login went.
func outcome(err error) string {
	var refused *apierr.Error
	switch {
	case err == nil:
		return "succeeded"
	case errors.Is(err, errCredentials):
		return "failed"
	case errors.As(err, &refused) && refused.Status == http.StatusTooManyRequests:
		return "limited"
	}
	return "error"
}

func (s *Service) login(ctx context.Context, email, password string, from Client) (*Login, error) {
	attempt, err := s.limits.login(ctx, from.Address, "", email)
	if err != nil {
		return nil, err
	}
	defer attempt.end()
	u, err := s.users.Login(ctx, email, password)
	if err == nil {
		if _, other := primitive.ObjectIDFromHex(u.ID); other != nil { // whom a workflow made under an id of its own
			err = users.ErrCredentials
		}
	}
	if errors.Is(err, users.ErrCredentials) {
		return nil, errCredentials
	}
	attempt.forgive()
	if err != nil {
		return nil, fmt.Errorf("login: %w", err)
	}
	return s.begin(ctx, u, from)
}

// ChangePassword ends every session of the caller, and begins a new one.
func (s *Service) ChangePassword(ctx context.Context, c *Caller, current, password string, from Client) (*Login, error) {
	if err := s.checkPassword(password); err != nil {
		return nil, err
	}
	if err := s.confirm(ctx, c.User, current, from); err != nil {
		return nil, err
	}
	u, err := s.users.SetPassword(ctx, c.User, password)
	if errors.Is(err, users.ErrUnknown) { // it was changed at the same time
		return nil, errPassword
	}
	if err != nil {
		return nil, fmt.Errorf("change password: %w", err)
	}
	// The sessions have ended with the password, by their stamp; this tidies up
	// and tells those who are connected.
	ids, err := s.sessions.EndAll(ctx, u.ID)
	if err != nil {
		return nil, fmt.Errorf("change password: %w", err)
	}
	s.ended(ids...)
	s.opts.Notices.PasswordChanged(ctx, u.Email, u.Name)
	return s.begin(ctx, u, from)
}

// confirm checks the password of a user who is logged in.
func (s *Service) confirm(ctx context.Context, u *users.User, password string, from Client) error {
	attempt, err := s.limits.login(ctx, from.Address, "", u.Email)
	if err != nil {
		return err
	}
	defer attempt.end()
	right, err := s.users.HasPassword(ctx, u, password)
	if err == nil && !right {
		return errPassword
	}
	attempt.forgive()
	return err
}

// maxAgent is how much of a client's name is kept, in bytes.
const maxAgent = 256

// begin makes a session and its token.
func (s *Service) begin(ctx context.Context, u *users.User, from Client) (*Login, error) {
	agent := from.Agent[:min(len(from.Agent), maxAgent)]
	made, err := s.sessions.Create(ctx, u.ID, u.Stamp(), doc.Object{
		{Key: "userAgent", Value: toText(agent)}, {Key: "address", Value: from.Address},
	})
	if err != nil {
		return nil, fmt.Errorf("begin session: %w", err)
	}
	claims := doc.Object{{Key: "userId", Value: u.ID}, {Key: "email", Value: u.Email}, {Key: claimSession, Value: made.ID}}
	token, err := s.tokens.Sign(claims, "HS256", s.opts.SessionLife)
	if err != nil {
		return nil, fmt.Errorf("begin session: %w", err)
	}
	return &Login{User: u, Session: made, Token: token}, nil
}

func (s *Service) checkPassword(password string) error {
	switch {
	case len(password) > auth.MaxPassword:
		return Invalid(fmt.Sprintf("Password must be at most %d bytes", auth.MaxPassword))
	case utf8.RuneCountInString(password) < s.opts.MinPassword:
		return Invalid(fmt.Sprintf("Password must be at least %d characters", s.opts.MinPassword))
	}
	return nil
}

// Invalid is the 400 of http.md, "Auth".
func Invalid(message string) *apierr.Error {
	return apierr.New(http.StatusBadRequest, "Validation error").WithMessage(message)
}
