package llm

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
)

var errEmpty = errors.New("the answer is empty")

// failure is what callers see of an error. ctx is theirs: that they went away is
// no failure of the model.
func (m *remote) failure(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	f := m.describe(err)
	f.Cause = m.cause(err)
	return f
}

func (m *remote) describe(err error) *Error {
	if answer, ok := errors.AsType[*statusError](err); ok {
		return m.refusal(answer)
	}
	switch {
	case errors.Is(err, errTooLarge):
		return failed(Failed, "MODEL_TOO_LARGE", "the answer of "+m.name+" is too large")
	case errors.Is(err, errEmpty):
		return failed(Failed, "MODEL_EMPTY", m.name+" gave an empty answer")
	case tookTooLong(err):
		return m.timeout()
	}
	if _, ok := errors.AsType[*url.Error](err); ok {
		return failed(Failed, "MODEL_FAILED", m.name+" cannot be reached; check the network and "+m.baseSetting)
	}
	return failed(Failed, "MODEL_FAILED", m.name+" gave an answer that cannot be read")
}

// tookTooLong looks below url.Error, which knows only timeouts right under it.
func tookTooLong(err error) bool {
	var network net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &network) && network.Timeout()
}

// refusal is a status other than 200.
func (m *remote) refusal(answer *statusError) *Error {
	switch answer.code {
	case http.StatusUnauthorized, http.StatusForbidden:
		return m.keyRefused()
	case http.StatusPaymentRequired, http.StatusTooManyRequests:
		return failed(Unavailable, "MODEL_QUOTA", m.name+" takes no more requests for now: its limit is reached or the quota used up; try again later")
	case http.StatusRequestTimeout, http.StatusGatewayTimeout:
		return m.timeout()
	case http.StatusRequestEntityTooLarge:
		return failed(Failed, "MODEL_TOO_LARGE", "what "+m.name+" is asked is too large for it")
	case http.StatusNotFound, http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return failed(Failed, "MODEL_FAILED", m.name+" does not know the model or the address; check AI_MODEL and "+m.baseSetting)
	}
	if answer.wrongKey() {
		return m.keyRefused()
	}
	if answer.code < http.StatusInternalServerError {
		return failed(Failed, "MODEL_FAILED", m.name+" refused the request; check AI_MODEL")
	}
	return failed(Failed, "MODEL_FAILED", m.name+" failed; try again later")
}

func (m *remote) keyRefused() *Error {
	setting := m.keySetting
	if setting == "" {
		setting = m.baseSetting
	}
	return failed(Unavailable, "MODEL_KEY_REFUSED", m.name+" refused the key; check "+setting)
}

func (m *remote) timeout() *Error {
	return failed(TimedOut, "MODEL_TIMEOUT", m.name+" took too long to answer; try again")
}

// wrongKey reports whether a 400 is Gemini's answer to a wrong key.
func (e *statusError) wrongKey() bool {
	return e.code == http.StatusBadRequest && strings.Contains(e.body, "API_KEY_INVALID")
}

// formatRefused reports whether an answer may come when no format is asked for.
// What a 400 says about that differs from server to server, so any counts.
func formatRefused(err error) bool {
	answer, ok := errors.AsType[*statusError](err)
	return ok && (answer.code == http.StatusBadRequest || answer.code == http.StatusUnprocessableEntity) && !answer.wrongKey()
}

func failed(kind Kind, code, message string) *Error {
	return &Error{Kind: kind, Code: code, Message: message}
}
