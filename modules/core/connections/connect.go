package connections

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/mongo/remote"
)

// testLimit bounds a connection that is tried out, testing how many are at a time.
const (
	testLimit = 10 * time.Second
	testing   = 16
)

// Connect tries a connection string out and keeps it for the owner, in place of
// another one; a failure leaves that as it was, and is the 422 of http.md.
func (s *Service) Connect(ctx context.Context, owner, uri, label string) (*Connection, error) {
	if len(owner) > maxOwner {
		return nil, apierr.BadRequest("ownerId must be at most %d bytes", maxOwner)
	}
	if s.box == nil {
		return nil, failed("This server keeps no connection strings: it has no ENCRYPTION_KEY. Ask whoever runs it to set one.")
	}
	if err := s.try(ctx, uri); err != nil {
		return nil, err
	}
	now := primitive.NewDateTimeFromTime(s.opts.Clock())
	c := &Connection{
		Owner: owner, Label: label, Masked: remote.MaskURI(uri), Status: connected, ConnectedAt: now.Time().UTC(),
		sealed: base64.StdEncoding.EncodeToString(s.box.Seal([]byte(uri), []byte(owner))),
	}
	_, err := s.rows.UpdateOne(ctx, doc.Object{{"ownerId", owner}}, doc.Object{
		{"$set", doc.Object{
			{"encryptedUri", c.sealed}, {"keyId", s.box.KeyID()}, {"uriMasked", c.Masked}, {"label", label},
			{"status", connected}, {"connectedAt", now}, {"updatedAt", now},
		}},
		{"$setOnInsert", doc.Object{{"createdAt", now}}},
	}, mongo.UpdateOptions{Upsert: true})
	s.forget(owner) // also after an error: it is not known whether it is stored
	if err != nil {
		return nil, fmt.Errorf("connect a database: %w", err)
	}
	return c, nil
}

// try connects once, and asks for something that needs a right to read.
func (s *Service) try(ctx context.Context, uri string) error {
	ctx, cancel := context.WithTimeout(ctx, testLimit)
	defer cancel()
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	store, err := s.opts.Open(ctx, uri)
	if err != nil {
		return reported(err)
	}
	_, err = store.Collections(ctx)
	s.pool.end(store)
	return reported(err)
}

// enter waits for a place among the tests.
func (s *Service) enter(ctx context.Context) error {
	select {
	case s.tests <- struct{}{}:
		return nil
	case <-ctx.Done():
		return failed("too many databases are tried at the moment; try again")
	}
}

func (s *Service) leave() { <-s.tests }
