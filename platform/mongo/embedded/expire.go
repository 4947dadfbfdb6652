package embedded

import (
	"bytes"
	"context"
	"time"

	"go.mongodb.org/mongo-driver/bson/primitive"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

const (
	sweepEvery = time.Hour
	sweepBatch = 500 // documents that one write deletes
)

// sweep deletes expired documents now and every hour, until ctx ends.
func (s *Store) sweep(ctx context.Context) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		if n, err := s.ExpireNow(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("deleting expired documents", zap.Error(err))
		} else if n > 0 {
			s.log.Debug("deleted expired documents", zap.Int64("count", n))
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// ExpireNow deletes the documents whose time has passed (Index.Expire) and
// returns how many there were.
func (s *Store) ExpireNow(ctx context.Context) (int64, error) {
	names, err := s.Collections(ctx)
	if err != nil {
		return 0, err
	}
	var total int64
	for _, name := range names {
		c := &collection{store: s, name: name}
		indexes, err := c.Indexes(ctx)
		if err != nil {
			return total, err
		}
		for _, i := range indexes {
			if !i.Expire {
				continue
			}
			n, err := c.expire(ctx, i)
			if total += n; err != nil {
				return total, err
			}
		}
	}
	return total, nil
}

// expire deletes, in batches, what an expiry index has before the present.
func (c *collection) expire(ctx context.Context, i mongo.Index) (int64, error) {
	first := appendKey(nil, primitive.DateTime(-1<<63))
	now := primitive.NewDateTimeFromTime(c.store.now())
	end := appendKey(nil, now+1)
	var total int64
	for ctx.Err() == nil {
		var n int64
		err := c.updateExisting(ctx, func(t *table) error {
			var due []change
			seen := map[string]bool{} // a list of times is several entries
			cursor := t.bucket.Bucket([]byte(indexPrefix + i.Name())).Cursor()
			for k, id := cursor.Seek(first); k != nil && bytes.Compare(k, end) < 0 && len(due) < sweepBatch; k, id = cursor.Next() {
				if !seen[string(id)] {
					seen[string(id)] = true
					due = append(due, change{id: id, before: t.docs.Get(id)})
				}
			}
			n = int64(len(due))
			for d := range due {
				if err := due[d].make(t); err != nil {
					return err
				}
			}
			return nil
		})
		if total += n; err != nil || n < sweepBatch {
			return total, err
		}
	}
	return total, ctx.Err()
}

var _ mongo.Collection = (*collection)(nil)
var _ mongo.Store = (*Store)(nil)
