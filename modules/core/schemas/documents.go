package schemas

import (
	"context"
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/data"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// Page returns documents of a collection and how many match in all. Rows of the old
// backend follow those of the store's own collection.
func (s *Service) Page(ctx context.Context, at *data.Handle, collection string, q engine.Query) (found []doc.Object, total int64, err error) {
	own, err := at.Count(ctx, collection, q.Filter)
	if err != nil {
		return nil, 0, err
	}
	if q.Skip < own {
		if found, err = at.Find(ctx, collection, q); err != nil {
			return nil, 0, err
		}
	}
	if s.opts.Mode != data.Shared {
		return found, own, nil
	}
	rows := s.store.Collection(legacyRows)
	filter := append(doc.Object{{"collectionName", collection}}, inRow(q.Filter)...)
	old, err := rows.Count(ctx, filter)
	if err != nil || old == 0 {
		return found, own + old, err
	}
	if room := q.Limit - int64(len(found)); room > 0 {
		more, err := rows.Find(ctx, filter, mongo.FindOptions{Sort: inRow(q.Sort), Skip: max(0, q.Skip-own), Limit: room})
		if err != nil {
			return nil, 0, err
		}
		for _, row := range more {
			found = append(found, fromRow(row))
		}
	}
	return found, own + old, nil
}

// inRow makes a filter or a sort of one for the documents in old rows.
func inRow(o doc.Object) doc.Object {
	o = slices.Clone(o)
	for i, f := range o {
		switch branches, isList := f.Value.(doc.Array); {
		case strings.HasPrefix(f.Key, "$") && isList:
			inside := make(doc.Array, len(branches))
			for j, b := range branches {
				branch, _ := b.(doc.Object)
				inside[j] = inRow(branch)
			}
			o[i].Value = inside
		case f.Key != "_id":
			o[i].Key = "data." + f.Key
		}
	}
	return o
}

func fromRow(row doc.Object) doc.Object {
	id, _ := doc.Get(row, "_id")
	return append(doc.Object{{"_id", id}}, doc.Without(doc.Child(row, "data"), "_id", "password")...)
}
