package data

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
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

// Prefix begins the names of an owner's collections in the store. Owners that are
// no accounts, from before a login was required, may have any name.
func (m Mode) Prefix(owner string) string {
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

// indexed remembers which owners' users have their indexes, and in which store.
type indexed struct {
	mu     sync.Mutex
	owners map[indexedAt]struct{}
}

type indexedAt struct{ owner, store string }

// ensure makes the indexes of an owner's users before the first of them is
// stored. Those of the shared database are made at start. A database of the owner's
// whose users break the unique rule goes on without that index.
func (x *indexed) ensure(ctx context.Context, owner string, c place) error {
	at := indexedAt{owner, c.store}
	x.mu.Lock()
	_, done := x.owners[at]
	x.mu.Unlock()
	if done {
		return nil
	}
	err := users.EnsureIndexes(ctx, c)
	if err != nil && (!c.own || !errors.As(err, new(*mongo.IndexError))) {
		return explain(err)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.owners == nil || len(x.owners) >= maxIndexed {
		x.owners = map[indexedAt]struct{}{}
	}
	x.owners[at] = struct{}{}
	return nil
}

// place is a collection where it is: in the platform's store or in a database of
// the owner's.
type place struct {
	mongo.Collection
	release  func()
	own      bool   // it is in a database of the owner's
	store    string // what that is called
	ownUsers bool   // its users are not the accounts
}

// collection opens one of the owner's collections.
func (h *Handle) collection(ctx context.Context, name string) (place, error) {
	if err := CheckName(name); err != nil {
		return place{}, err
	}
	return h.open(ctx, name)
}

// CheckName refuses collections that cannot hold the owner's data.
func (h *Handle) CheckName(name string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	return h.fits(name)
}

// fits leaves room for the name of the owner.
func (h *Handle) fits(name string) error {
	if most := mongo.MaxNameLength - len(h.prefix); len(name) > most {
		return engine.FieldError("collection", "is longer than %d bytes", most)
	}
	return nil
}

func (h *Handle) open(ctx context.Context, name string) (place, error) {
	if own := h.provider.opts.Own; own != nil {
		store, release, err := own.Of(ctx, h.owner)
		if err != nil {
			return place{}, explain(err)
		}
		if store != nil {
			return place{Collection: store.Collection(name), release: release, own: true, store: store.String(), ownUsers: true}, nil
		}
	}
	if err := h.fits(name); err != nil {
		return place{}, err
	}
	return place{Collection: h.provider.store.Collection(h.prefix + name), release: func() {}, ownUsers: h.provider.opts.Mode == Isolated}, nil
}

// plainName is the name by which a workflow knows a stored collection.
func plainName(stored string) string {
	if rest, ok := strings.CutPrefix(stored, isolatedPrefix); ok {
		_, name, _ := strings.Cut(rest, ".")
		return name
	}
	return stored
}
