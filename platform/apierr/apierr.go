// Package apierr is the one error that becomes an answer. Business code returns
// it; the host turns it into a status and a body (http.md, "Unhandled error").
package apierr

import (
	"fmt"
	"net/http"
	"time"
)

// Error carries what a client may see and, apart from it, the cause, which is
// only ever logged.
type Error struct {
	Status     int           // HTTP status
	Code       string        // machine-readable, optional
	Title      string        // the body's "error"
	Message    string        // the body's "message", optional
	Fields     []Field       // further body fields, in order
	RetryAfter time.Duration // sets Retry-After when positive
	Cause      error
}

// Field is a further field of the body.
type Field struct {
	Key   string
	Value any
}

func (e *Error) Error() string {
	s := fmt.Sprintf("%d %s", e.Status, e.Title)
	if e.Message != "" {
		s += ": " + e.Message
	}
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Because returns a copy of e with a cause for the log.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.Cause = cause
	return &c
}

// WithMessage returns a copy of e with the body's "message".
func (e *Error) WithMessage(message string) *Error {
	c := *e
	c.Message = message
	return &c
}

// New makes an error whose body says {"error": title}, as http.md's tables show
// it; the host adds requestId and timestamp.
func New(status int, title string) *Error {
	return &Error{Status: status, Title: title}
}

// BadRequest is a 400 whose title says what is wrong and names the field.
func BadRequest(format string, args ...any) *Error {
	return New(http.StatusBadRequest, fmt.Sprintf(format, args...))
}

// NotFound is a 404.
func NotFound(title string) *Error { return New(http.StatusNotFound, title) }

// Conflict is a 409.
func Conflict(title string) *Error { return New(http.StatusConflict, title) }

// Unauthorized is a 401 in the words of http.md, "Auth".
func Unauthorized(message string) *Error {
	return New(http.StatusUnauthorized, "Unauthorized").WithMessage(message)
}

// TooMany is a 429; the client may try again after retry.
func TooMany(reason string, retry time.Duration) *Error {
	return &Error{Status: http.StatusTooManyRequests, Code: "RATE_LIMITED", Title: reason, Message: "Try again later", RetryAfter: retry}
}

// Unavailable is a 503 with a reason that clients may see.
func Unavailable(reason string) *Error {
	return &Error{Status: http.StatusServiceUnavailable, Code: "UNAVAILABLE", Title: reason, RetryAfter: time.Second}
}

// Internal is a 500; the cause stays in the log.
func Internal(cause error) *Error {
	return &Error{Status: http.StatusInternalServerError, Title: "Internal server error", Cause: cause}
}
