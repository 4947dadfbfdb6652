package steps

import (
	"context"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

func init() {
	engine.Register(engine.StepType{
		Type:     "authMiddleware",
		Label:    "Auth Check",
		Summary:  "Lets only callers with a valid bearer token pass.",
		Icon:     "lock",
		Flow:     "checks the caller's token",
		Output:   engine.Output{Default: "currentUser", Description: "The claims of the token.", Schema: doc.Object{{"type", "object"}}},
		Compile:  func(*engine.Fields) engine.Execute { return checkToken },
		Describe: func(_ *engine.Fields, c *engine.Contract) { c.NeedsToken() },
	})
}

func checkToken(ctx context.Context, c *engine.Call) (engine.Outcome, error) {
	authorization := c.Authorization
	if authorization == nil {
		authorization = func(ctx context.Context) (engine.Authorization, error) {
			return engine.CheckAuthorization(ctx, "", c.Tokens)
		}
	}
	caller, err := authorization(ctx)
	if err != nil {
		return engine.Outcome{}, err
	}
	c.Show(doc.Object{{"hasAuthHeader", caller.Scheme != ""}, {"authType", orNil(caller.Scheme)}})
	if caller.Claims == nil {
		return engine.Outcome{}, unauthorized(caller.Problem)
	}
	shown := doc.Object{{"authenticated", true}}
	if id, ok := doc.Get(caller.Claims, "userId"); ok {
		shown = append(shown, doc.Field{Key: "userId", Value: id})
	}
	shown = append(shown, doc.Field{Key: "outputVariable", Value: c.Output})
	return engine.Outcome{Sets: true, Value: caller.Claims, Shown: shown}, nil
}

func unauthorized(message string) *engine.Error {
	return &engine.Error{Kind: engine.Auth, Message: message}
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}
