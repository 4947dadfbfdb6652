// Package remote is the mongo.Store on a MongoDB server, over the official
// driver. The driver pools connections, watches the servers and reconnects by
// itself; this package bounds every operation in time, turns the driver's
// errors into package mongo's, and keeps credentials out of every text.
package remote

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	driver "go.mongodb.org/mongo-driver/mongo"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// The limits in time of an operation whose context sets none. Indexes take
// longer, for they read the whole collection.
const (
	operationTimeout = 10 * time.Second
	indexTimeout     = 5 * time.Minute
	selectionTimeout = 3 * time.Second
)

// DefaultDatabase is used when neither the options nor the URI name one.
const DefaultDatabase = "orchestrix"

// Options say where the server is.
type Options struct {
	URI            string        // as MongoDB documents it; it may hold credentials
	Database       string        // default: the one in the URI's path, else DefaultDatabase
	Logger         *zap.Logger   // hears of servers lost and found; may be nil
	ConnectTimeout time.Duration // how long Connect waits for the server; default 10 s
	MaxPool        uint64        // connections to one server, at most; 0 is what the URI says

	// Dialer makes the connections. With one, the URI is held to be somebody
	// else's: it must pass CheckForeign, nothing is connected to but through the
	// Dialer, and Connect gives up once every server has failed.
	Dialer Dialer
}

// Dialer makes network connections, as net.Dialer does.
type Dialer interface {
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
}

// Store is a mongo.Store on a MongoDB server.
type Store struct {
	client   *driver.Client
	database *driver.Database
	name     string
	watch    *outlook
}

// Connect opens the store and waits until the server answers, at most
// opts.ConnectTimeout. Its error is an ErrUnavailable that names the server as
// MaskURI does, with the reason in a few words.
func Connect(ctx context.Context, opts Options) (*Store, error) {
	if opts.ConnectTimeout <= 0 {
		opts.ConnectTimeout = 10 * time.Second
	}
	if opts.Logger == nil {
		opts.Logger = zap.NewNop()
	}
	if opts.Database == "" {
		opts.Database = databaseOf(opts.URI)
	}
	if opts.Database == "" {
		opts.Database = DefaultDatabase
	}
	ctx, cancel := context.WithTimeout(ctx, opts.ConnectTimeout)
	defer cancel()

	name := maskURI(opts.URI, opts.Database)
	refused := func(why string) (*Store, error) {
		return nil, fmt.Errorf("%w: %s: %s", mongo.ErrUnavailable, name, why)
	}
	ctx, giveUp := context.WithCancelCause(ctx)
	defer giveUp(nil)
	watch := &outlook{}
	if opts.Dialer != nil {
		watch.giveUp = giveUp
	}
	settings, why := clientOptions(ctx, opts, watch)
	if why != "" {
		return refused(why)
	}
	client, err := driver.Connect(ctx, settings)
	if err != nil {
		return refused("the client cannot be set up with these options")
	}
	if err := waitFor(ctx, client); err != nil {
		// ctx may have ended; nothing is in use yet, so this does not wait.
		end, cancel := bounded(context.WithoutCancel(ctx), operationTimeout)
		defer cancel()
		_ = client.Disconnect(end)
		if why := hopeless(""); errors.As(context.Cause(ctx), &why) {
			return refused(string(why))
		}
		return refused(reason(err))
	}
	return &Store{client: client, database: client.Database(opts.Database), name: "MongoDB " + name, watch: watch}, nil
}

// waitFor pings until the server answers, refuses the credentials, or ctx ends.
func waitFor(ctx context.Context, client *driver.Client) error {
	pause := time.NewTicker(200 * time.Millisecond)
	defer pause.Stop()
	for {
		err := client.Ping(ctx, nil)
		if err == nil || isAuth(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-pause.C:
		}
	}
}

// Collection returns a handle; a name that cannot be one fails its operations.
func (s *Store) Collection(name string) mongo.Collection {
	return &collection{driver: s.database.Collection(name), invalid: mongo.CheckName(name)}
}

// Collections lists the collections, sorted, without MongoDB's own.
func (s *Store) Collections(ctx context.Context) ([]string, error) {
	ctx, cancel := bounded(ctx, operationTimeout)
	defer cancel()
	names, err := s.database.ListCollectionNames(ctx, bson.D{})
	if err != nil {
		return nil, mapError(ctx, "(list)", err)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return strings.HasPrefix(name, "system.") })
	slices.Sort(names)
	return names, nil
}

// Ping reports whether the server answers; the error is an ErrUnavailable.
func (s *Store) Ping(ctx context.Context) error {
	ctx, cancel := bounded(ctx, operationTimeout)
	defer cancel()
	err := s.client.Ping(ctx, nil)
	if err == nil {
		return nil
	}
	if ended := ctx.Err(); ended != nil {
		return fmt.Errorf("%w: %s (%w)", mongo.ErrUnavailable, reason(err), ended)
	}
	return fmt.Errorf("%w: %s", mongo.ErrUnavailable, reason(err))
}

// Unreachable is an ErrUnavailable while no server can be reached, as far as is
// known. It asks nobody.
func (s *Store) Unreachable() error {
	if why := s.watch.lost(); why != "" {
		return fmt.Errorf("%w: %s", mongo.ErrUnavailable, why)
	}
	return nil
}

// String names the server and database, masked as MaskURI does.
func (s *Store) String() string { return s.name }

// Close waits for operations under way, then closes the connections. When ctx
// ends first (after 10 s without a deadline) it cuts them.
func (s *Store) Close(ctx context.Context) error {
	ctx, cancel := bounded(ctx, operationTimeout)
	defer cancel()
	err := s.client.Disconnect(ctx)
	if err == nil || errors.Is(err, driver.ErrClientDisconnected) {
		return nil
	}
	return mapError(ctx, "(close)", err)
}

// bounded gives ctx a deadline when it has none.
func bounded(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, limit)
}

var _ mongo.Store = (*Store)(nil)
