package mongo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"

	"go.mongodb.org/mongo-driver/bson"
)

// MaxDocument is MongoDB's limit of a document, in bytes of BSON.
const MaxDocument = 16 << 20

// CheckRaw refuses, as ErrInvalid, what InsertRaw can see that it cannot store.
// It does not look at every value: that is what encoding in advance saves.
func CheckRaw(raw bson.Raw) error {
	if len(raw) > MaxDocument {
		return fmt.Errorf("%w: a document may have at most %d MB", ErrInvalid, MaxDocument>>20)
	}
	if len(raw) < 5 || int(binary.LittleEndian.Uint32(raw)) != len(raw) || raw[len(raw)-1] != 0 {
		return fmt.Errorf("%w: not a BSON document", ErrInvalid)
	}
	if !bytes.HasPrefix(raw[5:], []byte("_id\x00")) {
		return fmt.Errorf("%w: an encoded document begins with its _id", ErrInvalid)
	}
	return nil
}

// An InsertMany is cut into writes of at most so many documents and bytes: a
// larger one would keep other writers waiting for more than some milliseconds,
// and a server refuses it. Each write costs pages of its own, so small ones cost
// more.
const (
	maxBatch      = 3000
	maxBatchBytes = 8 << 20
)

// Batches cuts items into runs that one write may hold. A single item is never
// cut, whatever its size.
func Batches[T any](items []T, size func(T) int) iter.Seq[[]T] {
	return func(yield func([]T) bool) {
		for len(items) > 0 {
			n, total := 0, 0
			for n < len(items) && n < maxBatch {
				total += size(items[n])
				if n > 0 && total > maxBatchBytes {
					break
				}
				n++
			}
			if !yield(items[:n]) {
				return
			}
			items = items[n:]
		}
	}
}

// Refusals collect why documents of an InsertMany were left out. The zero value
// is ready.
type Refusals struct {
	kinds [3]error
}

// Add keeps the first refusal of each kind, and reports whether err is one: any
// other error is a failure, after which it is not known what was stored.
func (r *Refusals) Add(err error) bool {
	for n, kind := range []error{ErrDuplicate, ErrInvalid, ErrUnsupported} {
		if errors.Is(err, kind) {
			if r.kinds[n] == nil {
				r.kinds[n] = err
			}
			return true
		}
	}
	return false
}

// Join adds what others has.
func (r *Refusals) Join(others *Refusals) {
	for _, err := range others.kinds {
		if err != nil {
			r.Add(err)
		}
	}
}

// Err is nil, or an error that is each kind of refusal there was.
func (r *Refusals) Err() error {
	var alone error
	count := 0
	for _, err := range r.kinds {
		if err != nil {
			alone = err
			count++
		}
	}
	if count < 2 {
		return alone
	}
	return errors.Join(r.kinds[:]...)
}
