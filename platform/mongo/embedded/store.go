// Package embedded is the document store that needs no service: one bbolt file
// with MongoDB's semantics from mongokit. It is for one process.
//
// A collection is a bucket with its documents (key: encoded _id, value: BSON)
// and one bucket for each index. Reads run on a snapshot and never wait; writes
// are applied by one goroutine that commits whatever is waiting at once, so
// that many small durable writes share one sync of the disk.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

const fileName = "orchestrix.db"

// mapped is how much of the address space the file has from the beginning. When it
// outgrows that it is mapped anew, which waits for every read, and every other read
// for it. It takes no memory.
const mapped = 1 << 30

// lockWait is how long to wait for a process that is just ending.
const lockWait = 2 * time.Second

// Options configure a store.
type Options struct {
	Dir    string           // made when it is missing
	Logger *zap.Logger      // nil is silent
	Clock  func() time.Time // nil is time.Now
}

// Store is a mongo.Store in one file.
type Store struct {
	db      *bbolt.DB
	path    string
	log     *zap.Logger
	now     func() time.Time
	writer  *writer
	learner *learner
	indexes *definitions

	stop  context.CancelFunc // of the goroutines below
	owned sync.WaitGroup     // the expiry sweeper and the learner
}

// Open opens the store in a directory, making both when they are missing. A
// directory that another process has open is an error that says so.
func Open(_ context.Context, o Options) (*Store, error) {
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	path := filepath.Join(o.Dir, fileName)
	if err := create(path); err != nil {
		return nil, fmt.Errorf("creating %s: %w", path, err)
	}
	db, err := openFile(path)
	if errors.Is(err, berrors.ErrTimeout) {
		return nil, fmt.Errorf("%s is in use by another process", path)
	}
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Store{db: db, path: path, log: o.Logger, now: o.Clock, writer: newWriter(db), learner: newLearner(), indexes: newDefinitions(), stop: stop}
	s.owned.Go(func() { s.sweep(ctx) })
	s.owned.Go(func() { s.learn(ctx) })
	return s, nil
}

func openFile(path string) (*bbolt.DB, error) {
	return bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout:         lockWait,
		FreelistType:    bbolt.FreelistMapType,
		NoFreelistSync:  true,
		InitialMmapSize: mapped,
	})
}

// create makes the file whole before it gets its name, so that a crash during
// the first start leaves nothing half-made behind.
func create(path string) error {
	if _, err := os.Stat(path); err == nil || !errors.Is(err, os.ErrNotExist) {
		return err
	}
	draft := fmt.Sprintf("%s.%d.new", path, os.Getpid())
	if err := os.Remove(draft); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	defer os.Remove(draft) //nolint:errcheck // it is gone or harmless
	db, err := openFile(draft)
	if err != nil {
		return err
	}
	if err := db.Close(); err != nil {
		return err
	}
	if err := os.Link(draft, path); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return syncDirectory(filepath.Dir(path))
}

// syncDirectory makes a new name in a directory durable.
func syncDirectory(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Collection returns a handle.
func (s *Store) Collection(name string) mongo.Collection { return &collection{store: s, name: name} }

// Collections lists the collections.
func (s *Store) Collections(context.Context) ([]string, error) {
	var names []string
	err := s.db.View(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, _ *bbolt.Bucket) error {
			names = append(names, string(name))
			return nil
		})
	})
	return names, wrap(err)
}

// Ping reports whether the file is open.
func (s *Store) Ping(context.Context) error {
	return wrap(s.db.View(func(*bbolt.Tx) error { return nil }))
}

func (s *Store) String() string { return "embedded store in " + s.path }

// Close ends what the store does by itself, waits for the writes that are queued, and closes the
// file. It may be called again.
func (s *Store) Close(ctx context.Context) error {
	s.stop()
	s.owned.Wait()
	if err := s.writer.close(ctx); err != nil {
		return fmt.Errorf("closing %s: %w", s.path, err)
	}
	return s.db.Close()
}

// wrap tells a failure of the file from the errors that callers tell apart.
func wrap(err error) error {
	if err == nil || isKind(err) {
		return err
	}
	return fmt.Errorf("%w: %w", mongo.ErrUnavailable, err)
}

// isKind reports whether a write refused, or its context ended, before anything
// was changed. Any other error may have left its transaction half-changed.
func isKind(err error) bool {
	for _, kind := range []error{
		mongo.ErrNotFound, mongo.ErrDuplicate, mongo.ErrUnsupported, mongo.ErrInvalid, mongo.ErrUnavailable,
		context.Canceled, context.DeadlineExceeded,
	} {
		if errors.Is(err, kind) {
			return true
		}
	}
	var index *mongo.IndexError
	return errors.As(err, &index)
}
