package observed

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

type collection struct {
	mongo.Collection
	tell Tell
}

func (c collection) InsertOne(ctx context.Context, doc bson.D) (id any, err error) {
	defer c.tell.since("insert_one", time.Now(), &err)
	return c.Collection.InsertOne(ctx, doc)
}

func (c collection) InsertMany(ctx context.Context, docs []bson.D) (err error) {
	defer c.tell.since("insert_many", time.Now(), &err)
	return c.Collection.InsertMany(ctx, docs)
}

func (c collection) InsertRaw(ctx context.Context, docs []bson.Raw) (err error) {
	defer c.tell.since("insert_raw", time.Now(), &err)
	return c.Collection.InsertRaw(ctx, docs)
}

func (c collection) FindOne(ctx context.Context, filter bson.D, opts mongo.FindOptions) (doc bson.D, err error) {
	defer c.tell.since("find_one", time.Now(), &err)
	return c.Collection.FindOne(ctx, filter, opts)
}

func (c collection) Find(ctx context.Context, filter bson.D, opts mongo.FindOptions) (docs []bson.D, err error) {
	defer c.tell.since("find", time.Now(), &err)
	return c.Collection.Find(ctx, filter, opts)
}

func (c collection) Count(ctx context.Context, filter bson.D) (n int64, err error) {
	defer c.tell.since("count", time.Now(), &err)
	return c.Collection.Count(ctx, filter)
}

func (c collection) UpdateOne(ctx context.Context, filter, update bson.D, opts mongo.UpdateOptions) (r mongo.UpdateResult, err error) {
	defer c.tell.since("update_one", time.Now(), &err)
	return c.Collection.UpdateOne(ctx, filter, update, opts)
}

func (c collection) UpdateMany(ctx context.Context, filter, update bson.D, opts mongo.UpdateOptions) (r mongo.UpdateResult, err error) {
	defer c.tell.since("update_many", time.Now(), &err)
	return c.Collection.UpdateMany(ctx, filter, update, opts)
}

func (c collection) FindOneAndUpdate(ctx context.Context, filter, update bson.D, opts mongo.FindUpdateOptions) (doc bson.D, err error) {
	defer c.tell.since("find_one_and_update", time.Now(), &err)
	return c.Collection.FindOneAndUpdate(ctx, filter, update, opts)
}

func (c collection) DeleteOne(ctx context.Context, filter bson.D) (n int64, err error) {
	defer c.tell.since("delete_one", time.Now(), &err)
	return c.Collection.DeleteOne(ctx, filter)
}

func (c collection) DeleteMany(ctx context.Context, filter bson.D) (n int64, err error) {
	defer c.tell.since("delete_many", time.Now(), &err)
	return c.Collection.DeleteMany(ctx, filter)
}

func (c collection) EnsureIndexes(ctx context.Context, indexes ...mongo.Index) (err error) {
	defer c.tell.since("ensure_indexes", time.Now(), &err)
	return c.Collection.EnsureIndexes(ctx, indexes...)
}

func (c collection) Indexes(ctx context.Context) (indexes []mongo.Index, err error) {
	defer c.tell.since("indexes", time.Now(), &err)
	return c.Collection.Indexes(ctx)
}

func (c collection) Drop(ctx context.Context) (err error) {
	defer c.tell.since("drop", time.Now(), &err)
	return c.Collection.Drop(ctx)
}
