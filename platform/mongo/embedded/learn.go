package embedded

import (
	"context"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// The collections of workflows are born without indexes: nobody declares any.
// So the store learns them. A find that had to read many documents, though its
// filter fixes a field, makes the store index that field.
const (
	scanLimit  = 2000 // documents that a find may read before an index is made
	maxLearned = 8    // learned indexes of one collection: each costs every write
	learnLimit = time.Minute
)

// learner carries wishes from finds to the goroutine that makes indexes.
type learner struct{ wishes chan wish }

type wish struct{ collection, field string }

func newLearner() *learner { return &learner{wishes: make(chan wish, 1)} }

// suggest never waits: while an index is being made, other wishes are dropped
// and come again with the next slow find.
func (l *learner) suggest(collection, field string) {
	if field == "" {
		return
	}
	select {
	case l.wishes <- wish{collection, field}:
	default:
	}
}

// learn makes the indexes that finds wish for, until ctx ends.
func (s *Store) learn(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case w := <-s.learner.wishes:
			if err := s.index(ctx, w); err != nil && ctx.Err() == nil {
				s.log.Warn("learning an index", zap.String("collection", w.collection), zap.String("field", w.field), zap.Error(err))
			}
		}
	}
}

func (s *Store) index(ctx context.Context, w wish) error {
	ctx, cancel := context.WithTimeout(ctx, learnLimit)
	defer cancel()
	c := &collection{store: s, name: w.collection}
	made := false
	err := c.updateExisting(ctx, func(t *table) error {
		all, err := t.indexes()
		if err != nil {
			return err
		}
		learned := 0
		for _, i := range all {
			if i.Learned {
				learned++
			}
			if i.Fields[0] == w.field && !i.Sparse {
				return nil // made since the find
			}
		}
		want := newDefinition(mongo.Index{Fields: []string{w.field}}, true)
		taken := slices.ContainsFunc(all, func(i index) bool { return i.Name() == want.Name() })
		if learned >= maxLearned || taken {
			return nil
		}
		made = true
		return ensureIndex(t, want)
	})
	if err == nil && made {
		s.log.Info("learned an index", zap.String("collection", w.collection), zap.String("field", w.field))
	}
	return err
}

// bestField chooses the field to index: one that is fixed to the fewest values.
// Truth values and nulls divide documents too coarsely to be worth it.
func bestField(conds map[string]condition) string {
	best := ""
	for field, c := range conds {
		values := c.values
		if coarse(values) || strings.ContainsRune(field, 0) {
			continue
		}
		if best == "" || len(values) < len(conds[best].values) || (len(values) == len(conds[best].values) && field < best) {
			best = field
		}
	}
	return best
}

func coarse(values []any) bool {
	for _, v := range values {
		switch v.(type) {
		case bool, nil:
			return true
		}
	}
	return len(values) == 0
}
