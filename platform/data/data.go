// Package data gives workflows their data: a handle bound to an owner, behind
// which the rules of engine.md hold whatever the workflow says. Platform
// collections are out of reach, passwords are hashed on their way in and never
// come out, ids match in either form, and results are bounded.
package data

import (
	"context"
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
	maxDocument  = 15 << 20 // bytes of JSON; BSON's own limit is 16 MB
	maxFound     = 32 << 20 // bytes of BSON that one find returns
)

// MaxLimit is the most documents that one find returns.
const MaxLimit = 1000

// Options of a Provider.
type Options struct {
	Mode      Mode
	Passwords *auth.Passwords
	Own       Databases // nil: nobody has a database of their own
	Shapes    Shapes    // nil: no collection has a definition
	Clock     func() time.Time
}

// Databases are those that owners have connected.
type Databases interface {
	// Of returns the owner's database, nil without one. It must be released when
	// it is no longer used. One that cannot be reached is a mongo.ErrUnavailable.
	Of(ctx context.Context, owner string) (store mongo.Store, release func(), err error)
}

// Provider hands out data handles.
type Provider struct {
	store   mongo.Store
	opts    Options
	indexed indexed
}

// NewProvider returns a provider of the store's collections.
func NewProvider(store mongo.Store, opts Options) *Provider {
	return &Provider{store: store, opts: opts}
}

// For returns the data of an owner.
func (p *Provider) For(owner string) *Handle {
	return &Handle{provider: p, owner: owner, prefix: p.opts.Mode.Prefix(owner)}
}

// Users returns those who can log in to an owner's workflows.
func (p *Provider) Users(owner string) *users.Directory {
	h := p.For(owner)
	return users.NewDirectory(func(ctx context.Context) (mongo.Collection, func(), error) {
		at, err := h.open(ctx, users.Collection)
		return at.Collection, at.release, err
	}, p.opts.Passwords, p.opts.Clock)
}

// Handle is the data of an owner.
type Handle struct {
	provider      *Provider
	owner, prefix string
}

var _ engine.Data = (*Handle)(nil)

// FindOne returns the first match, or nil.
func (h *Handle) FindOne(ctx context.Context, name string, q engine.Query) (doc.Object, error) {
	c, filter, err := h.matching(ctx, name, q.Filter)
	if err != nil {
		return nil, err
	}
	defer c.release()
	found, err := c.FindOne(ctx, filter, mongo.FindOptions{Sort: q.Sort, Projection: q.Projection})
	if err != nil {
		return nil, orNone(err)
	}
	return reveal(name, found), nil
}

// Find returns the matches, at most q.Limit.
func (h *Handle) Find(ctx context.Context, name string, q engine.Query) ([]doc.Object, error) {
	c, filter, err := h.matching(ctx, name, q.Filter)
	if err != nil {
		return nil, err
	}
	defer c.release()
	q.Filter, q.Limit = filter, limited(q.Limit)
	return c.find(ctx, name, q)
}

func limited(limit int64) int64 {
	if limit <= 0 {
		return defaultLimit
	}
	return min(limit, MaxLimit)
}

func (c place) find(ctx context.Context, name string, q engine.Query) ([]doc.Object, error) {
	found, err := c.Find(ctx, q.Filter, mongo.FindOptions{Sort: q.Sort, Projection: q.Projection, Skip: q.Skip, Limit: q.Limit, MaxBytes: maxFound})
	if err != nil {
		return nil, explain(err)
	}
	for i := range found {
		found[i] = reveal(name, found[i])
	}
	return found, nil
}

// Count returns how many documents match.
func (h *Handle) Count(ctx context.Context, name string, filter doc.Object) (int64, error) {
	c, filter, err := h.matching(ctx, name, filter)
	if err != nil {
		return 0, err
	}
	defer c.release()
	count, err := c.Count(ctx, filter)
	if err != nil {
		return 0, explain(err)
	}
	return count, nil
}

