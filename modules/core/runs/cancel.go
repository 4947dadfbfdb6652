package runs

import (
	"context"
	"errors"
	"time"

	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

const (
	cancelWait  = 5 * time.Second // for the step under way to stop
	claimRetry  = 5 * time.Millisecond
	claimTries  = 100
	cancelError = "Run cancelled"
)

// Cancel ends a run of an owner, "" being anyone: one that waits at once, one under way as soon as its step
// has stopped. The status is cancelled, or running when the run is another
// process's, which will see to it. It is a 404 for an unknown run and a 409 for
// one that has ended.
func (s *Service) Cancel(ctx context.Context, id, owner string) (Status, error) {
	for range claimTries {
		if r := s.active.get(id); r != nil && r.ownedBy(owner) {
			return s.cancelHere(ctx, r)
		}
		status, err := s.cancelStored(ctx, id, owner)
		if !errors.Is(err, errMoved) {
			return status, err
		}
		if err := pause(ctx, claimRetry); err != nil { // it is being begun here
			return "", err
		}
	}
	return "", apierr.Unavailable("The run is just beginning; try again")
}

// errMoved says that a run changed hands while it was looked at.
var errMoved = errors.New("the run has moved on")

func (s *Service) cancelHere(ctx context.Context, r *run) (Status, error) {
	if x := r.snapshot(); x.Status.Ended() {
		return "", hasEnded(&x)
	}
	r.abandon()
	timer := time.NewTimer(cancelWait)
	defer timer.Stop()
	select {
	case <-r.over:
	case <-timer.C:
	case <-ctx.Done():
	}
	x := r.snapshot()
	if x.Status.Ended() && x.Status != Cancelled {
		return "", hasEnded(&x)
	}
	return x.Status, nil
}

func (s *Service) cancelStored(ctx context.Context, id, owner string) (Status, error) {
	d, err := s.find(ctx, id, owner)
	if err != nil {
		return "", err
	}
	x := decode(d)
	switch {
	case x.Status.Ended():
		return "", hasEnded(&x)
	case x.Status == Queued:
		err = s.takeOver(ctx, &x, Queued, "", Cancelled, cancelError)
		if errors.Is(err, mongo.ErrNotFound) {
			return "", errMoved
		}
		if err != nil {
			return "", err
		}
		s.queue.drop(id)
		return Cancelled, nil
	case doc.String(d, "token") == s.process:
		return "", errMoved
	}
	result, err := s.executions.UpdateOne(ctx, heldBy(id, doc.String(d, "token")),
		doc.Object{{Key: "$set", Value: doc.Object{{Key: "cancel", Value: true}}}}, mongo.UpdateOptions{})
	if err == nil && result.Matched == 0 {
		return "", errMoved
	}
	return Running, err
}

func hasEnded(x *Execution) error {
	e := apierr.Conflict("Execution has already ended")
	e.Fields = []apierr.Field{{Key: "status", Value: string(x.Status)}}
	return e
}
