package workflows

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/bson/primitive"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/logging"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// A row of publishedapis reserves a path for an owner; the workflow's document
// says whether the path is live. Each save marks the row with a reservation of
// its own, so that one which tidies up late cannot take away the row of another
// save that has come in between.

// reservationTime is how long a path that no workflow uses stays reserved: a
// save under way elsewhere may be about to use it.
const reservationTime = time.Minute

// reserve claims the workflow's path for its owner, or is errPathTaken.
func (s *Service) reserve(ctx context.Context, w *Workflow) error {
	err := s.claim(ctx, doc.Object{{"path", w.APIPath}, {"ownerId", w.OwnerID}}, w, true)
	if !errors.Is(err, mongo.ErrDuplicate) {
		return err
	}
	row, err := s.published.FindOne(ctx, doc.Object{{"path", w.APIPath}}, mongo.FindOptions{})
	if errors.Is(err, mongo.ErrNotFound) {
		return errPathTaken // and given up again just now: the client may try again
	}
	if err != nil {
		return err
	}
	used, err := s.inUse(ctx, row)
	if err != nil {
		return err
	}
	if used || s.now().Sub(date(row, "updatedAt")) < reservationTime {
		return errPathTaken
	}
	left := doc.Object{{"path", w.APIPath}, {"ownerId", doc.String(row, "ownerId")}, {"updatedAt", date(row, "updatedAt")}}
	if err := s.claim(ctx, left, w, false); err != nil {
		return errPathTaken.Because(err)
	}
	return nil
}

func (s *Service) claim(ctx context.Context, filter doc.Object, w *Workflow, upsert bool) error {
	now := primitive.NewDateTimeFromTime(s.now())
	_, err := s.published.FindOneAndUpdate(ctx, filter, doc.Object{
		{"$set", doc.Object{
			{"ownerId", w.OwnerID}, {"workflowId", w.WorkflowID}, {"name", w.APIName}, {"slug", Slug(w.APIName)},
			{"method", "POST"}, {"inputVariables", orEmpty(w.InputVariables)},
			{"reservation", w.reservation}, {"updatedAt", now},
		}},
		{"$setOnInsert", doc.Object{{"createdAt", now}}},
	}, mongo.FindUpdateOptions{Upsert: upsert, After: true})
	return err
}

// unreserve gives up a path that the workflow could not be published at, so that
// its holder can save again at once.
func (s *Service) unreserve(ctx context.Context, w *Workflow) {
	if _, err := s.published.DeleteOne(ctx, doc.Object{{"path", w.APIPath}, {"reservation", w.reservation}}); err != nil {
		logging.From(ctx, s.log).Warn("releasing a path that was refused", zap.Error(err))
	}
}

// inUse reports whether the workflow of a row is published at the row's path.
func (s *Service) inUse(ctx context.Context, row doc.Object) (bool, error) {
	holder, err := s.workflows.FindOne(ctx, key(doc.String(row, "workflowId"), doc.String(row, "ownerId")), mongo.FindOptions{})
	if errors.Is(err, mongo.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	path := doc.String(holder, "apiPath")
	return path == "" || path == doc.String(row, "path"), nil
}

// release gives up the path that the workflow had before. The save has already
// succeeded; what fails here is only logged.
func (s *Service) release(ctx context.Context, w, before *Workflow) {
	filter := doc.Object{
		{"workflowId", w.WorkflowID}, {"ownerId", w.OwnerID},
		{"path", before.APIPath}, {"reservation", before.reservation},
	}
	switch before.APIPath {
	case w.APIPath:
		return
	case "": // saved by the old backend, which kept the paths only in its rows
		filter = append(filter[:2], doc.Field{Key: "reservation", Value: doc.Object{{"$exists", false}}})
		s.cache.forgetAll(w.WorkflowID)
	default:
		s.cache.forget(before.APIPath)
	}
	if _, err := s.published.DeleteMany(ctx, filter); err != nil {
		logging.From(ctx, s.log).Warn("releasing a path that is no longer published", zap.Error(err))
	}
}

// Published finds the live API of a workflow, compiled. It is the hot path of
// every published call, so what it finds is cached for a moment.
func (s *Service) Published(ctx context.Context, workflowID, slug string) (*Published, error) {
	return s.cache.get(ctx, Path(workflowID, slug), func(ctx context.Context) (*Workflow, error) {
		return s.findPublished(ctx, workflowID, slug)
	})
}

// Definition finds the workflow of a live API with its steps, to be described.
func (s *Service) Definition(ctx context.Context, workflowID, slug string) (*Workflow, error) {
	return s.findPublished(ctx, workflowID, slug)
}

func (s *Service) findPublished(ctx context.Context, workflowID, slug string) (*Workflow, error) {
	path := Path(workflowID, slug)
	found, err := s.workflows.FindOne(ctx, doc.Object{{"workflowId", workflowID}, {"apiPath", path}}, mongo.FindOptions{})
	if err == nil {
		return decode(found), nil
	}
	if !errors.Is(err, mongo.ErrNotFound) {
		return nil, err
	}
	row, err := s.published.FindOne(ctx, doc.Object{{"path", path}, {"workflowId", workflowID}}, mongo.FindOptions{})
	if errors.Is(err, mongo.ErrNotFound) {
		return nil, errNotPublished
	}
	if err != nil {
		return nil, err
	}
	w, err := s.Get(ctx, workflowID, doc.String(row, "ownerId"))
	if err != nil {
		return nil, err
	}
	if w.APIPath != "" { // published since, elsewhere
		return nil, errNotPublished
	}
	return w, nil
}
