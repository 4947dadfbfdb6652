package runs

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/runlog"
)

// maxUpdates bounds the updates of one group that are made at the same time.
const maxUpdates = 64

// part is what a run has to store at one moment.
type part struct {
	run       *run
	execution Execution
	entries   []*runlog.Entry
	isNew     bool // there is no document of the execution yet,
	tried     bool // as far as is known: an attempt to store one has failed
	forgot    bool // entries were given up
}

// part is what there is to store of a run; ok is false when there is nothing.
func (r *run) part(round uint64) (p part, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	again := r.round == round // it is in the list twice after a failure
	r.dirty, r.round = false, round
	if again || r.lost || r.keep != keepAlways && !r.stored {
		return part{}, false
	}
	p = part{run: r, execution: r.execution, isNew: !r.stored, tried: r.tried, forgot: r.forgot}
	if !r.forgot { // else they would leave a gap behind those that are stored
		p.entries = r.held[:len(r.held):len(r.held)]
	}
	r.tried = true
	return p, true
}

// settle notes that a part is stored and returns what was counted of its entries.
func (r *run) settle(p *part) (counted int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stored = true
	if len(p.entries) == 0 {
		return 0
	}
	last, n := p.entries[len(p.entries)-1].Seq, 0
	for n < len(r.held) && r.held[n].Seq <= last {
		n++
	}
	return r.drop(n)
}

// store stores what runs hold: first the entries, then the executions, so that
// an execution which says that it has ended has its whole log. What fails is
// stored again by the next call; entries that are there already are left alone.
func (s *Service) store(ctx context.Context, runs []*run) error {
	parts := make([]part, 0, len(runs))
	s.round++
	entries, fresh, ended := encoded{}, []bson.D{}, []*part{}
	for _, r := range runs {
		p, ok := r.part(s.round)
		if !ok {
			s.letGo(r)
			continue
		}
		parts = append(parts, p)
		for _, e := range p.entries {
			entries.add(e)
		}
		switch {
		case p.isNew:
			fresh = append(fresh, s.fresh(&p.execution))
			if p.tried && p.execution.Status.Ended() { // what is there may be from before that
				ended = append(ended, &parts[len(parts)-1])
			}
		case p.execution.Status.Ended():
			ended = append(ended, &parts[len(parts)-1])
		}
	}
	if err := s.tolerate(s.logs, s.logs.InsertRaw(ctx, entries.documents)); err != nil {
		return err
	}
	if err := s.tolerate(s.executions, s.executions.InsertMany(ctx, fresh)); err != nil {
		return err
	}
	if err := s.update(ctx, ended); err != nil {
		return err
	}
	size := 0
	for i := range parts {
		size += parts[i].run.settle(&parts[i])
		if parts[i].execution.Status.Ended() {
			s.active.remove(parts[i].run.id)
		}
	}
	s.writer.stored(size)
	return nil
}

// letGo counts what a lost run holds as pending no more, since nothing of it will
// be stored. One that had ended before it was lost is forgotten with that.
func (s *Service) letGo(r *run) {
	r.mu.Lock()
	if !r.lost {
		r.mu.Unlock()
		return
	}
	counted, over := r.counted, r.execution.Status.Ended()
	r.counted = 0
	r.mu.Unlock()
	s.writer.stored(counted)
	if over {
		s.active.remove(r.id)
	}
}

// encoded are entries as they are stored, many in one piece of memory.
type encoded struct {
	documents []bson.Raw
	piece     []byte
}

const (
	pieceSize = 64 << 10
	pieceRest = 1 << 10 // most entries are smaller
)

func (d *encoded) add(e *runlog.Entry) {
	if cap(d.piece)-len(d.piece) < pieceRest {
		d.piece = make([]byte, 0, pieceSize)
	}
	start := len(d.piece)
	d.piece = e.AppendDocument(d.piece)
	d.documents = append(d.documents, d.piece[start:len(d.piece):len(d.piece)])
}

// tolerate takes the error of an insert. Documents that are there already are
// from an attempt that failed halfway, or from the process that took the run
// over.
func (s *Service) tolerate(c mongo.Collection, err error) error {
	switch {
	case errors.Is(err, mongo.ErrInvalid), errors.Is(err, mongo.ErrUnsupported): // again would not help
		s.log.Error("part of the history of runs cannot be stored", zap.String("collection", c.Name()), zap.Error(err))
		return nil
	case errors.Is(err, mongo.ErrDuplicate):
		return nil
	}
	return err
}

// fresh is the document of an execution that has none yet.
func (s *Service) fresh(x *Execution) doc.Object {
	d := x.document()
	if !x.Status.Ended() {
		d = append(d, s.hold(s.now())...)
	}
	return d
}

// update stores how runs have ended that this process still holds.
func (s *Service) update(ctx context.Context, ended []*part) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(maxUpdates)
	for _, p := range ended {
		group.Go(func() error {
			if p.forgot {
				x := p.execution
				if err := s.closeLog(ctx, &x, x.Status, x.Error); err != nil {
					return err
				}
			}
			held, err := s.conclude(ctx, &p.execution)
			if err == nil && !held {
				p.run.lose()
			}
			return err
		})
	}
	return group.Wait()
}

// conclude stores the end of a run, if it is under way and this process's. The
// input goes with the end.
func (s *Service) conclude(ctx context.Context, x *Execution) (held bool, err error) {
	result, err := s.executions.UpdateOne(ctx, heldBy(x.ID, s.process), doc.Object{
		{Key: "$set", Value: x.outcome()},
		{Key: "$unset", Value: doc.Object{{Key: "payload", Value: ""}, {Key: "token", Value: ""}, {Key: "lease", Value: ""}}},
	}, mongo.UpdateOptions{})
	return result.Matched > 0, err
}

func heldBy(id, token string) doc.Object {
	return doc.Object{{Key: "_id", Value: id}, {Key: "token", Value: token}, {Key: "status", Value: string(Running)}}
}

// hold are the fields that make a run this process's, until the lease is over or
// renewed.
func (s *Service) hold(now time.Time) doc.Object {
	return doc.Object{{Key: "token", Value: s.process}, {Key: "lease", Value: date(now.Add(leaseTime))}}
}
