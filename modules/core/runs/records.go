package runs

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/runlog"
)

// MaxListed is the most executions that one page lists.
const MaxListed = 200

var errNotFound = apierr.NotFound("Execution not found")

// Records are the executions and their logs: what is stored, and what the runs
// under way in this process hold in memory.
type Records struct {
	executions mongo.Collection // _id is the execution's id, a UUIDv7: in the order of time
	logs       mongo.Collection
	active     *active
}

// NewRecords returns the records of a store.
func NewRecords(store mongo.Store) *Records {
	return &Records{executions: store.Collection("executions"), logs: store.Collection("execution_logs"), active: newActive()}
}

// EnsureIndexes makes the indexes of executions and execution_logs (models.md).
func (rec *Records) EnsureIndexes(ctx context.Context) error {
	return errors.Join(
		rec.logs.EnsureIndexes(ctx, mongo.Index{Fields: []string{"executionId", "seq"}, Unique: true}),
		rec.executions.EnsureIndexes(ctx,
			mongo.Index{Fields: []string{"ownerId", "_id"}},
			mongo.Index{Fields: []string{"workflowId", "_id"}},
			mongo.Index{Fields: []string{"status", "_id"}}))
}

// Get returns an execution of an owner, "" being anyone, or a 404.
func (rec *Records) Get(ctx context.Context, id, owner string) (*Execution, error) {
	if r := rec.active.get(id); r != nil && r.ownedBy(owner) {
		x := r.snapshot()
		return &x, nil
	}
	d, err := rec.find(ctx, id, owner)
	if err != nil {
		return nil, err
	}
	x := decode(d)
	return &x, nil
}

