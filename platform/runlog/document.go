package runlog

import (
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// AppendDocument appends the entry as it is stored in execution_logs
// (models.md), in BSON. What follows from the rest (phase, title, message, most
// data) is not stored: each call of a published API makes several entries.
func (e *Entry) AppendDocument(dst []byte) []byte {
	w := doc.BSON{Out: dst}
	start := w.Begin()
	w.ID("_id", primitive.NewObjectID())
	w.String("executionId", e.ExecutionID)
	w.Int64("seq", e.Seq)
	w.Time("timestamp", e.At)
	w.String("type", e.Kind.Type())
	if e.Step != nil {
		w.Int32("stepIndex", e.Step.Index)
		w.String("stepType", e.Step.Type)
		w.String("stepName", e.Step.Name)
	}
	appendValue(&w, "input", e.Input)
	appendValue(&w, "output", e.Output)
	appendValue(&w, "data", e.Data)
	if e.Metadata != nil {
		appendValue(&w, "metadata", e.Metadata)
	}
	if e.Note != "" {
		w.String("title", e.Note)
	}
	if e.Error != "" {
		w.String("error", e.Error)
	}
	switch e.Kind {
	case StepFinished, StepFailed:
		w.Int64("durationMs", e.Duration.Milliseconds())
	case RunFinished, RunFailed:
		w.Int64("totalDuration", e.Duration.Milliseconds())
	}
	if e.Kind == RunFailed && e.FailedStep >= 0 {
		w.Int32("failedStep", e.FailedStep)
	}
	w.Int32("totalSteps", e.TotalSteps)
	w.End(start)
	return w.Out
}

// appendValue appends a value of an entry, nil being none: a copy that a Masker
// has made, an object of the log's own, or one that came from the store.
func appendValue(w *doc.BSON, key string, v any) {
	switch v := v.(type) {
	case bson.Raw:
		w.Raw(key, v)
	case doc.Object:
		w.Header(bson.TypeEmbeddedDocument, key)
		start := w.Begin()
		for i := range v {
			switch value := v[i].Value.(type) {
			case string:
				w.String(v[i].Key, value)
			case int64:
				w.Int64(v[i].Key, value)
			default:
				appendValue(w, v[i].Key, value)
			}
		}
		w.End(start)
	}
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
