package workflows

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// ErrChanged is the answer to a change of a workflow that was saved meanwhile.
var ErrChanged = apierr.Conflict("The workflow was changed meanwhile; try again")

// Keep stores the graph of a draft and publishes nothing: a new workflow has no
// API until it is saved, and the one of an old workflow stays where it is. Before
// is what the draft was made from, nil for a new one; when that is not what is
// stored any more, Keep is ErrChanged and nothing is stored.
func (s *Service) Keep(ctx context.Context, d Draft, before *Workflow) (*Workflow, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	now := primitive.NewDateTimeFromTime(s.now())
	graph := doc.Object{
		{"steps", orEmpty(d.Steps)}, {"edges", orEmpty(d.Edges)}, {"inputVariables", orEmpty(d.InputVariables)},
		{"nodeCount", int32(len(d.Steps))}, {"collections", s.collections(d.Steps)},
		{"reservation", primitive.NewObjectID().Hex()}, {"updatedAt", now},
	}
	var stored doc.Object
	var err error
	if before == nil {
		stored, err = s.keepNew(ctx, d, append(graph, doc.Field{Key: "createdAt", Value: now}))
	} else {
		stored, err = s.workflows.FindOneAndUpdate(ctx, append(key(d.WorkflowID, d.OwnerID), version(before)...),
			doc.Object{{"$set", graph}}, mongo.FindUpdateOptions{After: true})
	}
	switch {
	case errors.Is(err, mongo.ErrNotFound), errors.Is(err, mongo.ErrDuplicate):
		return nil, ErrChanged.Because(err)
	case errors.Is(err, mongo.ErrInvalid):
		return nil, apierr.BadRequest("The workflow cannot be stored: it is too large").Because(err)
	case err != nil:
		return nil, err
	}
	s.cache.forgetAll(d.WorkflowID)
	s.saved(d.OwnerID, s.types.Collections(d.Steps))
	return decode(stored), nil
}

func (s *Service) keepNew(ctx context.Context, d Draft, graph doc.Object) (doc.Object, error) {
	document := append(doc.Object{{"_id", primitive.NewObjectID()}}, key(d.WorkflowID, d.OwnerID)...)
	document = append(document, graph...)
	_, err := s.workflows.InsertOne(ctx, document)
	return document, err
}

// version matches a workflow as it was read. Every save changes its reservation;
// workflows of the old backend have none, and only a date.
func version(w *Workflow) doc.Object {
	if w.reservation != "" {
		return doc.Object{{"reservation", w.reservation}}
	}
	return doc.Object{{"reservation", doc.Object{{"$exists", false}}}, {"updatedAt", primitive.NewDateTimeFromTime(w.UpdatedAt)}}
}
