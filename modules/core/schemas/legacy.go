package schemas

import (
	"context"

	"github.com/orchestrix/orchestrix/platform/data"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// loadLegacy adds the collections of the old rows.
func (s *Service) loadLegacy(ctx context.Context, stored map[string][]string) error {
	rows, err := s.store.Collection(data.OldRows).Find(ctx, nil, mongo.FindOptions{Limit: maxLegacyRows})
	if err != nil {
		return err
	}
	for _, row := range rows {
		name := doc.String(row, "collectionName")
		if _, there := stored[name]; foreign(name) || !there && len(stored) >= maxSampled {
			continue
		}
		stored[name] = appendFields(stored[name], doc.Child(row, "data"))
	}
	return nil
}
