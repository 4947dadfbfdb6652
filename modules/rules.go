package modules

import (
	"context"
	"errors"
	"strings"

	"github.com/orchestrix/orchestrix/modules/core/accounts"
	"github.com/orchestrix/orchestrix/modules/core/runs"
	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/realtime"
)

// rules let whoever is logged in follow their own runs.
type rules struct {
	accounts *accounts.Service
	records  *runs.Records
}

// followRules are the rules of the gateway: none where no login is required.
func followRules(a *accounts.Service, records *runs.Records) realtime.Rules {
	if !a.LoginRequired() {
		return nil
	}
	return &rules{accounts: a, records: records}
}

// Identify takes the token of a login session, also as it stands in a header.
func (r *rules) Identify(ctx context.Context, token string) (realtime.Viewer, error) {
	caller, err := r.accounts.ByToken(ctx, strings.TrimPrefix(token, "Bearer "))
	var refused *apierr.Error
	switch {
	case errors.As(err, &refused):
		return realtime.Viewer{}, errors.New(refused.Message)
	case err != nil:
		return realtime.Viewer{}, errors.New("who you are cannot be checked now; connect again")
	case caller.Session == nil:
		return realtime.Viewer{}, errors.New("A login session is required") //nolint:staticcheck // the text of the API's 401
	}
	return caller.Viewer(), nil
}

// Check asks for the session again: it may have ended since.
func (r *rules) Check(ctx context.Context, v realtime.Viewer, executionID string) error {
	alive, err := r.accounts.Alive(ctx, v.Session)
	if err != nil {
		return err
	}
	visible, err := r.records.Visible(ctx, executionID, v.Owner)
	if err != nil {
		return err
	}
	if !alive || !visible || v.Owner == "" {
		return realtime.ErrUnknownRun
	}
	return nil
}

// Alive reports whether a session still is one.
func (r *rules) Alive(ctx context.Context, session string) (bool, error) {
	return r.accounts.Alive(ctx, session)
}
