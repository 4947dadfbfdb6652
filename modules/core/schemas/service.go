package schemas

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/bson/primitive"
	"go.uber.org/zap"
	"golang.org/x/sync/singleflight"

	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/data"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// definitions is the collection of definitions, in each namespace.
const definitions = "collectiondefinitions"

// maxSpaces bounds the namespaces that are remembered.
const maxSpaces = 1000

// Mentions are the collections that saved workflows name: those of an owner, or of
// all with "".
type Mentions func(ctx context.Context, owner string) ([]string, error)

// Options of a Service.
type Options struct {
	Mode     data.Mode // owners share their collections, or each has their own
	Shared   bool      // other processes may use the same store
	Mentions Mentions
	Clock    func() time.Time
	Logger   *zap.Logger
}

// Service keeps definitions and lists collections.
type Service struct {
	store mongo.Store
	opts  Options
	ctx   context.Context // of refreshing in the background
	stop  context.CancelFunc
	tasks sync.WaitGroup

	writing sync.Mutex // definitions are noted in the order in which they are stored
	flights singleflight.Group
	mu      sync.RWMutex
	spaces  map[string]*space // by namespace
}

// NewService returns a service on a store.
func NewService(store mongo.Store, opts Options) *Service {
	s := &Service{store: store, opts: opts, spaces: map[string]*space{}}
	s.ctx, s.stop = context.WithCancel(context.Background())
	return s
}

// EnsureIndexes makes the index of models.md; that of an owner's own namespace
// comes with their first definition.
func (s *Service) EnsureIndexes(ctx context.Context) error {
	return ensureIndexes(ctx, s.store.Collection(definitions))
}

func ensureIndexes(ctx context.Context, c mongo.Collection) error {
	return c.EnsureIndexes(ctx, mongo.Index{Fields: []string{"collectionName"}, Unique: true})
}

// Close ends what refreshes in the background.
func (s *Service) Close() {
	s.mu.Lock()
	s.stop()
	s.mu.Unlock()
	s.tasks.Wait()
}

var errNotFound = apierr.NotFound("Collection not found")

// Get returns the definition of a collection, or a 404.
func (s *Service) Get(ctx context.Context, owner, collection string) (*Definition, error) {
	d, err := s.definition(ctx, owner, collection)
	if err == nil && d == nil {
		return nil, errNotFound
	}
	return d, err
}

// Define stores a definition, new or not. What is wrong with it is a 400;
// documents that break a unique index are a 409, and nothing is stored. With
// exists the collection must have a definition; it is a 404 otherwise. Indexes
// join those of before.
func (s *Service) Define(ctx context.Context, owner string, at *data.Handle, collection string, fields doc.Object, indexes doc.Array, exists bool) (*Definition, error) {
	if exists {
		if _, err := s.Get(ctx, owner, collection); err != nil {
			return nil, err
		}
	}
	sp, err := s.space(ctx, owner)
	if err != nil {
		return nil, err
	}
	if !sp.room(collection) {
		return nil, apierr.Conflict(fmt.Sprintf("There are %d collections with a definition, which is the most", maxCollections))
	}
	if err := at.CheckName(collection); err != nil {
		return nil, apierr.BadRequest("collectionName: %s", err)
	}
	d, err := define(collection, fields, indexes)
	if err != nil {
		return nil, err
	}
	if err := d.keepIndexes(sp.definition(collection)); err != nil {
		return nil, err
	}
	if err := makeIndexes(ctx, at, d); err != nil {
		return nil, err
	}
	c := s.store.Collection(s.opts.Mode.Prefix(owner) + definitions)
	if err := ensureIndexes(ctx, c); err != nil && s.opts.Mode == data.Isolated {
		return nil, fmt.Errorf("define a collection: %w", err)
	}
	err = s.change(ctx, owner, collection, func() (*Definition, error) {
		if err := s.keepStored(ctx, c, d); err != nil {
			return nil, err
		}
		now := primitive.NewDateTimeFromTime(s.opts.Clock())
		stored, err := c.FindOneAndUpdate(ctx, doc.Object{{"collectionName", collection}}, doc.Object{
			{"$set", append(d.document(), doc.Object{{"lastSyncedAt", now}, {"updatedAt", now}}...)},
			{"$setOnInsert", doc.Object{{"createdAt", now}}},
		}, mongo.FindUpdateOptions{Upsert: !exists, After: true})
		if errors.Is(err, mongo.ErrNotFound) {
			return nil, errNotFound.Because(err)
		}
		if err != nil {
			return nil, fmt.Errorf("define a collection: %w", err)
		}
		d = decode(stored)
		return d, nil
	})
	if err != nil {
		return nil, err
	}
	return d, nil
}

// change stores a change of a definition and notes it, in turn with all others. One
// that failed may be stored all the same.
func (s *Service) change(ctx context.Context, owner, collection string, store func() (*Definition, error)) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	d, err := store()
	var answer *apierr.Error
	if sp := s.known(owner); sp != nil && err != nil && !errors.As(err, &answer) {
		s.behind(sp, "definitions", s.loadDefinitions)
	}
	if err != nil {
		return err
	}
	sp, err := s.space(ctx, owner)
	if err != nil {
		return err
	}
	sp.set(collection, d)
	return nil
}

func makeIndexes(ctx context.Context, at *data.Handle, d *Definition) error {
	if len(d.Indexes) == 0 {
		return nil
	}
	err := at.EnsureIndexes(ctx, d.Collection, d.Indexes...)
	var broken *mongo.IndexError
	if errors.As(err, &broken) {
		return apierr.Conflict(fmt.Sprintf("Documents of %q break the unique index on %s", d.Collection, names(broken.Index.Fields))).Because(err)
	}
	return err
}

// Delete removes a definition, or is a 404. The documents stay.
func (s *Service) Delete(ctx context.Context, owner, collection string) error {
	if foreign(collection) {
		return errNotFound
	}
	return s.change(ctx, owner, collection, func() (*Definition, error) {
		n, err := s.store.Collection(s.opts.Mode.Prefix(owner)+definitions).DeleteOne(ctx, doc.Object{{"collectionName", collection}})
		if err != nil {
			return nil, fmt.Errorf("delete a definition: %w", err)
		}
		if n == 0 {
			return nil, errNotFound
		}
		return nil, nil
	})
}
