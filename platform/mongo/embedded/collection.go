package embedded

import (
	"context"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// What one sort may hold. MongoDB sorts as many bytes in memory.
const (
	maxSorted      = 100_000   // documents
	maxSortedBytes = 100 << 20 // of BSON
)

type collection struct {
	store *Store
	name  string
}

func (c *collection) Name() string { return c.name }

// view runs read on a snapshot. A collection that does not exist is empty, and
// read is not called.
func (c *collection) view(ctx context.Context, read func(*table) error) error {
	if err := mongo.CheckName(c.name); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return wrap(c.store.db.View(func(tx *bbolt.Tx) error {
		if b := tx.Bucket([]byte(c.name)); b != nil {
			return read(c.table(b))
		}
		return nil
	}))
}

func (c *collection) FindOne(ctx context.Context, filter bson.D, opts mongo.FindOptions) (bson.D, error) {
	opts.Limit = 1
	found, err := c.Find(ctx, filter, opts)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, mongo.ErrNotFound
	}
	return found[0], nil
}

func (c *collection) Find(ctx context.Context, filter bson.D, opts mongo.FindOptions) ([]bson.D, error) {
	m, err := newMatcher(filter)
	if err != nil {
		return nil, err
	}
	if opts.Skip < 0 {
		return nil, fmt.Errorf("%w: skip must not be negative", mongo.ErrInvalid)
	}
	if opts.Limit <= 0 {
		opts.Limit = mongo.MaxResults
	}
	o, err := newOrder(opts.Sort)
	if err != nil {
		return nil, err
	}
	p, err := newProjection(opts.Projection, m.query, o)
	if err != nil {
		return nil, err
	}
	var found []bson.D
	err = c.view(ctx, func(t *table) error {
		matches, err := search{table: t, matcher: m, order: o, without: p.without, skip: opts.Skip, limit: opts.Limit, bound: maxSorted, bytes: maxSortedBytes}.run(ctx)
		found = slices.Grow(found, len(matches))
		weight := mongo.Weight{Max: opts.MaxBytes}
		for i := range matches {
			if opts.MaxBytes > 0 { // to weigh takes time
				if err := weight.Add(matches[i].size()); err != nil {
					return err
				}
			}
			d, err := matches[i].document()
			if err != nil {
				return err
			}
			found = append(found, d)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	c.store.learner.suggest(c.name, m.wanted)
	return p.apply(found)
}

func (c *collection) Count(ctx context.Context, filter bson.D) (n int64, err error) {
	m, err := newMatcher(filter)
	if err != nil {
		return 0, err
	}
	err = c.view(ctx, func(t *table) error {
		n, err = search{table: t, matcher: m}.count(ctx)
		return err
	})
	return n, err
}

func (c *collection) Indexes(ctx context.Context) ([]mongo.Index, error) {
	var found []mongo.Index
	err := c.view(ctx, func(t *table) error {
		all, err := t.indexes()
		for _, i := range all {
			if !i.Learned {
				found = append(found, i.Index)
			}
		}
		return err
	})
	sortIndexes(found)
	return found, err
}
