package schemas

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/data"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// How old what was read may get before it is read again, in the background. What
// this process changes is known at once.
const (
	definitionsAge = time.Second // where other processes may change them
	samplesAge     = time.Minute
	loadLimit      = 30 * time.Second
)

// Bounds of one sampling.
const (
	sampleSize    = 20    // documents of a collection
	maxSampled    = 1_000 // collections
	maxLegacyRows = 10_000
)

// Schemas lists every collection that an owner's workflows can use, with its
// fields, sorted; it must not be changed. With refresh everything is read anew.
func (s *Service) Schemas(ctx context.Context, owner string, refresh bool) (doc.Object, error) {
	sp, err := s.sampled(ctx, owner, refresh)
	if err != nil {
		return nil, err
	}
	return sp.list(), nil
}

// Knows reports whether a workflow of the owner can use the collection already:
// it is defined, holds documents, or a saved workflow names it.
func (s *Service) Knows(ctx context.Context, owner, collection string) (bool, error) {
	if foreign(collection) {
		return false, nil
	}
	sp, err := s.sampled(ctx, owner, false)
	if err != nil {
		return false, err
	}
	return sp.has(collection), nil
}

// Mentioned notes the collections that a workflow names which was saved.
func (s *Service) Mentioned(owner string, collections []string) {
	if sp := s.known(owner); sp != nil {
		sp.mention(collections)
	}
}

// foreign reports whether a collection is none of a workflow's.
func foreign(collection string) bool { return data.CheckName(collection) != nil }

func (s *Service) namespace(owner string) string {
	if s.opts.Mode == data.Shared {
		return ""
	}
	return owner
}

// known returns the namespace of an owner if it is in use already, or nil.
func (s *Service) known(owner string) *space {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.spaces[s.namespace(owner)]
}

// definition returns the definition of a collection, or nil.
func (s *Service) definition(ctx context.Context, owner, collection string) (*Definition, error) {
	sp, err := s.space(ctx, owner)
	if err != nil {
		return nil, err
	}
	return sp.definition(collection), nil
}

// space returns the namespace of an owner with its definitions.
func (s *Service) space(ctx context.Context, owner string) (*space, error) {
	if sp := s.known(owner); sp != nil {
		if s.opts.Shared && s.aged(sp, definitionsAge, func() time.Time { return sp.defined }) {
			s.behind(sp, "definitions", s.loadDefinitions)
		}
		return sp, nil
	}
	namespace := s.namespace(owner)
	sp := &space{
		owner: namespace, prefix: s.opts.Mode.Prefix(owner),
		definitions: map[string]*Definition{}, stored: map[string][]string{}, mentioned: map[string]struct{}{},
	}
	_, err, _ := s.flights.Do("open "+namespace, func() (any, error) {
		if s.known(owner) != nil {
			return nil, nil
		}
		if err := s.loadDefinitions(ctx, sp); err != nil {
			return nil, err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.spaces) >= maxSpaces { // any will do: it is read again when it is wanted
			for other := range s.spaces {
				delete(s.spaces, other)
				break
			}
		}
		s.spaces[namespace] = sp
		return nil, nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading definitions: %w", err)
	}
	if known := s.known(owner); known != nil {
		return known, nil
	}
	return sp, nil
}

// sampled returns the namespace of an owner with all that can be listed.
func (s *Service) sampled(ctx context.Context, owner string, refresh bool) (*space, error) {
	sp, err := s.space(ctx, owner)
	if err != nil {
		return nil, err
	}
	sp.mu.RLock()
	never := sp.sampled.IsZero()
	sp.mu.RUnlock()
	switch {
	case refresh:
		err = errors.Join(s.loadDefinitions(ctx, sp), s.loadSamples(ctx, sp))
	case never:
		_, err, _ = s.flights.Do("sample "+sp.owner, func() (any, error) { return nil, s.loadSamples(ctx, sp) })
	case s.aged(sp, samplesAge, func() time.Time { return sp.sampled }):
		s.behind(sp, "samples", s.loadSamples)
	}
	if err != nil {
		return nil, fmt.Errorf("listing collections: %w", err)
	}
	return sp, nil
}

func (s *Service) aged(sp *space, limit time.Duration, at func() time.Time) bool {
	sp.mu.RLock()
	defer sp.mu.RUnlock()
	age := s.opts.Clock().Sub(at())
	return age > limit || age < 0
}

// behind reads something again while the caller goes on with what is known.
func (s *Service) behind(sp *space, what string, load func(context.Context, *space) error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.ctx.Err() != nil {
		return
	}
	s.tasks.Go(func() {
		_, err, _ := s.flights.Do(what+" "+sp.owner, func() (any, error) {
			ctx, cancel := context.WithTimeout(s.ctx, loadLimit)
			defer cancel()
			return nil, load(ctx, sp)
		})
		if err != nil && s.ctx.Err() == nil {
			s.opts.Logger.Warn("reading the "+what+" of collections again", zap.Error(err))
		}
	})
}

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
			d := decode(o)
			read[d.Collection] = d
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
		if !ours || foreign(name) || len(stored) == maxSampled {
			continue
		}
		found, err := s.store.Collection(physical).Find(ctx, nil, mongo.FindOptions{Sort: doc.Object{{"_id", int32(-1)}}, Limit: sampleSize})
		if err != nil {
			return err
		}
		stored[name] = []string{}
		for _, document := range found {
			stored[name] = appendFields(stored[name], document)
		}
	}
	if s.opts.Mode == data.Shared && slices.Contains(names, legacyRows) {
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
