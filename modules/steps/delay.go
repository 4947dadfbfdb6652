package steps

import (
	"context"
	"math"
	"strings"
	"time"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

func init() {
	engine.Register(engine.StepType{
		Type:    "delay",
		Label:   "Delay",
		Summary: "Waits before the next step.",
		Icon:    "clock",
		Flow:    "waits",
		Waits:   true,
		Fields: []engine.Field{
			{Name: "seconds", Kind: engine.Number, Description: "Seconds to wait.", Example: 5},
			{Name: "duration", Kind: engine.Template, Description: "Seconds, or a text like 500ms, 5s or 2m.", Example: "5s"},
		},
		Compile: compileDelay,
	})
}

func compileDelay(f *engine.Fields) engine.Execute {
	field := "duration"
	if f.Has("seconds") {
		field = "seconds"
	}
	wait := f.Value(field)
	if wait == nil {
		f.Wrong("seconds", "is required")
	}
	return func(ctx context.Context, c *engine.Call) (engine.Outcome, error) {
		value, err := wait.Resolve(c.Vars)
		if err != nil {
			return engine.Outcome{}, err
		}
		d, ok := parseDuration(value)
		switch {
		case !ok:
			return engine.Outcome{}, engine.FieldError(field, "must be a number of seconds or a text like 500ms, 5s or 2m")
		case c.MaxDelay > 0 && d > c.MaxDelay:
			return engine.Outcome{}, engine.FieldError(field, "must be at most %g s in this kind of run", c.MaxDelay.Seconds())
		}
		c.Show(doc.Object{{"seconds", d.Seconds()}})
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return engine.Outcome{}, ctx.Err()
		case <-timer.C:
			return engine.Outcome{Shown: doc.Object{{"waitedMs", d.Milliseconds()}}}, nil
		}
	}
}

// parseDuration reads seconds as a number or text, or a text with a unit.
func parseDuration(v any) (time.Duration, bool) {
	if s, ok := v.(string); ok {
		if d, err := time.ParseDuration(strings.TrimSpace(s)); err == nil {
			return d, d >= 0
		}
	}
	seconds, ok := engine.ToNumber(v)
	if !ok || math.IsNaN(seconds) || seconds < 0 || seconds > 1e9 {
		return 0, false
	}
	return time.Duration(seconds * float64(time.Second)), true
}
