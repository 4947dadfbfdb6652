package runs

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/bson/primitive"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/logging"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// backgroundDelay is the longest wait of a delay step in a background run
// (engine.md).
const backgroundDelay = 300 * time.Second

// dispatch begins the runs that wait, in their order, as many at a time as there
// are workers.
func (s *Service) dispatch(ctx context.Context) {
	workers := make(chan struct{}, s.opts.Workers)
	for {
		select {
		case workers <- struct{}{}:
		case <-ctx.Done():
			return
		}
		id, ok := s.queue.pop(ctx)
		if !ok {
			return
		}
		s.busy.Add(1)
		s.runs.Go(func() {
			defer func() { s.busy.Add(-1); <-workers }()
			s.begin(ctx, id)
		})
	}
}

// begin claims a run and runs it. While the store is away it tries again, until
// ctx ends: the run then waits for the next process.
func (s *Service) begin(ctx context.Context, id string) {
	for wait := retryFirst; ; wait = min(2*wait, retryMost) {
		x, sealed, err := s.claim(ctx, id)
		switch {
		case err == nil:
			s.perform(x, sealed)
			return
		case errors.Is(err, mongo.ErrNotFound): // cancelled, or another process has it
			return
		case ctx.Err() == nil:
			s.log.Warn("beginning a run; trying again", zap.String("executionId", id), zap.Error(err))
		}
		if pause(ctx, wait) != nil {
			return
		}
	}
}

// claim makes a run that waits this process's, durably: it will not be begun
// again. The end of ctx does not cut it, only the store's own time limit: the store
// may have made it by then, and the run would end without having begun.
func (s *Service) claim(ctx context.Context, id string) (Execution, []byte, error) {
	if err := ctx.Err(); err != nil {
		return Execution{}, nil, err
	}
	ctx = context.WithoutCancel(ctx)
	now := s.now()
	s.active.expect(id)
	d, err := s.executions.FindOneAndUpdate(ctx, doc.Object{{Key: "_id", Value: id}, {Key: "status", Value: string(Queued)}}, doc.Object{
		{Key: "$set", Value: append(s.hold(now), doc.Field{Key: "status", Value: string(Running)}, doc.Field{Key: "startedAt", Value: date(now)})},
	}, mongo.FindUpdateOptions{After: true})
	if err != nil {
		s.active.unexpect(id)
		return Execution{}, nil, err
	}
	payload, _ := doc.Get(d, "payload")
	sealed, _ := payload.(primitive.Binary)
	return decode(d), sealed.Data, nil
}

// perform runs a claimed run to its end.
func (s *Service) perform(x Execution, sealed []byte) {
	ctx, stop := context.WithTimeout(logging.WithExecution(s.base, x.ID), s.opts.Background)
	defer stop()
	r := newRun(x, keepAlways, stop)
	r.stored = true
	s.active.add(r)
	payload, err := s.seal.open(x.ID, sealed)
	if err != nil {
		s.fail(r, err)
		return
	}
	workflow, input, caller := unpack(payload)
	program, err := s.types.Compile(workflow)
	if err != nil {
		s.fail(r, err)
		return
	}
	mask := s.mask.ForRun(input, "")
	env := s.environment(x.OwnerID, &recorder{ctx: ctx, service: s, run: r, mask: mask})
	env.MaxDelay = backgroundDelay
	env.Authorization = func(context.Context) (engine.Authorization, error) { return caller, nil }
	s.report(ctx, &x, program.Run(ctx, env, input), mask)
}

// fail ends a run that cannot even begin.
func (s *Service) fail(r *run, reason error) {
	x := r.snapshot()
	x.Status, x.Error, x.FinishedAt = Failed, reason.Error(), s.now()
	s.end(r, x, ending(&x, x.Duration(), -1))
}
