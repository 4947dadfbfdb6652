package steps

import (
	"context"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

func init() {
	engine.Register(engine.StepType{
		Type:    "authMiddleware",
		Label:   "Auth Check",
		Summary: "Lets only callers with a valid bearer token pass.",
		Output:  engine.Output{Default: "currentUser", Description: "The claims of the token."},
		Compile: func(*engine.Fields) engine.Execute { return checkToken },
	})
}

func checkToken(_ context.Context, c *engine.Call) (engine.Outcome, error) {
	scheme, token, _ := strings.Cut(c.Authorization, " ")
	c.Show(doc.Object{{"hasAuthHeader", c.Authorization != ""}, {"authType", orNil(scheme)}})
	if scheme != "Bearer" || strings.TrimSpace(token) == "" {
		return engine.Outcome{}, unauthorized("Missing or invalid Authorization header")
	}
	if c.Tokens == nil {
		return engine.Outcome{}, noTokens()
	}
	claims, err := c.Tokens.Verify(token)
	if err != nil {
		return engine.Outcome{}, unauthorized(err.Error())
	}
	shown := doc.Object{{"authenticated", true}}
	if id, ok := doc.Get(claims, "userId"); ok {
		shown = append(shown, doc.Field{Key: "userId", Value: id})
	}
	shown = append(shown, doc.Field{Key: "outputVariable", Value: c.Output})
	return engine.Outcome{Sets: true, Value: claims, Shown: shown}, nil
}

func unauthorized(message string) *engine.Error {
	return &engine.Error{Kind: engine.Auth, Message: message}
}

func noTokens() *engine.Error {
	return &engine.Error{Kind: engine.Internal, Message: "JWT_SECRET is not configured"}
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}
