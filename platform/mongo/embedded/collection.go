package embedded

import (
	"context"
	"errors"
	"fmt"

	"github.com/256dpi/lungo/mongokit"
	"go.etcd.io/bbolt"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

const (
	checkEvery = 256     // documents between two looks at the context
	maxSorted  = 100_000 // documents that one sort may hold
)

// errEnough ends a scan that has found what it needs.
var errEnough = errors.New("enough")

type collection struct {
	store *Store
	name  string
}

func (c *collection) Name() string { return c.name }

// view runs read on a snapshot. A collection that does not exist is empty, and
// read is not called.
func (c *collection) view(ctx context.Context, read func(*bbolt.Bucket) error) error {
	if err := mongo.CheckName(c.name); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return wrap(c.store.db.View(func(tx *bbolt.Tx) error {
		if b := tx.Bucket([]byte(c.name)); b != nil {
			return read(b)
		}
		return nil
	}))
}

// each calls visit with every match until it returns errEnough.
func each(ctx context.Context, b *bbolt.Bucket, m *matcher, visit func(id []byte, d bson.D) error) error {
	seen := 0
	missed, err := candidates(b, m.query, func(id, raw []byte) error {
		if seen++; seen%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		d, ok, err := m.matchRaw(raw)
		if err != nil || !ok {
			return err
		}
		return visit(id, d)
	})
	if seen > scanLimit {
		m.wanted = bestField(missed)
	}
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
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
	enough := opts.Skip + opts.Limit
	if len(opts.Sort) > 0 {
		enough = maxSorted + 1
	}
	var found []bson.D
	err = c.view(ctx, func(b *bbolt.Bucket) error {
		return each(ctx, b, m, func(_ []byte, d bson.D) error {
			found = append(found, d)
			if int64(len(found)) >= enough {
				return errEnough
			}
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	c.store.learner.suggest(c.name, m.wanted)
	return arrange(found, opts)
}

// arrange sorts, cuts and projects what was found.
func arrange(found []bson.D, opts mongo.FindOptions) ([]bson.D, error) {
	if len(opts.Sort) > 0 {
		if len(found) > maxSorted {
			return nil, fmt.Errorf("%w: more than %d documents to sort, narrow the filter", mongo.ErrInvalid, maxSorted)
		}
		var err error
		if found, err = sorted(found, opts.Sort); err != nil {
			return nil, err
		}
	}
	found = found[min(opts.Skip, int64(len(found))):]
	found = found[:min(opts.Limit, int64(len(found)))]
	if len(opts.Projection) == 0 {
		return found, nil
	}
	projection, err := normal(opts.Projection)
	if err != nil {
		return nil, err
	}
	for i := range found {
		projected, err := mongokit.Project(&found[i], &projection)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", mongo.ErrInvalid, err)
		}
		found[i] = *projected
	}
	return found, nil
}

func sorted(found []bson.D, by bson.D) ([]bson.D, error) {
	by, err := normal(by)
	if err != nil {
		return nil, err
	}
	list := make([]*bson.D, len(found))
	for i := range found {
		list[i] = &found[i]
	}
	list, err = mongokit.Sort(list, &by)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", mongo.ErrInvalid, err)
	}
	out := make([]bson.D, len(list))
	for i := range list {
		out[i] = *list[i]
	}
	return out, nil
}

func (c *collection) Count(ctx context.Context, filter bson.D) (n int64, err error) {
	m, err := newMatcher(filter)
	if err != nil {
		return 0, err
	}
	err = c.view(ctx, func(b *bbolt.Bucket) error {
		return each(ctx, b, m, func([]byte, bson.D) error { n++; return nil })
	})
	return n, err
}

func (c *collection) Indexes(ctx context.Context) ([]mongo.Index, error) {
	var found []mongo.Index
	err := c.view(ctx, func(b *bbolt.Bucket) error {
		all, err := indexesOf(b)
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
