package llm

import (
	"context"
	"errors"
	"time"
)

// Observed returns the provider, and has tell hear how each of its answers went
// ("ok", or one word for the kind of error) and how long it took. Tell must not
// wait.
func Observed(p Provider, tell func(provider, outcome string, took time.Duration)) Provider {
	return observed{p, tell}
}

type observed struct {
	Provider
	tell func(provider, outcome string, took time.Duration)
}

// Generate implements Provider.
func (o observed) Generate(ctx context.Context, r Request) (Answer, error) {
	began := time.Now()
	answer, err := o.Provider.Generate(ctx, r)
	o.tell(o.Name(), outcome(err), time.Since(began))
	return answer, err
}

func outcome(err error) string {
	e, failure := errors.AsType[*Error](err)
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, context.Canceled):
		return "cancelled"
	case errors.Is(err, context.DeadlineExceeded), failure && e.Kind == TimedOut:
		return "timed_out"
	case failure && e.Kind == Unavailable:
		return "unavailable"
	}
	return "failed"
}
