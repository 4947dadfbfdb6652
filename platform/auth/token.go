// Package auth signs and checks tokens and passwords, by the rules that tokens
// and hashes of the old backend follow (http.md, "Auth").
package auth

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// maxToken is the longest token that is looked at, in bytes.
const maxToken = 8 << 10

// ErrAlgorithm is the answer to an algorithm that tokens are not signed with.
var ErrAlgorithm = errors.New("algorithm must be HS256, HS384 or HS512")

// TokenError says what is wrong with a token. Clients may see it.
type TokenError struct {
	Message string
	Claims  doc.Object // of a token that is signed rightly and lacks nothing but an expiry
}

func (e *TokenError) Error() string { return e.Message }

// The messages that clients know (engine.md, "The result").
var (
	errExpired   = &TokenError{Message: "jwt expired"}
	errSignature = &TokenError{Message: "invalid signature"}
	errMalformed = &TokenError{Message: "jwt malformed"}
	errNotActive = &TokenError{Message: "jwt not active"}
	errAlgorithm = &TokenError{Message: "invalid algorithm"}
	errUnsigned  = &TokenError{Message: "jwt signature is required"}
)

const noExpiry = "jwt has no expiry"

// Tokens signs and checks JSON Web Tokens with one secret. It is safe for
// concurrent use.
type Tokens struct {
	secret []byte
	clock  func() time.Time
	parser *jwt.Parser
}

// NewTokens makes Tokens on the secret; clock is nil for time.Now.
func NewTokens(secret []byte, clock func() time.Time) *Tokens {
	if clock == nil {
		clock = time.Now
	}
	return &Tokens{secret: secret, clock: clock, parser: jwt.NewParser(
		jwt.WithValidMethods([]string{"HS256", "HS384", "HS512"}),
		jwt.WithExpirationRequired(),
		jwt.WithTimeFunc(clock),
	)}
}

// Sign returns a token with the claims in their order, then iat and exp, valid
// for life. An iat or exp among the claims is replaced. alg is HS256, HS384 or
// HS512, else the error is ErrAlgorithm.
func (t *Tokens) Sign(c doc.Object, alg string, life time.Duration) (string, error) {
	var method jwt.SigningMethod
	switch alg {
	case "HS256":
		method = jwt.SigningMethodHS256
	case "HS384":
		method = jwt.SigningMethodHS384
	case "HS512":
		method = jwt.SigningMethodHS512
	default:
		return "", ErrAlgorithm
	}
	now := t.clock().Unix()
	all := make(doc.Object, 0, len(c)+2)
	for _, f := range c {
		if f.Key != "iat" && f.Key != "exp" {
			all = append(all, f)
		}
	}
	all = append(all, doc.Field{Key: "iat", Value: now}, doc.Field{Key: "exp", Value: now + int64(life/time.Second)})
	signed, err := jwt.NewWithClaims(method, claims{object: all}).SignedString(t.secret)
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	return signed, nil
}

// Verify returns the claims of a token in their order. Its error is always a
// *TokenError.
func (t *Tokens) Verify(token string) (doc.Object, error) {
	if len(token) > maxToken || strings.Count(token, ".") != 2 {
		return nil, errMalformed
	}
	var c claims
	_, err := t.parser.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return t.secret, nil })
	if err != nil {
		return nil, t.explain(token, &c, err)
	}
	return c.object, nil
}

// explain chooses the message for a token that was refused, in the order in
// which the old backend checked.
func (t *Tokens) explain(token string, c *claims, err error) error {
	if errors.Is(err, jwt.ErrTokenMalformed) {
		return errMalformed
	}
	if strings.HasSuffix(token, ".") {
		return errUnsigned
	}
	switch {
	case errors.Is(err, jwt.ErrTokenUnverifiable), strings.Contains(err.Error(), "signing method"):
		return errAlgorithm
	case errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return errSignature
	case errors.Is(err, jwt.ErrTokenNotValidYet):
		return errNotActive
	case errors.Is(err, jwt.ErrTokenExpired):
		return errExpired
	}
	if _, ok := doc.Get(c.object, "exp"); !ok {
		return &TokenError{Message: noExpiry, Claims: c.object}
	}
	return errMalformed
}

// Bearer returns the token of an Authorization header. The scheme is
// case-sensitive, and an empty token is none.
func Bearer(header string) (token string, ok bool) {
	token, ok = strings.CutPrefix(header, "Bearer ")
	token = strings.TrimSpace(token)
	return token, ok && token != ""
}
