package remote

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/bson"
	driver "go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

func (c *collection) UpdateOne(ctx context.Context, filter, update bson.D, opts mongo.UpdateOptions) (mongo.UpdateResult, error) {
	return c.update(ctx, filter, update, opts, c.driver.UpdateOne)
}

func (c *collection) UpdateMany(ctx context.Context, filter, update bson.D, opts mongo.UpdateOptions) (mongo.UpdateResult, error) {
	return c.update(ctx, filter, update, opts, c.driver.UpdateMany)
}

type updateFunc func(ctx context.Context, filter, update any, opts ...*options.UpdateOptions) (*driver.UpdateResult, error)

func (c *collection) update(ctx context.Context, filter, update bson.D, opts mongo.UpdateOptions, apply updateFunc) (mongo.UpdateResult, error) {
	return run(ctx, c, func(ctx context.Context) (mongo.UpdateResult, error) {
		if err := errors.Join(checkQuery(filter), checkUpdate(update)); err != nil {
			return mongo.UpdateResult{}, err
		}
		result, err := racing(opts.Upsert, filter, func() (*driver.UpdateResult, error) {
			return apply(ctx, some(filter), update, options.Update().SetUpsert(opts.Upsert))
		})
		if err != nil {
			return mongo.UpdateResult{}, err
		}
		return mongo.UpdateResult{
			Matched: result.MatchedCount, Modified: result.ModifiedCount, UpsertedID: result.UpsertedID,
		}, nil
	})
}

func (c *collection) FindOneAndUpdate(ctx context.Context, filter, update bson.D, opts mongo.FindUpdateOptions) (bson.D, error) {
	return run(ctx, c, func(ctx context.Context) (bson.D, error) {
		if err := errors.Join(checkQuery(filter), checkUpdate(update)); err != nil {
			return nil, err
		}
		settings := options.FindOneAndUpdate().SetUpsert(opts.Upsert).SetReturnDocument(options.Before)
		if opts.After {
			settings.SetReturnDocument(options.After)
		}
		if len(opts.Sort) > 0 {
			settings.SetSort(opts.Sort)
		}
		return racing(opts.Upsert, filter, func() (bson.D, error) {
			var document bson.D
			err := c.driver.FindOneAndUpdate(ctx, some(filter), update, settings).Decode(&document)
			return document, err
		})
	})
}
