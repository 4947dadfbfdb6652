package connections

import (
	"context"
	"errors"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/orchestrix/orchestrix/platform/data"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/users"
)

// The bounds of what is read of a database to know its collections.
const (
	maxCollections = 200
	sampleSize     = 20  // documents of a collection
	maxFields      = 200 // of a collection
	atOnce         = 4   // collections that are read
)

// hidden are the fields that no author works with.
var hidden = []string{"_id", "__v", users.EmailKey}

// Schemas returns the collections of the owner's database, sorted, each with the
// fields of some of its documents. It is the 422 of http.md when there is none, or it cannot be
// read.
func (s *Service) Schemas(ctx context.Context, owner string) (doc.Object, error) {
	ctx, cancel := context.WithTimeout(ctx, testLimit)
	defer cancel()
	c, err := s.connection(ctx, owner)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return nil, failed("no database is connected")
	}
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	store, release, err := s.open(ctx, c)
	if err != nil {
		return nil, reported(err)
	}
	defer release()
	schemas, err := sample(ctx, store)
	if err != nil {
		return nil, reported(err)
	}
	return schemas, nil
}

func sample(ctx context.Context, store mongo.Store) (doc.Object, error) {
	names, err := store.Collections(ctx)
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(name string) bool { return data.CheckName(name) != nil })
	names = names[:min(len(names), maxCollections)]
	schemas := make(doc.Object, len(names))
	reads, ctx := errgroup.WithContext(ctx)
	reads.SetLimit(atOnce)
	for i, name := range names {
		reads.Go(func() error {
			found, err := mongo.Sample(ctx, store.Collection(name), nil, sampleSize)
			if errors.Is(err, mongo.ErrUnavailable) || ctx.Err() != nil {
				return errors.Join(err, ctx.Err())
			}
			schemas[i] = doc.Field{Key: name, Value: fieldsOf(found)} // none of a view, say, that cannot be read
			return nil
		})
	}
	if err := reads.Wait(); err != nil {
		return nil, err
	}
	return schemas, nil
}

// fieldsOf lists the fields of documents, in the order in which they occur.
func fieldsOf(documents []doc.Object) doc.Array {
	fields := doc.Array{}
	for _, document := range documents {
		for _, f := range document {
			if len(fields) < maxFields && !slices.Contains(hidden, f.Key) && !slices.Contains(fields, any(f.Key)) {
				fields = append(fields, f.Key)
			}
		}
	}
	return fields
}
