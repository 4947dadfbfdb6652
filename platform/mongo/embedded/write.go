package embedded

import (
	"bytes"
	"context"
	"errors"

	"go.etcd.io/bbolt"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// update runs write with the collection's bucket, which is made when it is
// missing.
func (c *collection) update(ctx context.Context, write func(*bbolt.Bucket) error) error {
	return c.write(ctx, func(tx *bbolt.Tx) error {
		b, err := c.create(tx)
		if err != nil {
			return err
		}
		return write(b)
	})
}

// updateExisting does the same, but leaves a collection that does not exist as
// it is: nothing there can match.
func (c *collection) updateExisting(ctx context.Context, write func(*bbolt.Bucket) error) error {
	return c.write(ctx, func(tx *bbolt.Tx) error {
		if b := tx.Bucket([]byte(c.name)); b != nil {
			return write(b)
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

// change is a document before and after a write; either may be missing.
type change struct {
	id            []byte
	before, after bson.D
}

// make checks every unique index, then writes the document and its entries: it
// either refuses before it has changed anything, or does it all.
func (ch *change) make(b *bbolt.Bucket, collection string) error {
	indexes, err := indexesOf(b)
	if err != nil {
		return err
	}
	var raw []byte
	if ch.after != nil {
		if raw, err = encode(ch.after); err != nil {
			return err
		}
	}
	old, fresh := make([][][]byte, len(indexes)), make([][][]byte, len(indexes))
	for n := range indexes {
		i := &indexes[n]
		if ch.before != nil {
			if old[n], err = i.keys(ch.before); err != nil {
				return err
			}
		}
		if ch.after != nil {
			if fresh[n], err = i.keys(ch.after); err != nil {
				return err
			}
		}
		if i.Unique && i.taken(fresh[n], ch.id) {
			return &mongo.DuplicateError{Collection: collection, Index: i.Name()}
		}
	}
	for n := range indexes {
		if err := indexes[n].remove(old[n], ch.id); err != nil {
			return err
		}
		if err := indexes[n].put(fresh[n], ch.id); err != nil {
			return err
		}
	}
	if ch.after == nil {
		return b.Bucket(docsBucket).Delete(ch.id)
	}
	return b.Bucket(docsBucket).Put(ch.id, raw)
}

func (c *collection) DeleteOne(ctx context.Context, filter bson.D) (int64, error) {
	return c.remove(ctx, filter, 1)
}

func (c *collection) DeleteMany(ctx context.Context, filter bson.D) (int64, error) {
	return c.remove(ctx, filter, 0)
}

// remove deletes matches, at most limit of them unless it is 0.
func (c *collection) remove(ctx context.Context, filter bson.D, limit int) (int64, error) {
	m, err := newMatcher(filter)
	if err != nil {
		return 0, err
	}
	var count int64
	err = c.updateExisting(ctx, func(b *bbolt.Bucket) error {
		matches, err := collect(ctx, b, m, limit)
		if err != nil {
			return err
		}
		for i := range matches {
			if err := matches[i].make(b, c.name); err != nil {
				return err
			}
		}
		count = int64(len(matches))
		return nil
	})
	if err != nil {
		return 0, err
	}
	return count, nil
}

// collect finds what a write is about to change: changing a bucket while
// walking through it would lead the cursor astray.
func collect(ctx context.Context, b *bbolt.Bucket, m *matcher, limit int) ([]change, error) {
	var matches []change
	err := each(ctx, b, m, func(id []byte, d bson.D) error {
		matches = append(matches, change{id: bytes.Clone(id), before: d})
		if limit > 0 && len(matches) == limit {
			return errEnough
		}
		return nil
	})
	return matches, err
}

func (c *collection) EnsureIndexes(ctx context.Context, indexes ...mongo.Index) error {
	var failures []error
	for _, i := range indexes {
		err := c.update(ctx, func(b *bbolt.Bucket) error { return ensureIndex(b, c.name, definition{Index: i}) })
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
