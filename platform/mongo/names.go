package mongo

import (
	"fmt"
	"strings"
)

// MaxNameLength bounds a collection name, in bytes: MongoDB allows 255 for
// database and collection together on every version still in use.
const MaxNameLength = 120

// CheckName reports whether name can name a collection on every backend. Its
// error is an ErrInvalid.
func CheckName(name string) error {
	reason := ""
	switch {
	case name == "":
		reason = "is empty"
	case len(name) > MaxNameLength:
		reason = fmt.Sprintf("is longer than %d bytes", MaxNameLength)
	case strings.ContainsRune(name, 0):
		reason = "holds a NUL"
	case strings.Contains(name, "$"):
		reason = "holds a $"
	case strings.HasPrefix(name, "system."):
		reason = "starts with system., which is MongoDB's own"
	default:
		return nil
	}
	return fmt.Errorf("%w: collection name %s", ErrInvalid, reason)
}
