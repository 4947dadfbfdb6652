package embedded

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/256dpi/lungo/bsonkit"
	"github.com/256dpi/lungo/mongokit"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// updater applies one update to the matches of one filter.
type updater struct {
	collection *collection
	matcher    *matcher
	filter     bson.D // as given, for an upsert
	update     bson.D
	upsert     bool
	order      order
	many       bool

	result        mongo.UpdateResult
	before, after bson.D // of the last document
}

func (c *collection) newUpdater(filter, update bson.D, upsert bool) (*updater, error) {
	m, err := newMatcher(filter)
	if err != nil {
		return nil, err
	}
	u := &updater{collection: c, matcher: m, upsert: upsert}
	if u.filter, err = normal(filter); err != nil {
		return nil, err
	}
	if u.update, err = normal(update); err != nil {
		return nil, err
	}
	return u, checkUpdate(u.update)
}

// maxUpdated bounds the fields that one update names. Each is looked for in the
// document, and all other writes wait until it is done.
const maxUpdated = 1000

func checkUpdate(update bson.D) error {
	if len(update) == 0 {
		return fmt.Errorf("%w: an update needs operators", mongo.ErrInvalid)
	}
	fields := 0
	for _, op := range update {
		if !strings.HasPrefix(op.Key, "$") {
			return fmt.Errorf("%w: an update takes operators, not the field %q", mongo.ErrInvalid, op.Key)
		}
		if mongokit.FieldUpdateOperators[op.Key] == nil {
			return fmt.Errorf("%w: the operator %s", mongo.ErrUnsupported, op.Key)
		}
		targets, ok := op.Value.(bson.D)
		if !ok {
			return fmt.Errorf("%w: %s takes a document", mongo.ErrInvalid, op.Key)
		}
		if fields += len(targets); fields > maxUpdated {
			return fmt.Errorf("%w: an update names at most %d fields", mongo.ErrInvalid, maxUpdated)
		}
	}
	return nil
}

func (c *collection) UpdateOne(ctx context.Context, filter, update bson.D, opts mongo.UpdateOptions) (mongo.UpdateResult, error) {
	return c.updateMatches(ctx, filter, update, opts, false)
}

func (c *collection) UpdateMany(ctx context.Context, filter, update bson.D, opts mongo.UpdateOptions) (mongo.UpdateResult, error) {
	return c.updateMatches(ctx, filter, update, opts, true)
}

func (c *collection) updateMatches(ctx context.Context, filter, update bson.D, opts mongo.UpdateOptions, many bool) (mongo.UpdateResult, error) {
	u, err := c.newUpdater(filter, update, opts.Upsert)
	if err != nil {
		return mongo.UpdateResult{}, err
	}
	u.many = many
	err = u.do(ctx)
	return u.result, err
}

func (c *collection) FindOneAndUpdate(ctx context.Context, filter, update bson.D, opts mongo.FindUpdateOptions) (bson.D, error) {
	u, err := c.newUpdater(filter, update, opts.Upsert)
	if err != nil {
		return nil, err
	}
	if u.order, err = newOrder(opts.Sort); err != nil {
		return nil, err
	}
	if err := u.do(ctx); err != nil {
		return nil, err
	}
	found := u.before
	if opts.After {
		found = u.after
	}
	if found == nil {
		return nil, mongo.ErrNotFound
	}
	return found, nil
}

func (u *updater) do(ctx context.Context) error {
	write := u.collection.updateExisting
	if u.upsert {
		write = u.collection.update
	}
	return write(ctx, func(t *table) error { return u.run(ctx, t) })
}

// run may be called again when its transaction was spoilt, so it starts afresh.
func (u *updater) run(ctx context.Context, t *table) error {
	u.result, u.before, u.after = mongo.UpdateResult{}, nil, nil
	s := search{table: t, matcher: u.matcher, order: u.order, limit: 1}
	if u.many {
		s.limit = 0
	}
	matches, err := s.run(ctx)
	if err != nil {
		return err
	}
	if len(matches) == 0 && u.upsert {
		return u.insert(t)
	}
	for i := range matches {
		if err := u.apply(t, &matches[i]); err != nil {
			return err
		}
	}
	return nil
}

func (u *updater) apply(t *table, m *match) error {
	before, err := m.document()
	if err != nil {
		return err
	}
	after, err := applied(before, u.filter, u.update, false)
	if err != nil {
		return err
	}
	if id, _ := doc.Get(after, "_id"); !bytes.Equal(appendKey(nil, id), m.id) {
		return fmt.Errorf("%w: an update must not change _id", mongo.ErrInvalid)
	}
	raw, err := encode(after)
	if err != nil {
		return err
	}
	u.before, u.after = before, after
	u.result.Matched++
	if bytes.Equal(m.raw, raw) {
		return nil
	}
	ch := change{id: m.id, before: m.raw, after: raw}
	if err := ch.make(t); err != nil {
		return err
	}
	u.result.Modified++
	return nil
}

func (u *updater) insert(t *table) error {
	base, err := mongokit.Extract(&u.filter)
	if err != nil {
		return fmt.Errorf("%w: %w", mongo.ErrInvalid, err)
	}
	document, err := applied(*base, u.filter, u.update, true)
	if err != nil {
		return err
	}
	document, _ = withID(document)
	var e encoder
	raw, key, id, err := e.document(document)
	if err != nil {
		return err
	}
	if err := t.insert(key, raw); err != nil {
		return err
	}
	u.after, u.result.UpsertedID = document, id
	return nil
}

// applied returns what the update makes of a document, leaving it as it is.
func applied(d, filter, update bson.D, upsert bool) (after bson.D, err error) {
	defer func() {
		if p := recover(); p != nil {
			after, err = nil, fmt.Errorf("%w: %v", mongo.ErrInvalid, p)
		}
	}()
	changed := bsonkit.Clone(&d)
	// The values of the update become part of the document: it needs its own.
	if _, err := mongokit.Apply(changed, &filter, bsonkit.Clone(&update), upsert, nil); err != nil {
		return nil, fmt.Errorf("%w: %w", mongo.ErrInvalid, err)
	}
	return normal(*changed)
}
