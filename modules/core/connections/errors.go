package connections

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// errUnreadable is what an owner's operations come to whose connection cannot be
// opened: it was sealed for somebody else, or changed.
var errUnreadable = &engine.Error{Kind: engine.Unavailable, Code: "DATABASE_UNREADABLE",
	Message: "The connection to the database cannot be read: connect the database anew"}

// failed is the 422 of http.md. The detail is for the owner.
func failed(detail string) error {
	return &apierr.Error{
		Status: http.StatusUnprocessableEntity, Title: "Could not connect to your database",
		Fields: []apierr.Field{{Key: "detail", Value: detail}},
	}
}

// reported is the 422 about a failure of the owner's database.
func reported(err error) error {
	var unusable *engine.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &unusable):
		return failed(unusable.Message)
	case errors.Is(err, mongo.ErrUnavailable):
		return failed(strings.TrimPrefix(err.Error(), mongo.ErrUnavailable.Error()+": "))
	case errors.Is(err, context.DeadlineExceeded):
		return failed("the database did not answer in time")
	}
	return failed("the database answered with an error")
}
