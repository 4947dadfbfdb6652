package engine

import (
	"context"
	"errors"
	"fmt"
)

// Kind says whose fault a failed step is; the published API makes its status of
// it (http.md, "Statuses of the published API").
type Kind int

// The kinds of failure.
const (
	Failed      Kind = iota // the step could not do its work with what it was given
	Auth                    // the caller is not who the step demands
	TimedOut                // a time limit passed
	Cancelled               // the run was cancelled
	Unavailable             // a service that the step needs does not answer
	Internal                // our fault
)

// Error is why a step failed. Message, Code and Details are shown to callers;
// Cause is only for the log.
type Error struct {
	Kind    Kind
	Message string
	Code    string
	Details any
	Cause   error
}

func (e *Error) Error() string { return e.Message }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Fail makes a Failed error.
func Fail(format string, args ...any) *Error {
	return &Error{Kind: Failed, Message: fmt.Sprintf(format, args...)}
}

const invalidField = "INVALID_FIELD"

// FieldError is a Failed error about one field of a step.
func FieldError(field, format string, args ...any) *Error {
	return &Error{Kind: Failed, Code: invalidField, Message: field + " " + fmt.Sprintf(format, args...)}
}

// asError turns what a step returned into an *Error, without showing callers
// the text of an error that was not made for them.
func asError(err error) *Error {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e
	case errors.Is(err, context.DeadlineExceeded):
		return &Error{Kind: TimedOut, Message: "Step timed out", Code: "TIMEOUT", Cause: err}
	case errors.Is(err, context.Canceled):
		return &Error{Kind: Cancelled, Message: "Run cancelled", Code: "CANCELLED", Cause: err}
	}
	return &Error{Kind: Internal, Message: "Internal error", Code: "INTERNAL", Cause: err}
}

// GraphError is a workflow that can never run: two steps with one id, or steps
// that wait for each other (engine.md, "A step").
type GraphError struct{ Message string }

func (e *GraphError) Error() string { return e.Message }