// Visible reports whether an owner, "" being anyone, may see a run.
func (rec *Records) Visible(ctx context.Context, id, owner string) (bool, error) {
	if owner == "" {
		return true, nil
	}
	_, err := rec.Get(ctx, id, owner)
	if errors.Is(err, mongo.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// find returns an execution of an owner as it is stored, or a 404.
func (rec *Records) find(ctx context.Context, id, owner string) (doc.Object, error) {
	filter := doc.Object{{Key: "_id", Value: id}}
	if owner != "" {
		filter = append(filter, doc.Field{Key: "ownerId", Value: owner})
	}
	d, err := rec.executions.FindOne(ctx, filter, mongo.FindOptions{Projection: withoutPayload})
	if errors.Is(err, mongo.ErrNotFound) {
		return nil, errNotFound.Because(err)
	}
	return d, err
}

var withoutPayload = doc.Object{{Key: "payload", Value: int32(0)}}

// Query chooses executions. Empty fields choose all.
type Query struct {
	OwnerID, WorkflowID string
	Status              Status
	Before              string // an execution's id, or "" for the newest
	Limit               int    // at most MaxListed
}

func (q *Query) matches(x *Execution) bool {
	return x.OwnerID == q.OwnerID && (q.WorkflowID == "" || x.WorkflowID == q.WorkflowID) &&
		(q.Status == "" || x.Status == q.Status) && (q.Before == "" || x.ID < q.Before)
}

// List returns executions, the newest first.
func (rec *Records) List(ctx context.Context, q Query) ([]Execution, error) {
	// Memory first: what is stored in between leaves it.
	listed := map[string]Execution{}
	for _, r := range rec.active.all() {
		listed[r.id] = r.snapshot()
	}
	filter := doc.Object{{Key: "ownerId", Value: q.OwnerID}}
	if q.WorkflowID != "" {
		filter = append(filter, doc.Field{Key: "workflowId", Value: q.WorkflowID})
	}
	if q.Status != "" {
		filter = append(filter, doc.Field{Key: "status", Value: string(q.Status)})
	}
	if q.Before != "" {
		filter = append(filter, doc.Field{Key: "_id", Value: doc.Object{{Key: "$lt", Value: q.Before}}})
	}
	stored, err := rec.executions.Find(ctx, filter, mongo.FindOptions{
		Sort: doc.Object{{Key: "_id", Value: int32(-1)}}, Limit: int64(q.Limit), Projection: withoutPayload,
	})
	if err != nil {
		return nil, err
	}
	for _, d := range stored {
		x := decode(d)
		if _, newer := listed[x.ID]; !newer {
			listed[x.ID] = x
		}
	}
	all := make([]Execution, 0, len(listed))
	for _, x := range listed {
		if q.matches(&x) {
			all = append(all, x)
		}
	}
	slices.SortFunc(all, func(a, b Execution) int { return strings.Compare(b.ID, a.ID) })
	return all[:min(q.Limit, len(all))], nil
}

// Entries returns the entries of a run after the one numbered after, in order
// and at most limit of them; none for an unknown run. It makes Records a
// realtime.Source.
func (rec *Records) Entries(ctx context.Context, id string, after int64, limit int) ([]*runlog.Entry, error) {
	var held []*runlog.Entry
	if r := rec.active.get(id); r != nil {
		entries, all := r.after(after)
		if all {
			return entries[:min(limit, len(entries))], nil
		}
		held = entries
	}
	stored, ended, err := rec.stored(ctx, id, after, limit)
	if err != nil || ended {
		return stored, err
	}
	last := after
	if len(stored) > 0 {
		last = stored[len(stored)-1].Seq
	}
	for _, e := range held {
		if e.Seq > last && len(stored) < limit {
			stored = append(stored, e)
		}
	}
	return stored, nil
}

// stored reads a log up to its end: what a worker that had lost its run wrote
// after that does not count, also when the entry that after numbers is the end.
func (rec *Records) stored(ctx context.Context, id string, after int64, limit int) (entries []*runlog.Entry, ended bool, err error) {
	filter, most := doc.Object{{Key: "executionId", Value: id}}, int64(limit)
	if after >= 0 {
		filter = append(filter, doc.Field{Key: "seq", Value: doc.Object{{Key: "$gte", Value: after}}})
		most++
	}
	found, err := rec.logs.Find(ctx, filter, mongo.FindOptions{Sort: doc.Object{{Key: "seq", Value: int32(1)}}, Limit: most})
	if err != nil {
		return nil, false, err
	}
	entries = make([]*runlog.Entry, 0, len(found))
	for _, d := range found {
		e := runlog.FromDocument(d)
		if _, numbered := doc.Get(d, "seq"); !numbered { // of the old backend
			e.Seq = int64(len(entries))
		}
		if e.Seq > after && len(entries) < limit {
			entries = append(entries, e)
			ended = e.Kind.Ends()
		} else if e.Seq == after {
			ended = e.Kind.Ends()
		}
		if ended {
			break
		}
	}
	return entries, ended, nil
}

// Last returns the last entry of a run so far; nil for an unknown run.
func (rec *Records) Last(ctx context.Context, id string) (*runlog.Entry, error) {
	if r := rec.active.get(id); r != nil {
		if e := r.last(); e != nil {
			return e, nil
		}
	}
	return rec.last(ctx, id)
}

// last returns the last stored entry of a run, or nil.
func (rec *Records) last(ctx context.Context, id string) (*runlog.Entry, error) {
	d, err := rec.logs.FindOne(ctx, doc.Object{{Key: "executionId", Value: id}}, mongo.FindOptions{Sort: doc.Object{{Key: "seq", Value: int32(-1)}}})
	if errors.Is(err, mongo.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return runlog.FromDocument(d), nil
}

// newID makes the id of an execution. Ids are in the order of time, so that
// neighbours in time are neighbours in every index.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// IDBefore is the smallest id of an execution that begins at t: those with a
// smaller one began earlier.
func IDBefore(t time.Time) string {
	var id uuid.UUID
	ms := uint64(max(0, t.UnixMilli()))
	for i := range 6 {
		id[i] = byte(ms >> (8 * (5 - i)))
	}
	return id.String()
}
