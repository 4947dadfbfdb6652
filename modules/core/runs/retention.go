package runs

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

const (
	retainEvery = time.Minute          // at full speed a minute makes more of them than many installations keep
	retainBatch = 500                  // executions that are deleted at a time
	retainPause = 5 * time.Millisecond // between two batches, for others to write
	orphanAge   = 24 * time.Hour       // how much longer entries without an execution are kept
	day         = 24 * time.Hour
)

// retain deletes the executions, with their logs, that are older than they are
// kept or more than are kept. Runs that have not ended stay.
func (s *Service) retain(ctx context.Context) error {
	oldest := s.now().Add(-time.Duration(s.opts.KeepDays) * day)
	bound := IDBefore(oldest)
	surplus, err := s.executions.Find(ctx, doc.Object{}, mongo.FindOptions{
		Sort: doc.Object{{Key: "_id", Value: int32(-1)}}, Skip: int64(s.opts.KeepMost), Limit: 1, Projection: idOnly,
	})
	if err != nil {
		return err
	}
	if len(surplus) > 0 {
		bound = max(bound, doc.String(surplus[0], "_id")+"~") // and the one itself
	}
	if err := s.deleteBefore(ctx, bound); err != nil {
		return err
	}
	return s.deleteOrphans(ctx, oldest.Add(-orphanAge))
}

var idOnly = doc.Object{{Key: "_id", Value: int32(1)}}

func (s *Service) deleteBefore(ctx context.Context, bound string) error {
	for last := ""; ; {
		found, err := s.executions.Find(ctx, doc.Object{{Key: "_id", Value: doc.Object{{Key: "$gt", Value: last}, {Key: "$lt", Value: bound}}}}, mongo.FindOptions{
			Sort: doc.Object{{Key: "_id", Value: int32(1)}}, Limit: retainBatch, Projection: doc.Object{{Key: "status", Value: int32(1)}},
		})
		if err != nil || len(found) == 0 {
			return err
		}
		ended := doc.Array{}
		for _, d := range found {
			last = doc.String(d, "_id")
			if Status(doc.String(d, "status")).Ended() {
				ended = append(ended, last)
			}
		}
		// The logs first: an execution that is left after a crash is found again.
		if _, err := s.logs.DeleteMany(ctx, doc.Object{{Key: "executionId", Value: doc.Object{{Key: "$in", Value: ended}}}}); err != nil {
			return err
		}
		if _, err := s.executions.DeleteMany(ctx, doc.Object{{Key: "_id", Value: doc.Object{{Key: "$in", Value: ended}}}}); err != nil {
			return err
		}
		if err := pause(ctx, retainPause); err != nil {
			return err
		}
	}
}

// deleteOrphans deletes old entries whatever they belong to: a crash can leave
// some without an execution, and the old backend wrote none. The _id of an entry
// begins with the time.
func (s *Service) deleteOrphans(ctx context.Context, before time.Time) error {
	old := doc.Object{{Key: "_id", Value: doc.Object{{Key: "$lt", Value: primitive.NewObjectIDFromTimestamp(before)}}}}
	for {
		found, err := s.logs.Find(ctx, old, mongo.FindOptions{Sort: doc.Object{{Key: "_id", Value: int32(1)}}, Limit: retainBatch, Projection: idOnly})
		if err != nil || len(found) == 0 {
			return err
		}
		ids := make(doc.Array, len(found))
		for i, d := range found {
			ids[i], _ = doc.Get(d, "_id")
		}
		if _, err := s.logs.DeleteMany(ctx, doc.Object{{Key: "_id", Value: doc.Object{{Key: "$in", Value: ids}}}}); err != nil {
			return err
		}
		if err := pause(ctx, retainPause); err != nil {
			return err
		}
	}
}
