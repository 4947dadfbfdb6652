package schemas

import (
	"context"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// legacyRows is where the old backend kept documents of defined collections
// (models.md): {ownerId, collectionName, data}.
const legacyRows = "dynamicdatas"

// loadLegacy adds the collections of the old rows.
func (s *Service) loadLegacy(ctx context.Context, stored map[string][]string) error {
	rows, err := s.store.Collection(legacyRows).Find(ctx, nil, mongo.FindOptions{Limit: maxLegacyRows})
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
