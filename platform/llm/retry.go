package llm

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"
)

// firstPause is about how long the second attempt waits; the next waits twice that.
const firstPause = 500 * time.Millisecond

// passing reports whether another attempt may succeed: the network failed, or
// the provider says that it is busy or broken.
func passing(err error) bool {
	if errors.Is(err, errTooLarge) {
		return false
	}
	switch status(err) {
	case 0, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// status is that of the answer, or 0 when none came.
func status(err error) int {
	if answer, ok := errors.AsType[*statusError](err); ok {
		return answer.code
	}
	return 0
}

// pause is how long to wait after a failed attempt: what the provider asks for,
// at least the backoff. Jitter keeps callers who failed together apart.
func pause(try int, err error) time.Duration {
	backoff := firstPause << (try - 1)
	backoff = backoff/2 + rand.N(backoff)
	if answer, ok := errors.AsType[*statusError](err); ok {
		return max(backoff, answer.retryAfter)
	}
	return backoff
}

// retryAfter reads the header: seconds or a date. What is neither, or past, is 0.
func retryAfter(value string, now time.Time) time.Duration {
	if d, err := time.ParseDuration(value + "s"); err == nil {
		return max(0, d)
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// wait is a timer that ends with the context.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
