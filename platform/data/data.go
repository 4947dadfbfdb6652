// Package data gives workflows their data: a handle bound to an owner, behind
// which the rules of engine.md hold whatever the workflow says. Platform
// collections are out of reach, passwords are hashed on their way in and never
// come out, ids match in either form, and results are bounded.
package data

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/auth"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/users"
)

const (
	defaultLimit = 100
	maxLimit     = 1000
	maxDocument  = 15 << 20 // bytes of JSON; BSON's own limit is 16 MB
)

// Provider hands out data handles.
type Provider struct {
	store     mongo.Store
	mode      Mode
	passwords *auth.Passwords
	now       func() time.Time
	indexed   indexed
}

// NewProvider returns a provider of the store's collections.
func NewProvider(store mongo.Store, mode Mode, passwords *auth.Passwords, now func() time.Time) *Provider {
	return &Provider{store: store, mode: mode, passwords: passwords, now: now}
}

// For returns the data of an owner.
func (p *Provider) For(owner string) engine.Data {
	return &handle{Provider: p, owner: owner, prefix: p.mode.prefix(owner)}
}

// Users returns those who can log in to an owner's workflows.
func (p *Provider) Users(owner string) *users.Directory {
	return users.NewDirectory(p.store.Collection(p.mode.prefix(owner)+users.Collection), p.passwords, p.now)
}

type handle struct {
	*Provider
	owner, prefix string
}

func (h *handle) FindOne(ctx context.Context, name string, q engine.Query) (doc.Object, error) {
	c, filter, err := h.matching(name, q.Filter)
	if err != nil {
		return nil, err
	}
	found, err := c.FindOne(ctx, filter, mongo.FindOptions{Sort: q.Sort, Projection: q.Projection})
	if err != nil {
		return nil, orNone(err)
	}
	return reveal(name, found), nil
}

func (h *handle) Find(ctx context.Context, name string, q engine.Query) ([]doc.Object, error) {
	c, filter, err := h.matching(name, q.Filter)
	if err != nil {
		return nil, err
	}
	limit := q.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	found, err := c.Find(ctx, filter, mongo.FindOptions{Sort: q.Sort, Projection: q.Projection, Limit: min(limit, maxLimit)})
	if err != nil {
		return nil, explain(err)
	}
	for i := range found {
		found[i] = reveal(name, found[i])
	}
	return found, nil
}

func (h *handle) Insert(ctx context.Context, name string, document doc.Object) (doc.Object, error) {
	c, err := h.collection(name)
	if err != nil {
		return nil, err
	}
	if !doc.Fits(document, maxDocument) {
		return nil, engine.FieldError("data", "must be at most %d MB", maxDocument>>20)
	}
	if name == users.Collection && h.mode == Isolated {
		if err := h.indexed.ensure(ctx, h.owner, c); err != nil {
			return nil, err
		}
	}
	document, err = h.seal(ctx, name, h.stamp(withID(document)))
	if err != nil {
		return nil, err
	}
	if _, err := c.InsertOne(ctx, document); err != nil {
		return nil, explain(err)
	}
	return hide(name, document), nil
}

func (h *handle) UpdateOne(ctx context.Context, name string, filter, update doc.Object) (doc.Object, error) {
	c, filter, update, err := h.prepareUpdate(ctx, name, filter, update)
	if err != nil {
		return nil, err
	}
	after, err := c.FindOneAndUpdate(ctx, filter, update, mongo.FindUpdateOptions{After: true})
	if err != nil {
		return nil, orNone(err)
	}
	return reveal(name, after), nil
}

func (h *handle) UpdateMany(ctx context.Context, name string, filter, update doc.Object) (matched, modified int64, err error) {
	c, filter, update, err := h.prepareUpdate(ctx, name, filter, update)
	if err != nil {
		return 0, 0, err
	}
	result, err := c.UpdateMany(ctx, filter, update, mongo.UpdateOptions{})
	if err != nil {
		return 0, 0, explain(err)
	}
	return result.Matched, result.Modified, nil
}

func (h *handle) Delete(ctx context.Context, name string, filter doc.Object, many bool) (int64, error) {
	c, filter, err := h.matching(name, filter)
	if err != nil {
		return 0, err
	}
	remove := c.DeleteOne
	if many {
		remove = c.DeleteMany
	}
	count, err := remove(ctx, filter)
	if err != nil {
		return 0, explain(err)
	}
	return count, nil
}

// matching returns a collection of the owner's and a filter as it is sent there.
func (h *handle) matching(name string, filter doc.Object) (mongo.Collection, doc.Object, error) {
	c, err := h.collection(name)
	if err != nil {
		return nil, nil, err
	}
	if err := checkFilter(filter); err != nil {
		return nil, nil, err
	}
	return c, matchIDs(filter), nil
}

func (h *handle) prepareUpdate(ctx context.Context, name string, filter, update doc.Object) (mongo.Collection, doc.Object, doc.Object, error) {
	c, filter, err := h.matching(name, filter)
	if err != nil {
		return nil, nil, nil, err
	}
	if update, err = h.sealUpdate(ctx, name, update); err != nil {
		return nil, nil, nil, err
	}
	fields := doc.Child(update, "$set")
	if _, given := doc.Get(fields, "updatedAt"); !given {
		fields = append(fields, doc.Field{Key: "updatedAt", Value: primitive.NewDateTimeFromTime(h.now())})
	}
	return c, filter, doc.Set(update, "$set", fields), nil
}

// withID puts the _id first, as MongoDB does, making one when there is none.
func withID(document doc.Object) doc.Object {
	id, given := doc.Get(document, "_id")
	if s, ok := id.(string); ok {
		if oid, ok := objectID(s); ok {
			id = oid
		}
	}
	if !given || id == nil || id == "" {
		id = primitive.NewObjectID()
	}
	out := make(doc.Object, 0, len(document)+4)
	out = append(out, doc.Field{Key: "_id", Value: id})
	return append(out, doc.Without(document, "_id")...)
}

// stamp adds the dates that the store keeps for every document.
func (h *handle) stamp(document doc.Object) doc.Object {
	now := primitive.NewDateTimeFromTime(h.now())
	for _, key := range []string{"createdAt", "updatedAt"} {
		if _, given := doc.Get(document, key); !given {
			document = append(document, doc.Field{Key: key, Value: now})
		}
	}
	return document
}

// orNone turns "not found" into no document and no error.
func orNone(err error) error {
	if errors.Is(err, mongo.ErrNotFound) {
		return nil
	}
	return explain(err)
}

// explain turns a store's error into one that callers may see.
func explain(err error) error {
	var duplicate *mongo.DuplicateError
	switch {
	case errors.As(err, &duplicate):
		return &engine.Error{Kind: engine.Failed, Code: "DUPLICATE", Cause: err,
			Message: "A document with the same " + indexText(duplicate.Index) + " already exists in " + plainName(duplicate.Collection)}
	case errors.Is(err, mongo.ErrUnavailable):
		return &engine.Error{Kind: engine.Unavailable, Code: "UNAVAILABLE", Message: "The database does not answer", Cause: err}
	case errors.Is(err, mongo.ErrUnsupported), errors.Is(err, mongo.ErrInvalid):
		return &engine.Error{Kind: engine.Failed, Code: "INVALID_QUERY", Message: err.Error(), Cause: err}
	}
	return err
}

// indexText names the fields of an index for people: "emailKey_1" is the e-mail.
func indexText(index string) string {
	switch index {
	case "", "_id", "_id_":
		return "_id"
	case users.EmailKey + "_1":
		return "email"
	}
	return index
}
