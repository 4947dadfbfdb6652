package workflows

import (
	"context"
	"maps"
	"slices"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

const collectionsPage = 500

func (s *Service) collections(steps doc.Array) doc.Array {
	list := doc.Array{}
	for _, name := range s.types.Collections(steps) {
		list = append(list, name)
	}
	return list
}

// Collections lists the collections that the workflows of an owner name, or of all
// owners with "". A save keeps them beside the steps; of what was saved before,
// the steps are read.
func (s *Service) Collections(ctx context.Context, owner string) ([]string, error) {
	all := map[string]struct{}{}
	for last := any(nil); ; {
		filter := doc.Object{}
		if owner != "" {
			filter = append(filter, doc.Field{Key: "ownerId", Value: owner})
		}
		if last != nil {
			filter = append(filter, doc.Field{Key: "_id", Value: doc.Object{{"$gt", last}}})
		}
		found, err := s.workflows.Find(ctx, filter, mongo.FindOptions{
			Sort: doc.Object{{"_id", int32(1)}}, Limit: collectionsPage, Projection: doc.Object{{"collections", int32(1)}},
		})
		if err != nil {
			return nil, err
		}
		for _, d := range found {
			last, _ = doc.Get(d, "_id")
			if err := s.addCollections(ctx, all, d); err != nil {
				return nil, err
			}
		}
		if len(found) < collectionsPage {
			return slices.Sorted(maps.Keys(all)), nil
		}
	}
}

func (s *Service) addCollections(ctx context.Context, all map[string]struct{}, d doc.Object) error {
	if _, kept := doc.Get(d, "collections"); kept {
		for _, name := range doc.List(d, "collections") {
			if text, ok := name.(string); ok {
				all[text] = struct{}{}
			}
		}
		return nil
	}
	id, _ := doc.Get(d, "_id")
	full, err := s.workflows.FindOne(ctx, doc.Object{{"_id", id}}, mongo.FindOptions{Projection: doc.Object{{"steps", int32(1)}}})
	if err != nil {
		return answer(err)
	}
	for _, name := range s.types.Collections(doc.List(full, "steps")) {
		all[name] = struct{}{}
	}
	return nil
}
