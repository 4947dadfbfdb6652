package embedded

import (
	"context"
	"fmt"

	"go.etcd.io/bbolt"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

func (c *collection) InsertOne(ctx context.Context, document bson.D) (any, error) {
	document, err := normal(document)
	if err != nil {
		return nil, err
	}
	document, id := withID(document)
	err = c.update(ctx, func(b *bbolt.Bucket) error { return c.insert(b, document, id) })
	return id, err
}

func (c *collection) insert(b *bbolt.Bucket, document bson.D, id any) error {
	switch id.(type) {
	case bson.A, primitive.Regex: // as MongoDB
		return fmt.Errorf("%w: an _id must not be a list or a pattern", mongo.ErrInvalid)
	}
	key := appendKey(nil, id)
	if b.Bucket(docsBucket).Get(key) != nil {
		return &mongo.DuplicateError{Collection: c.name, Index: "_id_"}
	}
	ch := change{id: key, after: document}
	return ch.make(b, c.name)
}

// withID puts the _id first, making one when there is none.
func withID(document bson.D) (bson.D, any) {
	for i, f := range document {
		if f.Key == "_id" {
			rest := append(append(make(bson.D, 0, len(document)), f), document[:i]...)
			return append(rest, document[i+1:]...), f.Value
		}
	}
	id := primitive.NewObjectID()
	return append(bson.D{{Key: "_id", Value: id}}, document...), id
}

// InsertMany prepares the documents here, so that the writer, which everybody
// shares, only has to store them.
func (c *collection) InsertMany(ctx context.Context, docs []bson.D) error {
	var refused mongo.Refusals
	fresh := make([]bson.D, 0, len(docs))
	sizes := make(map[*bson.E]int, len(docs))
	for _, d := range docs {
		d, err := normal(d)
		if err == nil {
			var raw []byte
			d, _ = withID(d)
			raw, err = encode(d)
			sizes[&d[0]] = len(raw)
		}
		if err != nil {
			refused.Add(err)
			continue
		}
		fresh = append(fresh, d)
	}
	for batch := range mongo.Batches(fresh, func(d bson.D) int { return sizes[&d[0]] }) {
		var here mongo.Refusals
		err := c.update(ctx, func(b *bbolt.Bucket) error {
			here = mongo.Refusals{} // this may be called again
			for _, d := range batch {
				if err := c.insert(b, d, d[0].Value); err != nil && !here.Add(err) {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		refused.Join(&here)
	}
	return refused.Err()
}
