// Package connections keeps the databases of their own that people have connected:
// it seals the connection strings in the store, opens the databases when they are
// used, and closes them when they are not.
package connections

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/data"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/seal"
)

// collection is that of models.md.
const collection = "userdbconnections"

// maxOwner bounds an owner, in bytes: nobody with a longer name has a connection.
const maxOwner = 256

// Open connects to a database by its connection string, or is a
// mongo.ErrUnavailable. It decides which strings and addresses are allowed.
type Open func(ctx context.Context, uri string) (mongo.Store, error)

// Options of a Service.
type Options struct {
	Key    []byte // seals connection strings; nil: nobody can connect a database
	Open   Open
	Shared bool // other processes may use the same store
	Clock  func() time.Time
	Logger *zap.Logger
}

// Service keeps the connections.
type Service struct {
	opts  Options
	rows  mongo.Collection
	box   *seal.Box // nil without a key
	cache *cache
	pool  *pool
	tests chan struct{} // holds a place for each test
}

// New returns a service on a store. It fails for a key that is none.
func New(store mongo.Store, opts Options) (*Service, error) {
	s := &Service{
		opts:  opts,
		rows:  store.Collection(collection),
		cache: newCache(opts.Shared, opts.Clock),
		tests: make(chan struct{}, testing),
	}
	s.pool = newPool(opts.Clock, opts.Logger)
	if len(opts.Key) > 0 {
		box, err := seal.New(opts.Key)
		if err != nil {
			return nil, fmt.Errorf("ENCRYPTION_KEY: %w", err)
		}
		s.box = box
	}
	return s, nil
}

// EnsureIndexes makes the index of models.md.
func (s *Service) EnsureIndexes(ctx context.Context) error {
	return s.rows.EnsureIndexes(ctx, mongo.Index{Fields: []string{"ownerId"}, Unique: true})
}

// Start refuses a key with which the connections that are stored cannot be opened,
// and begins to close databases that are not used.
func (s *Service) Start(ctx context.Context) error {
	sealedWith := doc.Object{{"$exists", true}}
	if s.box != nil {
		sealedWith = append(sealedWith, doc.Field{Key: "$ne", Value: s.box.KeyID()})
	}
	foreign, err := s.rows.Count(ctx, doc.Object{{"keyId", sealedWith}})
	switch {
	case err != nil:
		return fmt.Errorf("checking ENCRYPTION_KEY: %w", err)
	case foreign > 0 && s.box == nil:
		return fmt.Errorf("ENCRYPTION_KEY is not set, but %d connected databases are stored with one: set it", foreign)
	case foreign > 0:
		return fmt.Errorf("ENCRYPTION_KEY is not the key that %d connected databases are stored with: set the key of before", foreign)
	}
	s.pool.start()
	return nil
}

// Close closes every database.
func (s *Service) Close(ctx context.Context) error { return s.pool.close(ctx) }

// Disconnect forgets the owner's database, if there is one. What uses it ends as
// it would have.
func (s *Service) Disconnect(ctx context.Context, owner string) error {
	_, err := s.rows.DeleteMany(ctx, doc.Object{{"ownerId", owner}})
	s.forget(owner)
	if err != nil {
		return fmt.Errorf("disconnect a database: %w", err)
	}
	return nil
}

func (s *Service) forget(owner string) {
	s.cache.forget(owner)
	s.pool.drop(owner)
}

// Status returns the owner's connection, nil without one.
func (s *Service) Status(ctx context.Context, owner string) (*Connection, error) {
	c, err := s.connection(ctx, owner)
	if err != nil || c == nil {
		return nil, err
	}
	if _, err := s.uri(c); err != nil {
		broken := *c
		broken.Status = unreadable
		return &broken, nil
	}
	return c, nil
}

// Of implements data.Databases.
func (s *Service) Of(ctx context.Context, owner string) (mongo.Store, func(), error) {
	c, err := s.connection(ctx, owner)
	if err != nil || c == nil {
		return nil, nil, err
	}
	return s.open(ctx, c)
}

func (s *Service) open(ctx context.Context, c *Connection) (mongo.Store, func(), error) {
	return s.pool.acquire(ctx, c, func(ctx context.Context) (mongo.Store, error) {
		uri, err := s.uri(c)
		if err != nil {
			return nil, err
		}
		return s.opts.Open(ctx, uri)
	})
}

// uri opens a connection string.
func (s *Service) uri(c *Connection) (string, error) {
	if s.box == nil {
		return "", errUnreadable
	}
	sealed, err := base64.StdEncoding.DecodeString(c.sealed)
	if err != nil {
		return "", errUnreadable
	}
	uri, err := s.box.Open(sealed, []byte(c.Owner))
	if err != nil {
		return "", errUnreadable
	}
	return string(uri), nil
}

// connection returns an owner's, nil without one.
func (s *Service) connection(ctx context.Context, owner string) (*Connection, error) {
	if len(owner) > maxOwner {
		return nil, nil
	}
	return s.cache.get(ctx, owner, s.find)
}

// find reads an owner's connection, nil without one. Those of the old backend were
// sealed in another way, and count for none.
func (s *Service) find(ctx context.Context, owner string) (*Connection, error) {
	found, err := s.rows.FindOne(ctx, doc.Object{{"ownerId", owner}, {"keyId", doc.Object{{"$exists", true}}}}, mongo.FindOptions{})
	if errors.Is(err, mongo.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find the owner's database: %w", err)
	}
	return decode(found), nil
}

var _ data.Databases = (*Service)(nil)
