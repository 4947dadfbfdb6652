// Package observed tells how the operations of a store go and how long they take.
package observed

import (
	"context"
	"errors"
	"time"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// Tell hears of an operation that is over: which one, how it went ("ok", or one
// word for the kind of error) and how long it took. It must not wait.
type Tell func(operation, outcome string, took time.Duration)

// New returns the store, with each of its operations told.
func New(s mongo.Store, tell Tell) mongo.Store { return store{s, tell} }

type store struct {
	mongo.Store
	tell Tell
}

// Collection returns a handle whose operations are told.
func (s store) Collection(name string) mongo.Collection {
	return collection{s.Store.Collection(name), s.tell}
}

// Collections lists the collections.
func (s store) Collections(ctx context.Context) (names []string, err error) {
	defer s.tell.since("collections", time.Now(), &err)
	return s.Store.Collections(ctx)
}

// Ping reports whether the store answers.
func (s store) Ping(ctx context.Context) (err error) {
	defer s.tell.since("ping", time.Now(), &err)
	return s.Store.Ping(ctx)
}

func (t Tell) since(operation string, began time.Time, err *error) {
	t(operation, outcome(*err), time.Since(began))
}

// kinds are the errors that are told apart; the first that fits counts.
var kinds = []struct {
	err  error
	word string
}{
	{mongo.ErrUnavailable, "unavailable"},
	{mongo.ErrNotFound, "not_found"},
	{mongo.ErrDuplicate, "duplicate"},
	{mongo.ErrInvalid, "refused"},
	{mongo.ErrUnsupported, "refused"},
	{context.DeadlineExceeded, "timed_out"},
	{context.Canceled, "cancelled"},
}

func outcome(err error) string {
	if err == nil {
		return "ok"
	}
	for _, kind := range kinds {
		if errors.Is(err, kind.err) {
			return kind.word
		}
	}
	return "failed"
}
