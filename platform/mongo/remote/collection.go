package remote

import (
	"context"
	"fmt"
	"strings"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
	driver "go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

type collection struct {
	driver  *driver.Collection
	invalid error // why the name cannot be one
}

func (c *collection) Name() string { return c.driver.Name() }

// run bounds an operation in time and maps its error.
func run[T any](ctx context.Context, c *collection, operation func(context.Context) (T, error)) (T, error) {
	var none T
	if c.invalid != nil {
		return none, c.invalid
	}
	ctx, cancel := bounded(ctx, operationTimeout)
	defer cancel()
	result, err := operation(ctx)
	if err != nil {
		return none, mapError(ctx, c.Name(), err)
	}
	return result, nil
}

func (c *collection) InsertOne(ctx context.Context, doc bson.D) (any, error) {
	return run(ctx, c, func(ctx context.Context) (any, error) {
		result, err := c.driver.InsertOne(ctx, withID(doc))
		if err != nil {
			return nil, err
		}
		return result.InsertedID, nil
	})
}

func (c *collection) FindOne(ctx context.Context, filter bson.D, opts mongo.FindOptions) (bson.D, error) {
	return run(ctx, c, func(ctx context.Context) (bson.D, error) {
		opts.Limit = 1
		found, err := c.find(ctx, filter, opts)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, mongo.ErrNotFound
		}
		return found[0], nil
	})
}

func (c *collection) Find(ctx context.Context, filter bson.D, opts mongo.FindOptions) ([]bson.D, error) {
	return run(ctx, c, func(ctx context.Context) ([]bson.D, error) {
		return c.find(ctx, filter, opts)
	})
}

func (c *collection) find(ctx context.Context, filter bson.D, opts mongo.FindOptions) ([]bson.D, error) {
	if opts.Limit < 0 || opts.Skip < 0 {
		return nil, fmt.Errorf("%w: limit and skip cannot be negative", mongo.ErrInvalid)
	}
	if opts.Limit == 0 {
		opts.Limit = mongo.MaxResults
	}
	if err := checkQuery(filter, opts.Projection); err != nil {
		return nil, err
	}
	settings := options.Find().SetLimit(opts.Limit).SetSkip(opts.Skip)
	if len(opts.Sort) > 0 {
		settings.SetSort(opts.Sort)
	}
	if len(opts.Projection) > 0 {
		settings.SetProjection(opts.Projection)
	}
	cursor, err := c.driver.Find(ctx, some(filter), settings)
	if err != nil {
		return nil, err
	}
	return readAll(ctx, cursor, opts.MaxBytes)
}

// readAll reads what a cursor has, and closes it.
func readAll(ctx context.Context, cursor *driver.Cursor, maxBytes int64) ([]bson.D, error) {
	defer closeCursor(ctx, cursor)
	var found []bson.D
	weight := mongo.Weight{Max: maxBytes}
	for cursor.Next(ctx) {
		if err := weight.Add(len(cursor.Current)); err != nil {
			return nil, err
		}
		var d bson.D
		if err := cursor.Decode(&d); err != nil {
			return nil, err
		}
		found = append(found, d)
	}
	return found, cursor.Err()
}

// closeCursor has the server forget a cursor that was not read to its end, also when
// ctx has ended. What was read does not depend on it.
func closeCursor(ctx context.Context, cursor *driver.Cursor) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), selectionTimeout)
	defer cancel()
	_ = cursor.Close(ctx)
}

func (c *collection) Count(ctx context.Context, filter bson.D) (int64, error) {
	return run(ctx, c, func(ctx context.Context) (int64, error) {
		if err := checkQuery(filter); err != nil {
			return 0, err
		}
		return c.driver.CountDocuments(ctx, some(filter))
	})
}

func (c *collection) DeleteOne(ctx context.Context, filter bson.D) (int64, error) {
	return run(ctx, c, func(ctx context.Context) (int64, error) {
		if err := checkQuery(filter); err != nil {
			return 0, err
		}
		return deleted(c.driver.DeleteOne(ctx, some(filter)))
	})
}

func (c *collection) DeleteMany(ctx context.Context, filter bson.D) (int64, error) {
	return run(ctx, c, func(ctx context.Context) (int64, error) {
		if err := checkQuery(filter); err != nil {
			return 0, err
		}
		return deleted(c.driver.DeleteMany(ctx, some(filter)))
	})
}

func deleted(result *driver.DeleteResult, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return result.DeletedCount, nil
}

func (c *collection) Drop(ctx context.Context) error {
	_, err := run(ctx, c, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, c.driver.Drop(ctx)
	})
	return err
}

// some makes a nil document an empty one, which is what the server wants.
func some(d bson.D) bson.D {
	if d == nil {
		return bson.D{}
	}
	return d
}

// withID gives a document without _id a new one, as its first field. The
// driver would too; here it is sure not to touch the caller's document.
func withID(doc bson.D) bson.D {
	for _, field := range doc {
		if field.Key == "_id" {
			return doc
		}
	}
	return append(bson.D{{Key: "_id", Value: primitive.NewObjectID()}}, doc...)
}

// checkUpdate demands operators, as the server does, which would take a
// document without them for a replacement.
func checkUpdate(update bson.D) error {
	if len(update) == 0 {
		return fmt.Errorf("%w: an update names at least one operator", mongo.ErrInvalid)
	}
	for _, field := range update {
		if !strings.HasPrefix(field.Key, "$") {
			return fmt.Errorf("%w: an update holds operators, not the field %q", mongo.ErrInvalid, field.Key)
		}
	}
	return nil
}
