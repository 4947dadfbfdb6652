package schemas

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/data"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// loadDefinitions reads what the old backend or this one has defined.
func (s *Service) loadDefinitions(ctx context.Context, sp *space) error {
	for {
		sp.mu.RLock()
		before := sp.redefined
		sp.mu.RUnlock()
		found, err := s.store.Collection(sp.prefix+definitions).Find(ctx, nil, mongo.FindOptions{Limit: maxCollections})
		if err != nil {
			return err
		}
		read := make(map[string]*Definition, len(found))
		for _, o := range found {
			if d := decode(o); !foreign(d.Collection) { // the old backend kept some of its own collections
				read[d.Collection] = d
			}
		}
		sp.mu.Lock()
		if sp.redefined == before { // else what was read may be older than what is known
			sp.definitions, sp.defined, sp.listing = read, s.opts.Clock(), nil
			sp.mu.Unlock()
			return nil
		}
		sp.mu.Unlock()
	}
}

// keepStored adds the indexes of the definition that is stored by now: others may have
// declared some while those of this one were made.
func (s *Service) keepStored(ctx context.Context, c mongo.Collection, d *Definition) error {
	if len(d.Indexes) == 0 {
		return nil // it stores none, and leaves them as they are
	}
	stored, err := c.FindOne(ctx, doc.Object{{"collectionName", d.Collection}}, mongo.FindOptions{})
	if errors.Is(err, mongo.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("define a collection: %w", err)
	}
	return d.keepIndexes(decode(stored))
}

// loadSamples reads which collections hold documents, with the fields of some, and
// which ones workflows name.
func (s *Service) loadSamples(ctx context.Context, sp *space) error {
	sp.mu.RLock()
	before := sp.changes
	sp.mu.RUnlock()
	names, err := s.store.Collections(ctx)
	if err != nil {
		return err
	}
	stored := map[string][]string{}
	for _, physical := range names {
		name, ours := strings.CutPrefix(physical, sp.prefix)
		if !ours || foreign(name) || len(stored) == maxCollections {
			continue
		}
		if len(stored) >= maxSampled {
			stored[name] = []string{}
			continue
		}
		found, err := mongo.Sample(ctx, s.store.Collection(physical), doc.Object{{"_id", int32(-1)}}, sampleSize)
		if err != nil {
			return err
		}
		stored[name] = []string{}
		for _, document := range found {
			stored[name] = appendFields(stored[name], document)
		}
	}
	if s.opts.Mode == data.Shared && slices.Contains(names, data.OldRows) {
		if err := s.loadLegacy(ctx, stored); err != nil {
			return err
		}
	}
	named, err := s.opts.Mentions(ctx, sp.owner)
	if err != nil {
		return err
	}
	mentioned := make(map[string]struct{}, len(named))
	for _, name := range named {
		if !foreign(name) && len(mentioned) < maxCollections {
			mentioned[name] = struct{}{}
		}
	}
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if sp.changes != before { // keep what was learned meanwhile
		for name, fields := range sp.stored {
			stored[name] = merge(stored[name], fields)
		}
		for name := range sp.mentioned {
			mentioned[name] = struct{}{}
		}
	}
	sp.stored, sp.mentioned, sp.sampled, sp.listing = stored, mentioned, s.opts.Clock(), nil
	return nil
}

func merge(fields, more []string) []string {
	for _, name := range more {
		if isNew(fields, name) {
			fields = append(fields, name)
		}
	}
	return fields
}
