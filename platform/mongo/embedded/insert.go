package embedded

import (
	"context"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

func (c *collection) InsertOne(ctx context.Context, document bson.D) (any, error) {
	var e encoder
	raw, key, id, err := e.document(document)
	if err != nil {
		return nil, err
	}
	err = c.update(ctx, func(t *table) error { return t.insert(key, raw) })
	return id, err
}

// withID puts the _id first, making one when there is none.
func withID(document bson.D) (bson.D, any) {
	for i, f := range document {
		if f.Key == "_id" {
			if i == 0 {
				return document, f.Value
			}
			rest := append(append(make(bson.D, 0, len(document)), f), document[:i]...)
			return append(rest, document[i+1:]...), f.Value
		}
	}
	id := primitive.NewObjectID()
	return append(bson.D{{Key: "_id", Value: id}}, document...), id
}

// fresh is a document to insert: its key and its bytes.
type fresh struct{ key, raw []byte }

// InsertMany encodes the documents here, so that the writer, which everybody
// shares, only has to store them.
func (c *collection) InsertMany(ctx context.Context, docs []bson.D) error {
	var refused mongo.Refusals
	e := encoder{many: true}
	all := make([]fresh, 0, len(docs))
	for _, d := range docs {
		raw, key, _, err := e.document(d)
		if err != nil {
			refused.Add(err)
			continue
		}
		all = append(all, fresh{key, raw})
	}
	return c.insertFresh(ctx, all, &refused)
}

// InsertRaw stores the bytes it was given.
func (c *collection) InsertRaw(ctx context.Context, docs []bson.Raw) error {
	var refused mongo.Refusals
	e := encoder{many: true}
	all := make([]fresh, 0, len(docs))
	for _, raw := range docs {
		key, err := e.keyOf(raw)
		if err != nil {
			refused.Add(err)
			continue
		}
		all = append(all, fresh{key, raw})
	}
	return c.insertFresh(ctx, all, &refused)
}

// insertFresh stores what is encoded, and adds to what was refused.
func (c *collection) insertFresh(ctx context.Context, all []fresh, refused *mongo.Refusals) error {
	for batch := range mongo.Batches(all, func(f fresh) int { return len(f.raw) }) {
		var here mongo.Refusals
		err := c.update(ctx, func(t *table) error {
			here = mongo.Refusals{} // this may be called again
			return t.insertAll(batch, &here)
		})
		if err != nil {
			return err
		}
		refused.Join(&here)
	}
	return refused.Err()
}

// insertAll stores documents one by one: what one is refused for is found
// before anything of it is written, so the others are stored all the same.
func (t *table) insertAll(batch []fresh, refused *mongo.Refusals) error {
	for _, f := range batch {
		if err := t.insert(f.key, f.raw); err != nil && !refused.Add(err) {
			return err
		}
	}
	t.pack(len(batch))
	return nil
}

// packed is how full the pages of a bucket become that grows at its end. bbolt
// leaves half of each free for what comes between, which here is nothing.
const packed = 0.95

// pack notes which buckets have grown in the order of their keys.
func (t *table) pack(count int) {
	if t.free.filled > count/2 {
		t.docs.FillPercent = packed
	}
	for n := range t.opened {
		if i := &t.opened[n]; i.writing != nil && i.free.filled > count/2 {
			i.entries().FillPercent = packed
		}
	}
}
