package steps

import (
	"context"
	"regexp"
	"strconv"
	"time"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

const defaultTokenLife = "7d"

// maxTokenLife keeps the expiry a date that every client can hold.
const maxTokenLife = 100 * 365 * 24 * time.Hour

func init() {
	engine.Register(engine.StepType{
		Type:    "jwtGenerate",
		Label:   "Generate Token",
		Summary: "Signs a JSON Web Token with the given claims.",
		Flow:    "issues a token",
		Fields: []engine.Field{
			{Name: "payload", Kind: engine.Document, Description: "The claims.", Example: doc.Object{{"userId", "{{created._id}}"}}},
			{Name: "expiresIn", Kind: engine.Template, Description: "How long it is valid: 7d, 12h, 30m, or seconds.", Example: "7d"},
			{Name: "algorithm", Kind: engine.Choice, Enum: []string{"HS256", "HS384", "HS512"}, Description: "Signature algorithm.", Example: "HS256"},
		},
		Output:  engine.Output{Default: "token", Description: "The signed token.", Schema: doc.Object{{"type", "string"}}},
		Compile: compileToken,
	})
}

func compileToken(f *engine.Fields) engine.Execute {
	algorithm, life := f.Choice("algorithm"), f.Value("expiresIn")
	payload := f.Value("payload")
	return func(_ context.Context, c *engine.Call) (engine.Outcome, error) {
		claims, err := resolveClaims(payload, c.Vars)
		if err != nil {
			return engine.Outcome{}, err
		}
		written, duration, err := resolveLife(life, c.Vars)
		if err != nil {
			return engine.Outcome{}, err
		}
		c.Show(doc.Object{{"payload", claims}, {"expiresIn", written}, {"algorithm", algorithm}})
		if c.Tokens == nil {
			return engine.Outcome{}, engine.NoTokens()
		}
		token, err := c.Tokens.Sign(claims, algorithm, duration)
		if err != nil {
			return engine.Outcome{}, &engine.Error{Kind: engine.Internal, Message: "The token could not be signed", Cause: err}
		}
		shown := doc.Object{{"tokenGenerated", true}, {"outputVariable", c.Output}, {"expiresIn", written}}
		return engine.Outcome{Sets: true, Value: token, Shown: shown}, nil
	}
}

func resolveClaims(payload *engine.Expr, vars *engine.Vars) (doc.Object, error) {
	if payload == nil {
		return doc.Object{}, nil
	}
	value, err := payload.Resolve(vars)
	if err != nil {
		return nil, err
	}
	claims, ok := value.(doc.Object)
	if !ok {
		return nil, engine.FieldError("payload", "must be an object")
	}
	if !doc.Fits(claims, maxClaims) {
		return nil, engine.FieldError("payload", "must be at most %d bytes", maxClaims)
	}
	return claims, nil
}

// maxClaims keeps a token small enough to be sent in a header.
const maxClaims = 4096

// resolveLife returns the life as it was written and as a duration.
func resolveLife(life *engine.Expr, vars *engine.Vars) (any, time.Duration, error) {
	written := any(defaultTokenLife)
	if life != nil {
		value, err := life.Resolve(vars)
		if err != nil {
			return nil, 0, err
		}
		if value != nil && value != "" {
			written = value
		}
	}
	d, ok := parseLife(written)
	if !ok {
		return nil, 0, engine.FieldError("expiresIn", "must be seconds, or a text like 7d, 12h or 30m")
	}
	return written, d, nil
}

var lifePattern = regexp.MustCompile(`^(\d{1,9})\s*(s|m|h|d|w|y)?$`)

var lifeUnits = map[string]time.Duration{
	"": time.Second, "s": time.Second, "m": time.Minute, "h": time.Hour,
	"d": 24 * time.Hour, "w": 7 * 24 * time.Hour, "y": 365 * 24 * time.Hour,
}

func parseLife(v any) (time.Duration, bool) {
	m := lifePattern.FindStringSubmatch(engine.Text(v))
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	unit := lifeUnits[m[2]]
	if err != nil || n < 1 || time.Duration(n) > maxTokenLife/unit {
		return 0, false
	}
	return time.Duration(n) * unit, true
}
