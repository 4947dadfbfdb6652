package remote

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/bson"
	driver "go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// InsertMany encodes the documents itself: the driver would refuse all of them
// for one that it cannot encode or that is too large.
func (c *collection) InsertMany(ctx context.Context, docs []bson.D) error {
	var refused mongo.Refusals
	encoded := make([]any, 0, len(docs))
	for _, doc := range docs {
		raw, err := bson.Marshal(withID(doc))
		switch {
		case err != nil:
			refused.Add(fmt.Errorf("%w: a value cannot be encoded", mongo.ErrInvalid))
		case len(raw) > mongo.MaxDocument:
			refused.Add(fmt.Errorf("%w: a document may have at most %d MB", mongo.ErrInvalid, mongo.MaxDocument>>20))
		default:
			encoded = append(encoded, bson.Raw(raw))
		}
	}
	return c.insertEncoded(ctx, encoded, &refused)
}

// InsertRaw sends the bytes it was given.
func (c *collection) InsertRaw(ctx context.Context, docs []bson.Raw) error {
	var refused mongo.Refusals
	encoded := make([]any, 0, len(docs))
	for _, raw := range docs {
		if err := mongo.CheckRaw(raw); err != nil {
			refused.Add(err)
			continue
		}
		encoded = append(encoded, raw)
	}
	return c.insertEncoded(ctx, encoded, &refused)
}

// insertEncoded stores documents, and adds to what was refused.
func (c *collection) insertEncoded(ctx context.Context, encoded []any, refused *mongo.Refusals) error {
	for batch := range mongo.Batches(encoded, func(doc any) int { return len(doc.(bson.Raw)) }) {
		here, err := run(ctx, c, func(ctx context.Context) (*mongo.Refusals, error) { return c.insertBatch(ctx, batch) })
		if err != nil {
			return err
		}
		refused.Join(here)
	}
	return refused.Err()
}

// insertBatch is one write. Its error is a failure; what the server refused of
// single documents is in the refusals.
func (c *collection) insertBatch(ctx context.Context, batch []any) (*mongo.Refusals, error) {
	var refused mongo.Refusals
	_, err := c.driver.InsertMany(ctx, batch, options.InsertMany().SetOrdered(false))
	var many driver.BulkWriteException
	if !errors.As(err, &many) {
		return &refused, err
	}
	for _, e := range many.WriteErrors {
		if err := mapServerError(c.Name(), serverError{e.Code, e.Message, e.Raw}); !refused.Add(err) {
			return nil, err
		}
	}
	if concern := many.WriteConcernError; concern != nil { // not known to be durable
		return nil, mapServerError(c.Name(), serverError{concern.Code, concern.Message, concern.Raw})
	}
	return &refused, nil
}
