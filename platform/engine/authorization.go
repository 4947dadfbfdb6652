package engine

import (
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

// CheckAuthorization checks an Authorization header. The scheme is
// case-sensitive (http.md, "Auth").
func CheckAuthorization(header string, tokens Tokens) Authorization {
	scheme, token, _ := strings.Cut(header, " ")
	a := Authorization{Scheme: scheme}
	switch {
	case scheme != "Bearer" || strings.TrimSpace(token) == "":
		a.Problem = "Missing or invalid Authorization header"
	case tokens == nil:
		a.Problem = NoTokens().Message
	default:
		claims, err := tokens.Verify(token)
		if err != nil {
			a.Problem = err.Error()
			break
		}
		a.Claims = claims
	}
	return a
}

// NoTokens is the failure of a step that needs Tokens where there are none.
func NoTokens() *Error {
	return &Error{Kind: Internal, Message: "JWT_SECRET is not configured"}
}
