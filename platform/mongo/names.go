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
	if problem := NameProblem(name); problem != "" {
		return fmt.Errorf("%w: collection name %s", ErrInvalid, problem)
	}
	return nil
}

// NameProblem says what keeps name from naming a collection, or "".
func NameProblem(name string) string {
	switch {
	case name == "":
		return "is empty"
	case len(name) > MaxNameLength:
		return fmt.Sprintf("is longer than %d bytes", MaxNameLength)
	case strings.ContainsRune(name, 0):
		return "holds a NUL"
	case strings.Contains(name, "$"):
		return "holds a $"
	case name[0] == '.':
		return "starts with a dot"
	case strings.HasPrefix(name, "system."):
		return "starts with system., which is MongoDB's own"
	}
	return ""
}
