package users

import (
	"context"
	"errors"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

const backfillPage = 500

// Backfill gives their EmailKey to users that were stored before there was one,
// and returns how many. A user whose key another one has is left without, and
// can log in with the e-mail exactly as it is stored.
func (d *Directory) Backfill(ctx context.Context) (count int64, err error) {
	// Again until nothing is left: the page after an _id is of its kind only.
	for {
		n, err := d.backfill(ctx)
		count += n
		if err != nil || n == 0 {
			return count, err
		}
	}
}

func (d *Directory) backfill(ctx context.Context) (count int64, err error) {
	c, release, err := d.open(ctx)
	if err != nil {
		return 0, err
	}
	defer release()
	filter := doc.Object{{EmailKey, doc.Object{{"$exists", false}}}, {"email", doc.Object{{"$type", "string"}}}}
	for last := any(nil); ; {
		page := filter
		if last != nil {
			page = append(doc.Object{{"_id", doc.Object{{"$gt", last}}}}, filter...)
		}
		found, err := c.Find(ctx, page, mongo.FindOptions{
			Sort: doc.Object{{"_id", int32(1)}}, Limit: backfillPage, Projection: doc.Object{{"email", int32(1)}},
		})
		if err != nil {
			return count, err
		}
		for _, user := range found {
			last, _ = doc.Get(user, "_id")
			email := doc.String(user, "email")
			result, err := c.UpdateOne(ctx, doc.Object{{"_id", last}, {"email", email}, {EmailKey, doc.Object{{"$exists", false}}}},
				doc.Object{{"$set", doc.Object{{EmailKey, Key(email)}}}}, mongo.UpdateOptions{})
			if err != nil && !errors.Is(err, mongo.ErrDuplicate) {
				return count, err
			}
			count += result.Modified
		}
		if len(found) < backfillPage {
			return count, nil
		}
	}
}
