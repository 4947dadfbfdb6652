package runs

import (
	"time"

	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// Status is where a run stands. Each run ends in one of the last four.
type Status string

// The statuses of a run.
const (
	Queued      Status = "queued"
	Running     Status = "running"
	Succeeded   Status = "succeeded"
	Failed      Status = "failed"
	Cancelled   Status = "cancelled"
	Interrupted Status = "interrupted" // the server stopped under it
)

// Statuses are all of them.
var Statuses = []Status{Queued, Running, Succeeded, Failed, Cancelled, Interrupted}

// Ended reports whether the run is over.
func (s Status) Ended() bool { return s != Queued && s != Running }

// Trigger is what began a run.
type Trigger string

// The triggers.
const (
	Inline    Trigger = "inline"    // steps that were sent with the request
	Saved     Trigger = "workflow"  // a saved workflow, by its id
	Published Trigger = "published" // a call of a published API
)

// Execution is the record of a run (http.md, "Execution").
type Execution struct {
	ID         string
	WorkflowID string // "" when the steps were sent
	OwnerID    string
	Trigger    Trigger
	Status     Status
	StepCount  int    // steps of the workflow
	StepsRun   int    // steps that began
	Error      string // of a run that did not succeed

	CreatedAt, StartedAt, FinishedAt time.Time // zero when it has not come to that
}

// Duration is how long the run took, or 0 when it has not ended, or the clock was
// set back meanwhile.
func (x *Execution) Duration() time.Duration {
	if x.FinishedAt.IsZero() || x.StartedAt.IsZero() {
		return 0
	}
	return max(0, x.FinishedAt.Sub(x.StartedAt))
}

// end notes how a run went.
func (x *Execution) end(r *engine.Result, now time.Time) {
	x.Status, x.StepsRun, x.FinishedAt = Succeeded, len(r.Steps), now
	if failed := r.Failed(); failed != nil {
		x.Status, x.Error = Failed, failed.Err.Message
		if failed.Err.Kind == engine.Cancelled {
			x.Status = Cancelled
		}
	}
}

// document is the execution as it is stored when it is new.
func (x *Execution) document() doc.Object {
	d := make(doc.Object, 0, 16)
	d = append(d, doc.Field{Key: "_id", Value: x.ID})
	if x.WorkflowID != "" {
		d = append(d, doc.Field{Key: "workflowId", Value: x.WorkflowID})
	}
	d = append(d,
		doc.Field{Key: "ownerId", Value: x.OwnerID},
		doc.Field{Key: "trigger", Value: string(x.Trigger)},
		doc.Field{Key: "stepCount", Value: int64(x.StepCount)},
		doc.Field{Key: "createdAt", Value: date(x.CreatedAt)})
	if !x.StartedAt.IsZero() {
		d = append(d, doc.Field{Key: "startedAt", Value: date(x.StartedAt)})
	}
	return append(d, x.outcome()...)
}

// outcome is what changes as a run goes on.
func (x *Execution) outcome() doc.Object {
	d := make(doc.Object, 0, 12)
	d = append(d, doc.Field{Key: "status", Value: string(x.Status)}, doc.Field{Key: "stepsRun", Value: int64(x.StepsRun)})
	if x.Error != "" {
		d = append(d, doc.Field{Key: "error", Value: x.Error})
	}
	if !x.FinishedAt.IsZero() {
		d = append(d, doc.Field{Key: "finishedAt", Value: date(x.FinishedAt)}, doc.Field{Key: "durationMs", Value: x.Duration().Milliseconds()})
	}
	return d
}

func date(t time.Time) primitive.DateTime { return primitive.NewDateTimeFromTime(t) }

// decode reads a stored execution.
func decode(d doc.Object) Execution {
	count := func(key string) int {
		v, _ := doc.Get(d, key)
		n, _ := engine.ToNumber(v)
		return int(n)
	}
	at := func(key string) time.Time {
		v, _ := doc.Get(d, key)
		if t, ok := v.(primitive.DateTime); ok {
			return t.Time()
		}
		return time.Time{}
	}
	return Execution{
		ID: doc.String(d, "_id"), WorkflowID: doc.String(d, "workflowId"), OwnerID: doc.String(d, "ownerId"),
		Trigger: Trigger(doc.String(d, "trigger")), Status: Status(doc.String(d, "status")),
		StepCount: count("stepCount"), StepsRun: count("stepsRun"), Error: doc.String(d, "error"),
		CreatedAt: at("createdAt"), StartedAt: at("startedAt"), FinishedAt: at("finishedAt"),
	}
}
