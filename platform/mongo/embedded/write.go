package embedded

import (
	"context"
	"errors"

	"go.etcd.io/bbolt"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// update runs write with the collection, which is made when it is missing.
func (c *collection) update(ctx context.Context, write func(*table) error) error {
	return c.write(ctx, func(tx *bbolt.Tx) error {
		b, err := c.create(tx)
		if err != nil {
			return err
		}
		return write(c.table(b))
	})
}

// updateExisting does the same, but leaves a collection that does not exist as
// it is: nothing there can match.
func (c *collection) updateExisting(ctx context.Context, write func(*table) error) error {
	return c.write(ctx, func(tx *bbolt.Tx) error {
		if b := tx.Bucket([]byte(c.name)); b != nil {
			return write(c.table(b))
		}
		return nil
	})
}

func (c *collection) write(ctx context.Context, apply func(*bbolt.Tx) error) error {
	if err := mongo.CheckName(c.name); err != nil {
		return err
	}
	return c.store.writer.do(ctx, apply)
}

func (c *collection) create(tx *bbolt.Tx) (*bbolt.Bucket, error) {
	if b := tx.Bucket([]byte(c.name)); b != nil {
		return b, nil
	}
	b, err := tx.CreateBucket([]byte(c.name))
	if err != nil {
		return nil, err
	}
	for _, name := range [][]byte{docsBucket, indexesBucket} {
		if _, err := b.CreateBucket(name); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (c *collection) DeleteOne(ctx context.Context, filter bson.D) (int64, error) {
	return c.remove(ctx, filter, 1)
}

func (c *collection) DeleteMany(ctx context.Context, filter bson.D) (int64, error) {
	return c.remove(ctx, filter, 0)
}

// remove deletes matches, at most limit of them unless it is 0. They are found
// first: changing a bucket while walking through it would lead the cursor
// astray.
func (c *collection) remove(ctx context.Context, filter bson.D, limit int64) (int64, error) {
	m, err := newMatcher(filter)
	if err != nil {
		return 0, err
	}
	var count int64
	err = c.updateExisting(ctx, func(t *table) error {
		found, err := search{table: t, matcher: m, limit: limit}.run(ctx)
		if err != nil {
			return err
		}
		for i := range found {
			ch := change{id: found[i].id, before: found[i].raw}
			if err := ch.make(t); err != nil {
				return err
			}
		}
		count = int64(len(found))
		return nil
	})
	if err != nil {
		return 0, err
	}
	return count, nil
}

func (c *collection) EnsureIndexes(ctx context.Context, indexes ...mongo.Index) error {
	var failures []error
	for _, i := range indexes {
		err := c.update(ctx, func(t *table) error { return ensureIndex(t, newDefinition(i, false)) })
		failures = append(failures, err)
	}
	return errors.Join(failures...)
}

func (c *collection) Drop(ctx context.Context) error {
	return c.write(ctx, func(tx *bbolt.Tx) error {
		if tx.Bucket([]byte(c.name)) == nil {
			return nil
		}
		return tx.DeleteBucket([]byte(c.name))
	})
}
