package accounts

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/auth"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/users"
)

// Tokens signs and checks the tokens of an owner's workflows. They never pass for
// a login session: none names one, and where a login is required they have a key
// of their owner's, so that they are nothing to other owners either.
func (s *Service) Tokens(owner string) engine.Tokens {
	return &workflowTokens{service: s, owner: owner}
}

type workflowTokens struct {
	service *Service
	owner   string
}

// keyPurpose begins what the key of an owner is made for.
const keyPurpose = "orchestrix: tokens of the workflows of "

func (t *workflowTokens) key() (*auth.Tokens, error) {
	if !t.service.opts.LoginRequired {
		return t.service.tokens, nil
	}
	key, err := hkdf.Key(sha256.New, t.service.opts.Secret, nil, keyPurpose+t.owner, 32)
	if err != nil {
		return nil, fmt.Errorf("key for tokens: %w", err)
	}
	return auth.NewTokens(key, t.service.opts.Clock), nil
}

// Sign leaves out a claim that would name a session.
func (t *workflowTokens) Sign(claims doc.Object, algorithm string, life time.Duration) (string, error) {
	key, err := t.key()
	if err != nil {
		return "", err
	}
	return key.Sign(doc.Without(claims, claimSession), algorithm, life)
}

// Verify takes the token of a login as long as its session lives, and keeps the
// session's id, which is as good as a password, from the workflow.
func (t *workflowTokens) Verify(ctx context.Context, token string) (doc.Object, error) {
	key, err := t.key()
	if err != nil {
		return nil, err
	}
	claims, err := key.Verify(token)
	if err != nil {
		claims = t.ofOwner(token)
	}
	if claims == nil {
		return nil, &engine.Error{Kind: engine.Auth, Message: err.Error(), Cause: err}
	}
	if id, given := doc.Get(claims, claimSession); given {
		text, _ := id.(string)
		_, err := t.service.byToken(ctx, text, doc.String(claims, "userId"))
		var refused *apierr.Error
		if errors.As(err, &refused) {
			return nil, &engine.Error{Kind: engine.Auth, Message: "session has ended", Cause: err}
		}
		if err != nil {
			return nil, err
		}
	}
	return doc.Without(claims, claimSession), nil
}

// ofOwner returns the claims of the owner's own login, who tries a workflow out, or
// nil. Other accounts are nobody to the workflow.
func (t *workflowTokens) ofOwner(token string) doc.Object {
	claims, err := t.service.tokens.Verify(token)
	if err != nil || doc.String(claims, claimSession) == "" || doc.String(claims, "userId") != t.owner {
		return nil
	}
	return claims
}

// Credentials checks the logins of an owner's own users. In one database with the
// accounts they are the same people, and so are the limits on guessing.
func (s *Service) Credentials(owner string, directory *users.Directory) engine.Credentials {
	namespace := ""
	if s.opts.LoginRequired {
		namespace = owner
	}
	return &credentials{limits: s.limits, namespace: namespace, users: directory}
}

type credentials struct {
	limits    *limits
	namespace string
	users     *users.Directory
}

// Check returns {userId, email, name}.
func (c *credentials) Check(ctx context.Context, email, password string) (doc.Object, error) {
	attempt, err := c.limits.login(ctx, "", c.namespace, email)
	if errors.As(err, new(*apierr.Error)) {
		return nil, &engine.Error{Kind: engine.Auth, Code: "RATE_LIMITED", Message: "Too many attempts; try again later", Cause: err}
	}
	if err != nil {
		return nil, err
	}
	defer attempt.end()
	u, err := c.users.Login(ctx, email, password)
	if errors.Is(err, users.ErrCredentials) {
		return nil, &engine.Error{Kind: engine.Auth, Message: errCredentials.Message}
	}
	attempt.forgive()
	if err != nil {
		return nil, err
	}
	return doc.Object{{Key: "userId", Value: u.ID}, {Key: "email", Value: u.Email}, {Key: "name", Value: u.Name}}, nil
}
