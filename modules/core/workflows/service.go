package workflows

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/bson/primitive"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/logging"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// Service saves, finds and publishes workflows.
type Service struct {
	workflows mongo.Collection
	published mongo.Collection
	types     *engine.Registry
	cache     *cache
	saved     func(owner string, collections []string)
	log       *zap.Logger
	now       func() time.Time
}

// NewService returns a service on the store that compiles with the given types.
func NewService(store mongo.Store, types *engine.Registry, log *zap.Logger, now func() time.Time) *Service {
	return &Service{
		workflows: store.Collection("workflows"),
		published: store.Collection("publishedapis"),
		types:     types,
		saved:     func(string, []string) {},
		cache:     newCache(types, now),
		log:       log,
		now:       now,
	}
}

// OnSave has f told of the collections that each saved workflow names. It is
// called once, before anything else.
func (s *Service) OnSave(f func(owner string, collections []string)) { s.saved = f }

// EnsureIndexes makes the indexes of models.md.
func (s *Service) EnsureIndexes(ctx context.Context) error {
	return errors.Join(
		s.workflows.EnsureIndexes(ctx,
			mongo.Index{Fields: []string{"workflowId"}},
			mongo.Index{Fields: []string{"ownerId"}},
			mongo.Index{Fields: []string{"workflowId", "ownerId"}, Unique: true},
			mongo.Index{Fields: []string{"apiPath"}, Unique: true, Sparse: true}),
		s.published.EnsureIndexes(ctx,
			mongo.Index{Fields: []string{"path"}, Unique: true},
			mongo.Index{Fields: []string{"workflowId"}},
			mongo.Index{Fields: []string{"ownerId"}}))
}

// Save stores a workflow, new or not, and publishes its API, as one outcome.
func (s *Service) Save(ctx context.Context, d Draft) (*Workflow, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	return s.store(ctx, d, true)
}

// Update does the same for a workflow that must exist.
func (s *Service) Update(ctx context.Context, d Draft) (*Workflow, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	if _, err := s.workflows.FindOne(ctx, key(d.WorkflowID, d.OwnerID), mongo.FindOptions{Projection: doc.Object{{"_id", int32(1)}}}); err != nil {
		return nil, answer(err)
	}
	return s.store(ctx, d, false)
}

// store is the one write path. The workflow's document decides: it names the
// path it is published at, so that writing it is both saving and publishing.
// The path is reserved before, because it must be unique across owners; where
// concurrent saves lose a reservation, the unique index on apiPath still holds.
func (s *Service) store(ctx context.Context, d Draft, upsert bool) (*Workflow, error) {
	w := &Workflow{Draft: d, APIPath: Path(d.WorkflowID, Slug(d.APIName)), reservation: primitive.NewObjectID().Hex()}
	if err := s.reserve(ctx, w); err != nil {
		return nil, err
	}
	now := primitive.NewDateTimeFromTime(s.now())
	before, err := s.workflows.FindOneAndUpdate(ctx, key(d.WorkflowID, d.OwnerID), doc.Object{
		{"$set", doc.Object{
			{"steps", orEmpty(d.Steps)}, {"edges", orEmpty(d.Edges)}, {"inputVariables", orEmpty(d.InputVariables)},
			{"apiName", d.APIName}, {"apiPath", w.APIPath}, {"nodeCount", int32(len(d.Steps))}, {"collections", s.collections(d.Steps)},
			{"reservation", w.reservation}, {"updatedAt", now},
		}},
		{"$setOnInsert", doc.Object{{"createdAt", now}}},
	}, mongo.FindUpdateOptions{Upsert: upsert})
	switch {
	case err == nil:
		s.release(ctx, w, decode(before))
	case errors.Is(err, mongo.ErrNotFound) && upsert: // it is new
	case errors.Is(err, mongo.ErrDuplicate):
		s.unreserve(ctx, w)
		return nil, errPathTaken.Because(err)
	case errors.Is(err, mongo.ErrInvalid):
		return nil, apierr.BadRequest("The workflow cannot be stored: it is too large").Because(err)
	default:
		return nil, answer(err)
	}
	s.cache.forget(w.APIPath)
	s.saved(d.OwnerID, s.types.Collections(d.Steps))
	return w, nil
}

// Get returns an owner's workflow.
func (s *Service) Get(ctx context.Context, workflowID, ownerID string) (*Workflow, error) {
	found, err := s.workflows.FindOne(ctx, key(workflowID, ownerID), mongo.FindOptions{})
	if err != nil {
		return nil, answer(err)
	}
	return decode(found), nil
}

// List returns an owner's workflows without their steps and edges, the newest
// update first.
func (s *Service) List(ctx context.Context, ownerID string) ([]*Workflow, error) {
	found, err := s.workflows.Find(ctx, doc.Object{{"ownerId", ownerID}}, mongo.FindOptions{
		Sort:       doc.Object{{"updatedAt", int32(-1)}},
		Projection: doc.Object{{"steps", int32(0)}, {"edges", int32(0)}},
	})
	if err != nil {
		return nil, err
	}
	all := make([]*Workflow, len(found))
	for i := range found {
		all[i] = decode(found[i])
		if _, counted := doc.Get(found[i], "nodeCount"); !counted { // saved by the old backend
			if err := s.count(ctx, all[i]); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

func (s *Service) count(ctx context.Context, w *Workflow) error {
	full, err := s.Get(ctx, w.WorkflowID, w.OwnerID)
	if err != nil {
		return fmt.Errorf("counting the steps of %q: %w", w.WorkflowID, err)
	}
	w.NodeCount = full.NodeCount
	return nil
}

// Delete removes an owner's workflow and its API.
func (s *Service) Delete(ctx context.Context, workflowID, ownerID string) error {
	n, err := s.workflows.DeleteOne(ctx, key(workflowID, ownerID))
	if err != nil {
		return err
	}
	s.cache.forgetAll(workflowID)
	if n == 0 {
		return errNotFound
	}
	// The API is dead with the document; its reservation is only tidied up.
	if _, err := s.published.DeleteMany(ctx, key(workflowID, ownerID)); err != nil {
		logging.From(ctx, s.log).Warn("releasing the paths of a deleted workflow", zap.Error(err))
	}
	return nil
}

func key(workflowID, ownerID string) doc.Object {
	return doc.Object{{"workflowId", workflowID}, {"ownerId", ownerID}}
}

func answer(err error) error {
	if errors.Is(err, mongo.ErrNotFound) {
		return errNotFound.Because(err)
	}
	return err
}
