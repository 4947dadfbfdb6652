package data

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"sync"

	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/users"
)

// Mode says whose data is whose.
type Mode int

const (
	// Shared is one database for the workflows of all owners, and for the
	// accounts: that of the old backend.
	Shared Mode = iota
	// Isolated gives every owner collections of their own. Their `users` are the
	// users of their workflows, and the platform's accounts are out of reach.
	Isolated
)

// isolatedPrefix begins the names under which isolated collections are stored:
// "owners.<owner>.<collection>".
const isolatedPrefix = "owners."

var accountID = regexp.MustCompile(`^[0-9a-f]{24}$`)

// prefix begins the names of an owner's collections in the store. Owners that are
// no accounts, from before a login was required, may have any name.
func (m Mode) prefix(owner string) string {
	if m == Shared {
		return ""
	}
	if !accountID.MatchString(owner) {
		sum := sha256.Sum256([]byte(owner))
		owner = hex.EncodeToString(sum[:16])
	}
	return isolatedPrefix + owner + "."
}

// maxIndexed bounds how many owners are remembered as having their indexes.
const maxIndexed = 10_000

// indexed remembers which owners' users have their indexes.
type indexed struct {
	mu     sync.Mutex
	owners map[string]struct{}
}

// ensure makes the indexes of an owner's users before the first of them is
// stored. Those of the shared database are made at start.
func (x *indexed) ensure(ctx context.Context, owner string, c mongo.Collection) error {
	x.mu.Lock()
	_, done := x.owners[owner]
	x.mu.Unlock()
	if done {
		return nil
	}
	if err := users.EnsureIndexes(ctx, c); err != nil {
		return explain(err)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.owners == nil || len(x.owners) >= maxIndexed {
		x.owners = map[string]struct{}{}
	}
	x.owners[owner] = struct{}{}
	return nil
}

// collection returns one of the owner's collections.
func (h *handle) collection(name string) (mongo.Collection, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	if most := mongo.MaxNameLength - len(h.prefix); len(name) > most {
		return nil, engine.FieldError("collection", "is longer than %d bytes", most)
	}
	return h.store.Collection(h.prefix + name), nil
}

// plainName is the name by which a workflow knows a stored collection.
func plainName(stored string) string {
	if rest, ok := strings.CutPrefix(stored, isolatedPrefix); ok {
		_, name, _ := strings.Cut(rest, ".")
		return name
	}
	return stored
}
