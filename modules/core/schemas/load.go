package schemas

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/data"
	"github.com/orchestrix/orchestrix/platform/doc"
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
	maxSampled    = 1_000 // collections; of further ones only the names are listed
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

// Drafted notes the collections that a workflow names which is not stored: an editor
// shows it already, and looks its collections up (clients.md).
func (s *Service) Drafted(ctx context.Context, owner string, collections []string) error {
	if len(collections) == 0 {
		return nil
	}
	sp, err := s.space(ctx, owner)
	if err != nil {
		return err
	}
	sp.draft(collections)
	return nil
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
		if s.opts.Shared && s.aged(sp, definitionsAge, &sp.defined) {
			s.behind(sp, "definitions", s.loadDefinitions)
		}
		return sp, nil
	}
	namespace := s.namespace(owner)
	sp, err := s.once(ctx, "open "+namespace, func(ctx context.Context) (*space, error) {
		if sp := s.known(owner); sp != nil {
			return sp, nil
		}
		sp := &space{
			owner: namespace, prefix: s.opts.Mode.Prefix(owner),
			definitions: map[string]*Definition{}, stored: map[string][]string{}, mentioned: map[string]struct{}{},
		}
		if err := s.loadDefinitions(ctx, sp); err != nil {
			return nil, err
		}
		s.keep(sp)
		return sp, nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading definitions: %w", err)
	}
	return sp, nil
}

// keep remembers a namespace, in the place of another when there are too many: that
// one is read again when it is wanted.
func (s *Service) keep(sp *space) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.spaces) >= maxSpaces {
		for other := range s.spaces {
			delete(s.spaces, other)
			break
		}
	}
	s.spaces[sp.owner] = sp
}

// once has those who want to read the same at the same time read it once. It goes on
// when one of them gives up.
func (s *Service) once(ctx context.Context, key string, load func(context.Context) (*space, error)) (*space, error) {
	done := s.flights.DoChan(key, func() (any, error) {
		ctx, cancel := context.WithTimeout(s.ctx, loadLimit)
		defer cancel()
		return load(ctx)
	})
	select {
	case result := <-done:
		sp, _ := result.Val.(*space)
		return sp, result.Err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// sampled returns the namespace of an owner with all that can be listed.
func (s *Service) sampled(ctx context.Context, owner string, refresh bool) (*space, error) {
	sp, err := s.space(ctx, owner)
	if err != nil {
		return nil, err
	}
	switch {
	case refresh:
		err = errors.Join(s.loadDefinitions(ctx, sp), s.loadSamples(ctx, sp))
	case sp.isUnread():
		_, err = s.once(ctx, "sample "+sp.owner, func(ctx context.Context) (*space, error) {
			if !sp.isUnread() { // another reading has just ended
				return sp, nil
			}
			return sp, s.loadSamples(ctx, sp)
		})
	case s.aged(sp, samplesAge, &sp.sampled):
		s.behind(sp, "samples", s.loadSamples)
	}
	if err != nil {
		return nil, fmt.Errorf("listing collections: %w", err)
	}
	return sp, nil
}

// aged reports that something was read too long ago, to one caller, who reads it
// again; if that fails, the next one does after the same time.
func (s *Service) aged(sp *space, limit time.Duration, at *time.Time) bool {
	now := s.opts.Clock()
	old := func() bool { age := now.Sub(*at); return age > limit || age < 0 }
	sp.mu.RLock()
	isOld := old()
	sp.mu.RUnlock()
	if !isOld {
		return false
	}
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if !old() {
		return false
	}
	*at = now
	return true
}

// behind reads something again while the caller goes on with what is known.
func (s *Service) behind(sp *space, what string, load func(context.Context, *space) error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.ctx.Err() != nil {
		return
	}
	s.tasks.Go(func() {
		ctx, cancel := context.WithTimeout(s.ctx, loadLimit)
		defer cancel()
		if err := load(ctx, sp); err != nil && s.ctx.Err() == nil {
			s.opts.Logger.Warn("reading the "+what+" of collections again", zap.Error(err))
		}
	})
}
