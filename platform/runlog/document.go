package runlog

import (
	"time"

	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// Document is the entry as it is stored in execution_logs (models.md). What
// follows from the rest (title, message, data that equals the output) is not
// stored: each call of a published API makes several entries.
func (e *Entry) Document() doc.Object {
	o := make(doc.Object, 0, 14)
	o = append(o,
		doc.Field{Key: "_id", Value: primitive.NewObjectID()},
		doc.Field{Key: "executionId", Value: e.ExecutionID},
		doc.Field{Key: "seq", Value: e.Seq},
		doc.Field{Key: "timestamp", Value: primitive.NewDateTimeFromTime(e.At)},
		doc.Field{Key: "type", Value: e.Kind.Type()},
		doc.Field{Key: "phase", Value: e.Kind.Phase()})
	if e.Step != nil {
		o = append(o,
			doc.Field{Key: "stepIndex", Value: int32(e.Step.Index)},
			doc.Field{Key: "stepType", Value: e.Step.Type},
			doc.Field{Key: "stepName", Value: e.Step.Name})
	}
	for _, part := range [...]doc.Field{{Key: "input", Value: e.Input}, {Key: "output", Value: e.Output}, {Key: "data", Value: e.Data}} {
		if part.Value != nil {
			o = append(o, part)
		}
	}
	if e.Note != "" {
		o = append(o, doc.Field{Key: "title", Value: e.Note})
	}
	if e.Error != "" {
		o = append(o, doc.Field{Key: "error", Value: e.Error})
	}
	if e.Metadata != nil {
		o = append(o, doc.Field{Key: "metadata", Value: e.Metadata})
	}
	switch e.Kind {
	case StepFinished, StepFailed:
		o = append(o, doc.Field{Key: "durationMs", Value: int32(min(e.Duration.Milliseconds(), 1<<31-1))})
	case RunFinished, RunFailed:
		o = append(o, doc.Field{Key: "totalDuration", Value: e.Duration.Milliseconds()})
	}
	if e.Kind == RunFailed && e.FailedStep >= 0 {
		o = append(o, doc.Field{Key: "failedStep", Value: int32(e.FailedStep)})
	}
	return append(o, doc.Field{Key: "totalSteps", Value: int32(e.TotalSteps)})
}

// FromDocument reads a stored entry. One of the old backend has neither phase
// nor seq; its place among the others is for the caller to give.
func FromDocument(d doc.Object) *Entry {
	e := &Entry{FailedStep: -1}
	for _, f := range d {
		switch f.Key {
		case "executionId":
			e.ExecutionID, _ = f.Value.(string)
		case "seq":
			e.Seq = whole(f.Value)
		case "timestamp":
			at, _ := f.Value.(primitive.DateTime)
			e.At = at.Time()
		case "title":
			e.Note, _ = f.Value.(string)
		case "input":
			e.Input = f.Value
		case "output":
			e.Output = f.Value
		case "data":
			e.Data = f.Value
		case "metadata":
			e.Metadata, _ = f.Value.(doc.Object)
		case "error":
			e.Error, _ = f.Value.(string)
		case "durationMs", "totalDuration":
			e.Duration = time.Duration(whole(f.Value)) * time.Millisecond
		case "totalSteps":
			e.TotalSteps = int(whole(f.Value))
		case "failedStep":
			e.FailedStep = int(whole(f.Value))
		}
	}
	e.Step = stepOf(d)
	e.Kind = kindOf(doc.String(d, "type"), e.Step != nil)
	return e
}

func stepOf(d doc.Object) *Step {
	index, ok := doc.Get(d, "stepIndex")
	if !ok {
		return nil
	}
	return &Step{Index: int(whole(index)), Type: doc.String(d, "stepType"), Name: doc.String(d, "stepName")}
}

// kindOf finds a kind by its type; step_start is two of them.
func kindOf(name string, ofStep bool) Kind {
	if name == RunStarted.Type() && !ofStep {
		return RunStarted
	}
	for k := StepStarted; int(k) < len(kinds); k++ {
		if kinds[k].name == name {
			return k
		}
	}
	return StepData
}

func whole(v any) int64 {
	switch v := v.(type) {
	case int64:
		return v
	case int32:
		return int64(v)
	case float64:
		return int64(v)
	}
	return 0
}