// EnsureIndexes makes indexes on a collection. Documents that break a unique one
// are a *mongo.IndexError.
func (h *Handle) EnsureIndexes(ctx context.Context, name string, indexes ...mongo.Index) error {
	c, err := h.collection(ctx, name)
	if err != nil {
		return err
	}
	defer c.release()
	if err := c.EnsureIndexes(ctx, indexes...); err != nil {
		return explain(err)
	}
	return nil
}

// Insert stores a document and returns it as stored, without secrets.
func (h *Handle) Insert(ctx context.Context, name string, document doc.Object) (doc.Object, error) {
	if !doc.Fits(document, maxDocument) {
		return nil, engine.FieldError("data", "must be at most %d MB", maxDocument>>20)
	}
	c, err := h.collection(ctx, name)
	if err != nil {
		return nil, err
	}
	defer c.release()
	if err := h.checkDocument(ctx, name, document); err != nil {
		return nil, err
	}
	if name == users.Collection && c.ownUsers {
		if err := h.provider.indexed.ensure(ctx, h.owner, c); err != nil {
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
	h.learn(name, c, document)
	return hide(name, document), nil
}

// UpdateOne returns the document after the update, or nil without a match.
func (h *Handle) UpdateOne(ctx context.Context, name string, filter, update doc.Object) (doc.Object, error) {
	c, filter, update, err := h.prepareUpdate(ctx, name, filter, update)
	if err != nil {
		return nil, err
	}
	defer c.release()
	after, err := c.FindOneAndUpdate(ctx, filter, update, mongo.FindUpdateOptions{After: true})
	if err != nil {
		return nil, orNone(err)
	}
	h.learn(name, c, doc.Child(update, "$set"))
	return reveal(name, after), nil
}

// UpdateMany returns how many documents matched and how many changed.
func (h *Handle) UpdateMany(ctx context.Context, name string, filter, update doc.Object) (matched, modified int64, err error) {
	c, filter, update, err := h.prepareUpdate(ctx, name, filter, update)
	if err != nil {
		return 0, 0, err
	}
	defer c.release()
	result, err := c.UpdateMany(ctx, filter, update, mongo.UpdateOptions{})
	if err != nil {
		return 0, 0, explain(err)
	}
	if result.Matched > 0 {
		h.learn(name, c, doc.Child(update, "$set"))
	}
	return result.Matched, result.Modified, nil
}

// Delete deletes the first match, or every match, and counts.
func (h *Handle) Delete(ctx context.Context, name string, filter doc.Object, many bool) (int64, error) {
	c, filter, err := h.matching(ctx, name, filter)
	if err != nil {
		return 0, err
	}
	defer c.release()
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

// matching opens a collection and returns a filter as it is sent there.
func (h *Handle) matching(ctx context.Context, name string, filter doc.Object) (place, doc.Object, error) {
	if err := checkFilter(filter); err != nil {
		return place{}, nil, err
	}
	c, err := h.collection(ctx, name)
	return c, matchIDs(filter), err
}

func (h *Handle) prepareUpdate(ctx context.Context, name string, filter, update doc.Object) (place, doc.Object, doc.Object, error) {
	if err := h.checkUpdate(ctx, name, update); err != nil {
		return place{}, nil, nil, err
	}
	update, err := h.sealUpdate(ctx, name, update)
	if err != nil {
		return place{}, nil, nil, err
	}
	fields := doc.Child(update, "$set")
	if _, given := doc.Get(fields, "updatedAt"); !given {
		fields = append(fields, doc.Field{Key: "updatedAt", Value: primitive.NewDateTimeFromTime(h.provider.opts.Clock())})
	}
	c, filter, err := h.matching(ctx, name, filter)
	return c, filter, doc.Set(update, "$set", fields), err
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
func (h *Handle) stamp(document doc.Object) doc.Object {
	now := primitive.NewDateTimeFromTime(h.provider.opts.Clock())
	for _, key := range []string{"createdAt", "updatedAt"} {
		if _, given := doc.Get(document, key); !given {
			document = append(document, doc.Field{Key: key, Value: now})
		}
	}
	return document
}
