package runs

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// A process holds its runs by a lease in the store that it renews. One that
// cannot renew gives its runs up before the lease is over; others take them over
// only after it, so that two never speak for one run.
//
// The clocks of two machines may differ, and any may jump. So what the lease says
// is compared with no clock: it is over when nobody has renewed it for lookOn
// rounds of the process that looks on.
const (
	leaseTime    = 30 * time.Second
	renewEvery   = 8 * time.Second
	giveUpAfter  = 25 * time.Second // without a renewal
	recoverEvery = 10 * time.Second
	recoverPage  = 100

	// One round more than there are in a lease: the first may come late.
	lookOn = int(leaseTime/recoverEvery) + 1
)

const interruption = "The server stopped before the run had ended"

// renew renews the lease on the runs that are under way here and stored. One that
// is not this process's any more is given up.
func (s *Service) renew(ctx context.Context) error {
	held := map[string]*run{}
	ids := doc.Array{}
	for _, r := range s.active.all() {
		if r.isHeld() {
			held[r.id] = r
			ids = append(ids, r.id)
		}
	}
	if len(ids) == 0 {
		s.renewed.Store(new(s.now()))
		return nil
	}
	mine := doc.Object{{Key: "_id", Value: doc.Object{{Key: "$in", Value: ids}}}, {Key: "token", Value: s.process}, {Key: "status", Value: string(Running)}}
	now := s.now()
	_, err := s.executions.UpdateMany(ctx, mine, doc.Object{{Key: "$set", Value: doc.Object{{Key: "lease", Value: date(now.Add(leaseTime))}}}}, mongo.UpdateOptions{})
	if err == nil {
		s.renewed.Store(&now)
		return s.check(ctx, mine, held)
	}
	if s.now().Sub(*s.renewed.Load()) > giveUpAfter { // by now: the store may have taken its time to fail
		for _, r := range held {
			r.lose()
		}
	}
	return err
}

// check gives up the runs that another process has, and ends those that were
// cancelled through another process.
func (s *Service) check(ctx context.Context, mine doc.Object, held map[string]*run) error {
	found, err := s.executions.Find(ctx, mine, mongo.FindOptions{Projection: doc.Object{{Key: "cancel", Value: int32(1)}}})
	if err != nil {
		return err
	}
	for _, d := range found {
		id := doc.String(d, "_id")
		if wanted, _ := doc.Get(d, "cancel"); wanted == true {
			held[id].abandon()
		}
		delete(held, id)
	}
	for _, r := range held {
		if r.isHeld() { // and has not ended in the meantime
			r.lose()
		}
	}
	return nil
}

// recover ends what processes that are gone have left under way, or this one has
// lost, and takes up what they have left waiting.
func (s *Service) recover(ctx context.Context) error {
	s.recovering.Lock()
	defer s.recovering.Unlock()
	seen := map[string]sighting{}
	err := s.eachExecution(ctx, doc.Object{{Key: "status", Value: string(Running)}}, func(d doc.Object) error {
		x := decode(d)
		if !s.isAbandoned(d, seen) {
			return nil
		}
		err := s.takeOver(ctx, &x, Running, doc.String(d, "token"), Interrupted, interruption)
		if errors.Is(err, mongo.ErrNotFound) {
			return nil // another process was faster
		}
		if err == nil {
			s.log.Info("ended a run that was interrupted", zap.String("executionId", x.ID))
		}
		return err
	})
	if err != nil {
		return err
	}
	s.seen = seen
	return s.eachExecution(ctx, doc.Object{{Key: "status", Value: string(Queued)}}, func(d doc.Object) error {
		s.queue.adopt(doc.String(d, "_id"))
		return nil
	})
}

// eachExecution visits executions in the order of time, page by page.
func (s *Service) eachExecution(ctx context.Context, filter doc.Object, visit func(doc.Object) error) error {
	for last := ""; ; {
		page := append(filter[:len(filter):len(filter)], doc.Field{Key: "_id", Value: doc.Object{{Key: "$gt", Value: last}}})
		found, err := s.executions.Find(ctx, page, mongo.FindOptions{
			Sort: doc.Object{{Key: "_id", Value: int32(1)}}, Limit: recoverPage, Projection: withoutPayload,
		})
		if err != nil {
			return err
		}
		for _, d := range found {
			last = doc.String(d, "_id")
			if err := visit(d); err != nil {
				return err
			}
		}
		if len(found) < recoverPage {
			return nil
		}
	}
}

// takeOver makes a run this process's and ends it, unless its log says that it
// had ended: then its execution gets that end. It is mongo.ErrNotFound when the
// run is not as it was any more.
func (s *Service) takeOver(ctx context.Context, x *Execution, from Status, token string, to Status, reason string) error {
	filter := doc.Object{{Key: "_id", Value: x.ID}, {Key: "status", Value: string(from)}}
	if token != "" {
		filter = append(filter, doc.Field{Key: "token", Value: token})
	}
	claim := append(s.hold(s.now()), doc.Field{Key: "status", Value: string(Running)})
	if _, err := s.executions.FindOneAndUpdate(ctx, filter, doc.Object{{Key: "$set", Value: claim}}, mongo.FindUpdateOptions{}); err != nil {
		return err
	}
	if err := s.closeLog(ctx, x, to, reason); err != nil {
		return err
	}
	_, err := s.conclude(ctx, x)
	return err
}

// closeLog writes the last entry of a run that this process has taken over, and
// sets how the run ended.
func (s *Service) closeLog(ctx context.Context, x *Execution, to Status, reason string) error {
	for {
		last, err := s.last(ctx, x.ID)
		if err != nil {
			return err
		}
		if last != nil && last.Kind.Ends() {
			x.Status, x.Error, x.FinishedAt = endedAs(last), last.Error, last.At
			return nil
		}
		x.Status, x.Error, x.FinishedAt = to, reason, s.now()
		e := ending(x, x.Duration(), -1)
		e.ExecutionID = x.ID
		if last != nil {
			e.Seq, x.StepsRun = last.Seq+1, stepsRun(last)
		}
		err = s.logs.InsertRaw(ctx, []bson.Raw{e.AppendDocument(nil)})
		if errors.Is(err, mongo.ErrDuplicate) {
			continue // the worker that lost the run wrote one more entry
		}
		if err == nil {
			s.publisher.Publish(e)
			s.observe(x, 0) // when it ended, if it began, nobody knows
		}
		return err
	}
}
