package mongo

import (
	"errors"
	"fmt"
	"strings"
)

// The kinds of error that callers tell apart with errors.Is.
var (
	ErrNotFound    = errors.New("document not found")
	ErrDuplicate   = errors.New("duplicate key")
	ErrUnsupported = errors.New("not supported by the store")
	ErrInvalid     = errors.New("invalid query")
	ErrUnavailable = errors.New("store unavailable")
)

// DuplicateError is the ErrDuplicate of one index. It names the index, never
// the value, which may be private.
type DuplicateError struct {
	Collection, Index string
}

func (e *DuplicateError) Error() string {
	return fmt.Sprintf("duplicate key in %s (index %s)", e.Collection, e.Index)
}

// Is makes errors.Is(err, ErrDuplicate) hold.
func (e *DuplicateError) Is(target error) bool { return target == ErrDuplicate }

// IndexError reports a unique index that stored documents break. Values holds
// some of the offending keys, for the operator's log.
type IndexError struct {
	Collection string
	Index      Index
	Values     []string
}

func (e *IndexError) Error() string {
	return fmt.Sprintf("unique index %s on %s cannot be made, these values occur more than once: %s",
		e.Index.Name(), e.Collection, strings.Join(e.Values, ", "))
}
