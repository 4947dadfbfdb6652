package llm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/logging"
)

// Bounds of one request.
const (
	maxTries   = 3
	maxAttempt = 30 * time.Second
	maxAnswer  = 2 << 20  // bytes, unpacked
	maxHeader  = 64 << 10 // bytes
	maxRefusal = 8 << 10  // bytes of what comes with another status than 200
	maxSent    = 16 << 20 // bytes; a prompt of 200 KB stays far below, however it is escaped
)

var errTooLarge = errors.New("the answer is too large")

// statusError is an answer other than 200. Its body is the provider's own text:
// for the log, never for a caller.
type statusError struct {
	code       int
	retryAfter time.Duration // that the provider asks for, or 0
	body       string
}

func (e *statusError) Error() string { return fmt.Sprintf("status %d: %s", e.code, e.body) }

// transport is what all providers' libraries send through, since none of them
// bounds answers or lets Retry-After be seen. It gives them whole answers with
// status 200; all else is an error, so that they follow no redirect (which
// would take the key along) and parse no error page.
type transport struct {
	name string
	base http.RoundTripper
	wait func(context.Context, time.Duration) error
	log  *zap.Logger
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := sent(req)
	if err != nil {
		return nil, err
	}
	ctx := req.Context()
	for try := 1; ; try++ {
		res, err := t.attempt(req, body)
		if err == nil || try == maxTries || ctx.Err() != nil || !passing(err) {
			return res, err
		}
		delay := pause(try, err)
		if end, ok := ctx.Deadline(); ok && time.Until(end) <= delay {
			return nil, err // a wait that outlives the caller is of no use
		}
		logging.From(ctx, t.log).Warn("language model failed; it is asked again",
			zap.String("provider", t.name), zap.Int("try", try), zap.Duration("wait", delay), zap.Int("status", status(err)))
		if t.wait(ctx, delay) != nil {
			return nil, err
		}
	}
}

// attempt sends the request once and reads the answer to its end.
func (t *transport) attempt(req *http.Request, body []byte) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), maxAttempt)
	defer cancel()
	req = req.Clone(ctx)
	req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))

	res, err := t.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(res.Body, maxRefusal)) // the status says enough without it
		return nil, &statusError{res.StatusCode, retryAfter(res.Header.Get("Retry-After"), time.Now()), string(text)}
	}
	if res.ContentLength > maxAnswer {
		return nil, errTooLarge
	}
	whole, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading the answer: %w", err)
	case len(whole) > maxAnswer:
		return nil, errTooLarge
	}
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(whole)), int64(len(whole))
	return res, nil
}

// CloseIdleConnections is for http.Client.
func (t *transport) CloseIdleConnections() {
	if c, ok := t.base.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// sent takes the body out of a request, to send it more than once.
func sent(req *http.Request) ([]byte, error) {
	if req.Body == nil {
		return nil, nil
	}
	defer func() { _ = req.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(req.Body, maxSent))
	if err != nil {
		return nil, fmt.Errorf("reading the request: %w", err)
	}
	return body, nil
}
