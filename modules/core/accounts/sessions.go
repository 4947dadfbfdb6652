package accounts

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/session"
)

var errNoSession = apierr.NotFound("Session not found")

// Logout ends the caller's session, if the caller has one.
func (s *Service) Logout(ctx context.Context, c *Caller) error {
	if c.Session == nil {
		return nil
	}
	if err := s.sessions.End(ctx, c.Session.ID); err != nil {
		return fmt.Errorf("logout: %w", err)
	}
	s.ended(c.Session.ID)
	return nil
}

// Sessions are the caller's, the newest first.
func (s *Service) Sessions(ctx context.Context, c *Caller) ([]*session.Session, error) {
	all, err := s.sessions.List(ctx, c.User.ID)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	live := all[:0]
	for _, one := range all {
		if one.Stamp == c.User.Stamp() {
			live = append(live, one)
		}
	}
	return live, nil
}

// Revoke ends one of the caller's sessions, or is a 404.
func (s *Service) Revoke(ctx context.Context, c *Caller, key string) error {
	id, err := s.sessions.Revoke(ctx, c.User.ID, key)
	if errors.Is(err, session.ErrNone) {
		return errNoSession
	}
	if err != nil {
		return fmt.Errorf("revoke session: %w", err)
	}
	s.ended(id)
	return nil
}

// toText makes a header a text that can be stored and shown.
func toText(header string) string { return strings.ToValidUTF8(header, "") }
