package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/bson/primitive"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// End ends the session with an id. There may be none.
func (s *Store) End(ctx context.Context, id string) error {
	if !isID(id) {
		return nil
	}
	if _, err := s.sessions.DeleteOne(ctx, doc.Object{{"sessionId", id}}); err != nil {
		return fmt.Errorf("ending a session: %w", err)
	}
	return nil
}

// Revoke ends a user's session by its Key, or by its id, and returns its id. It
// is ErrNone when the user has no such session, though another may have it.
func (s *Store) Revoke(ctx context.Context, userID, key string) (id string, err error) {
	filter := doc.Object{{"userId", userID}}
	if oid, err := primitive.ObjectIDFromHex(key); err == nil {
		filter = append(filter, doc.Field{Key: "_id", Value: oid})
	} else if isID(key) {
		filter = append(filter, doc.Field{Key: "sessionId", Value: key})
	} else {
		return "", ErrNone
	}
	d, err := s.sessions.FindOne(ctx, append(filter, s.live()...), mongo.FindOptions{Projection: doc.Object{{"sessionId", 1}}})
	if errors.Is(err, mongo.ErrNotFound) {
		return "", ErrNone
	}
	if err != nil {
		return "", fmt.Errorf("finding a session to revoke: %w", err)
	}
	if err := s.deleteAll(ctx, []doc.Object{d}); err != nil {
		return "", err
	}
	return doc.String(d, "sessionId"), nil
}

// EndAll ends all sessions of a user and returns their ids, also of those that
// had expired but were not swept yet. After an error it returns the ids of those
// that it ended.
func (s *Store) EndAll(ctx context.Context, userID string) (ids []string, err error) {
	for {
		// Again until there are none: one that began meanwhile ends as well, and
		// its id is not missed.
		found, err := s.sessions.Find(ctx, doc.Object{{"userId", userID}},
			mongo.FindOptions{Projection: doc.Object{{"sessionId", 1}}, Limit: MaxPerUser})
		if err != nil {
			return ids, fmt.Errorf("finding a user's sessions: %w", err)
		}
		if len(found) == 0 {
			return ids, nil
		}
		if err := s.deleteAll(ctx, found); err != nil {
			return ids, err
		}
		for _, d := range found {
			ids = append(ids, doc.String(d, "sessionId"))
		}
	}
}

// deleteAll deletes documents by their _ids.
func (s *Store) deleteAll(ctx context.Context, documents []doc.Object) error {
	ids := make(doc.Array, len(documents))
	for i, d := range documents {
		ids[i], _ = doc.Get(d, "_id")
	}
	if _, err := s.sessions.DeleteMany(ctx, doc.Object{{"_id", doc.Object{{"$in", ids}}}}); err != nil {
		return fmt.Errorf("deleting sessions: %w", err)
	}
	return nil
}

// Sweep deletes the expired sessions and returns how many there were.
func (s *Store) Sweep(ctx context.Context) (int64, error) {
	n, err := s.sessions.DeleteMany(ctx, doc.Object{{"expiresAt", doc.Object{{"$lte", date(s.now())}}}})
	if err != nil {
		return n, fmt.Errorf("deleting expired sessions: %w", err)
	}
	return n, nil
}

// Keep sweeps now and then regularly, until ctx ends. Not every backend deletes
// by itself what has expired.
func (s *Store) Keep(ctx context.Context, log *zap.Logger) {
	ticker := time.NewTicker(s.sweepEvery)
	defer ticker.Stop()
	for {
		if n, err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
			log.Warn("sweeping sessions", zap.Error(err))
		} else if n > 0 {
			log.Debug("deleted expired sessions", zap.Int64("count", n))
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
