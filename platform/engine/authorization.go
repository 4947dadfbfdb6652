package engine

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// Authorization is what a caller showed, checked. It holds no token, so that it
// may be kept for a run that begins later.
type Authorization struct {
	Scheme  string     // of the Authorization header; "" when there was none
	Claims  doc.Object // of a valid bearer token, else nil
	Problem string     // why there are no claims; callers may see it
}

var schemePattern = regexp.MustCompile(`^[A-Za-z0-9-]{1,20}$`)

// CheckAuthorization checks an Authorization header. The scheme is
// case-sensitive (http.md, "Auth"). It fails when a token cannot be checked;
// what is wrong with one is not an error but a Problem.
func CheckAuthorization(ctx context.Context, header string, tokens Tokens) (Authorization, error) {
	scheme, token, isPair := strings.Cut(header, " ")
	token = strings.TrimSpace(token)
	a := Authorization{Scheme: scheme}
	if scheme != "" && scheme != "Bearer" && (!isPair || !schemePattern.MatchString(scheme)) {
		a.Scheme = "***" // a token whose scheme was forgotten, maybe
	}
	switch {
	case scheme != "Bearer" || token == "":
		a.Problem = "Missing or invalid Authorization header"
	case tokens == nil:
		a.Problem = NoTokens().Message
	default:
		claims, err := tokens.Verify(ctx, token)
		var refused *Error
		if errors.As(err, &refused) && refused.Kind == Auth {
			a.Problem = refused.Message
			break
		}
		if err != nil {
			return a, err
		}
		a.Claims = claims
	}
	return a, nil
}

// NoTokens is the failure of a step that needs Tokens where there are none.
func NoTokens() *Error {
	return &Error{Kind: Internal, Message: "JWT_SECRET is not configured"}
}
