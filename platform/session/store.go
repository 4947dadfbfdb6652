// Package session keeps logins in the document store. A session has an id that
// is as good as a password, a user, a time at which it ends whatever happens,
// and a little data.
package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// MaxPerUser is how many sessions a user has at most; a new one ends the oldest.
const MaxPerUser = 1000

// ErrNone is the answer to an id of no live session.
var ErrNone = errors.New("no such session")

// Options change a Store. Their zero values are a week, time.Now and an hour.
type Options struct {
	Life       time.Duration // how long a session lasts from its creation
	Clock      func() time.Time
	SweepEvery time.Duration // how often Keep deletes what has expired
}

// Store is the sessions in a document store.
type Store struct {
	sessions   mongo.Collection
	life       time.Duration
	now        func() time.Time
	sweepEvery time.Duration
}

// NewStore returns the sessions in store. It does no I/O.
func NewStore(store mongo.Store, opts Options) *Store {
	s := &Store{sessions: store.Collection("sessions"), life: opts.Life, now: opts.Clock, sweepEvery: opts.SweepEvery}
	if s.life <= 0 {
		s.life = 7 * 24 * time.Hour
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.sweepEvery <= 0 {
		s.sweepEvery = time.Hour
	}
	return s
}

// EnsureIndexes makes the indexes of the sessions.
func (s *Store) EnsureIndexes(ctx context.Context) error {
	expiry := mongo.Index{Fields: []string{"expiresAt"}, Expire: true}
	expires := s.sessions.EnsureIndexes(ctx, expiry)
	if errors.Is(expires, mongo.ErrUnsupported) {
		expiry.Expire = false // Keep deletes what the backend does not
		expires = s.sessions.EnsureIndexes(ctx, expiry)
	}
	err := errors.Join(expires, s.sessions.EnsureIndexes(ctx,
		mongo.Index{Fields: []string{"sessionId"}, Unique: true},
		mongo.Index{Fields: []string{"userId"}}))
	if err != nil {
		return fmt.Errorf("indexes of the sessions: %w", err)
	}
	return nil
}

// Create begins a session of a user. Data that a session cannot hold is an
// ErrData.
func (s *Store) Create(ctx context.Context, userID, stamp string, data doc.Object) (*Session, error) {
	id, err := uuid.NewRandom()
	if err != nil {
		return nil, fmt.Errorf("new session: %w", err)
	}
	now := s.now().UTC().Truncate(time.Millisecond) // as it is stored
	created := &Session{
		ID: id.String(), UserID: userID, Stamp: stamp, id: primitive.NewObjectID(),
		CreatedAt: now, UpdatedAt: now, ExpiresAt: now.Add(s.life),
	}
	created.Key = created.id.Hex()
	for _, f := range data {
		if err := created.Set(f.Key, f.Value); err != nil {
			return nil, err
		}
	}
	created.saved()
	if _, err := s.sessions.InsertOne(ctx, created.encode()); err != nil {
		return nil, fmt.Errorf("new session: %w", err)
	}
	if err := s.trim(ctx, userID); err != nil {
		return nil, err
	}
	return created, nil
}

// trim deletes what a user has beyond the newest MaxPerUser sessions. The count
// comes from the index, so that nearly always no session is read; what then is
// beyond them one query tells, so that two of these together delete no more.
func (s *Store) trim(ctx context.Context, userID string) error {
	n, err := s.sessions.Count(ctx, doc.Object{{"userId", userID}})
	if err != nil {
		return fmt.Errorf("counting sessions: %w", err)
	}
	if n <= MaxPerUser {
		return nil
	}
	old, err := s.sessions.Find(ctx, doc.Object{{"userId", userID}},
		mongo.FindOptions{Sort: newestFirst(), Skip: MaxPerUser, Projection: doc.Object{{"_id", 1}}})
	if err != nil {
		return fmt.Errorf("finding the oldest sessions: %w", err)
	}
	return s.deleteAll(ctx, old)
}

// Find returns a live session. Everything else, also what is not an id at all,
// is ErrNone.
func (s *Store) Find(ctx context.Context, id string) (*Session, error) {
	if !isID(id) {
		return nil, ErrNone
	}
	d, err := s.sessions.FindOne(ctx, doc.Object{{"sessionId", id}}, mongo.FindOptions{})
	if errors.Is(err, mongo.ErrNotFound) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, fmt.Errorf("finding a session: %w", err)
	}
	found := decode(d)
	if !found.ExpiresAt.After(s.now()) {
		return nil, ErrNone // not swept yet
	}
	return found, nil
}

// isID accepts an id in the one spelling that Create makes.
func isID(id string) bool {
	u, err := uuid.Parse(id)
	return err == nil && u.String() == id
}

// Save writes what was set and deleted since the session was read, and nothing
// else: another copy's changes to other keys stay. A session that has ended
// meanwhile stays ended; that is no error.
func (s *Store) Save(ctx context.Context, changed *Session) error {
	if changed == nil {
		return nil
	}
	// The lock is held while the store writes, so that no change falls between
	// what is written and what counts as written.
	changed.mu.Lock()
	defer changed.mu.Unlock()
	if len(changed.changed) == 0 {
		return nil
	}
	filter := append(doc.Object{{"_id", changed.id}}, s.live()...)
	if _, err := s.sessions.UpdateOne(ctx, filter, changed.update(s.now()), mongo.UpdateOptions{}); err != nil {
		return fmt.Errorf("saving a session: %w", err)
	}
	changed.saved()
	return nil
}

// List returns a user's live sessions, the newest first.
func (s *Store) List(ctx context.Context, userID string) ([]*Session, error) {
	filter := append(doc.Object{{"userId", userID}}, s.live()...)
	found, err := s.sessions.Find(ctx, filter, mongo.FindOptions{Sort: newestFirst(), Limit: MaxPerUser})
	if err != nil {
		return nil, fmt.Errorf("listing sessions: %w", err)
	}
	sessions := make([]*Session, len(found))
	for i := range found {
		sessions[i] = decode(found[i])
	}
	return sessions, nil
}

// live is the part of a filter that leaves expired sessions out.
func (s *Store) live() doc.Object {
	return doc.Object{{"expiresAt", doc.Object{{"$gt", date(s.now())}}}}
}

func newestFirst() doc.Object { return doc.Object{{"createdAt", -1}, {"_id", -1}} }
