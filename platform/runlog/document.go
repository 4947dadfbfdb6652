package runlog

import (
	"time"

	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// Document is the entry as it is stored in execution_logs (models.md). Data
// that equals the output is not stored twice.
func (e *Entry) Document() doc.Object {
	o := make(doc.Object, 0, 20)
	o = append(o,
		doc.Field{Key: "_id", Value: primitive.NewObjectID()},
		doc.Field{Key: "executionId", Value: e.ExecutionID},
		doc.Field{Key: "seq", Value: e.Seq},
		doc.Field{Key: "timestamp", Value: primitive.NewDateTimeFromTime(e.At)})
	return e.appendFields(o)
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
			e.Title, _ = f.Value.(string)
		case "message":
			e.Message, _ = f.Value.(string)
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
