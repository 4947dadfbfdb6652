package mongo

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/bson"
)

// Weight adds up the documents of a find for its MaxBytes.
type Weight struct {
	Max   int64 // bytes of BSON; 0 is no bound
	sum   int64
	count int
}

// Add weighs one more document, before it is decoded. It is an ErrInvalid when
// they are too many bytes together; one alone never is.
func (w *Weight) Add(size int) error {
	w.sum += int64(size)
	w.count++
	if w.Max > 0 && w.sum > w.Max && w.count > 1 {
		return fmt.Errorf("%w: the documents found are more than %d MB together, ask for fewer at a time or leave fields out", ErrInvalid, w.Max>>20)
	}
	return nil
}

// maxSample is how large a sample may be, in bytes.
const maxSample = 8 << 20

// Sample returns some documents, at most n of them, to learn their form from: the
// first ones of the sort. Of large ones it may be one.
func Sample(ctx context.Context, c Collection, sort bson.D, n int64) ([]bson.D, error) {
	found, err := c.Find(ctx, nil, FindOptions{Sort: sort, Limit: n, MaxBytes: maxSample})
	if errors.Is(err, ErrInvalid) {
		found, err = c.Find(ctx, nil, FindOptions{Sort: sort, Limit: 1})
	}
	return found, err
}
