package data

import (
	"context"
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// OldRows is where the old backend kept the documents of collections that were
// defined (models.md): {ownerId, collectionName, data}.
const OldRows = "dynamicdatas"

// Page returns documents of a collection and how many match in all. In the database
// that the old backend used, its rows follow the collection's own documents.
func (h *Handle) Page(ctx context.Context, name string, q engine.Query) (found []doc.Object, total int64, err error) {
	c, filter, err := h.matching(ctx, name, q.Filter)
	if err != nil {
		return nil, 0, err
	}
	defer c.release()
	q.Filter, q.Limit = filter, limited(q.Limit)
	total, err = c.Count(ctx, filter)
	if err != nil {
		return nil, 0, explain(err)
	}
	if q.Skip < total {
		if found, err = c.find(ctx, name, q); err != nil {
			return nil, 0, err
		}
	}
	if c.own || h.provider.opts.Mode != Shared {
		return found, total, nil
	}
	q.Skip, q.Limit = max(0, q.Skip-total), q.Limit-int64(len(found))
	old, count, err := h.oldRows(ctx, name, q)
	return append(found, old...), total + count, err
}

func (h *Handle) oldRows(ctx context.Context, name string, q engine.Query) (found []doc.Object, count int64, err error) {
	rows := h.provider.store.Collection(OldRows)
	filter := append(doc.Object{{"collectionName", name}}, inRow(q.Filter)...)
	count, err = rows.Count(ctx, filter)
	if err != nil || q.Limit == 0 || q.Skip >= count {
		return nil, count, explain(err)
	}
	found, err = rows.Find(ctx, filter, mongo.FindOptions{Sort: inRow(q.Sort), Skip: q.Skip, Limit: q.Limit, MaxBytes: maxFound})
	for i, row := range found {
		id, _ := doc.Get(row, "_id")
		found[i] = reveal(name, append(doc.Object{{"_id", id}}, doc.Without(doc.Child(row, "data"), "_id")...))
	}
	return found, count, explain(err)
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
