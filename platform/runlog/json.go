package runlog

import (
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// AppendJSON appends the entry with its timestamp as an ISO string, as Socket.IO
// and GET /executions/:id/logs have it.
func (e *Entry) AppendJSON(dst []byte) []byte { return e.appendJSON(dst, doc.Time(e.At)) }

// AppendStreamJSON appends the entry with its timestamp in milliseconds, as the
// log stream has it.
func (e *Entry) AppendStreamJSON(dst []byte) []byte { return e.appendJSON(dst, e.At.UnixMilli()) }

// appendJSON leaves out what is not known.
func (e *Entry) appendJSON(dst []byte, timestamp any) []byte {
	o := make(doc.Object, 0, 20)
	add := func(key string, value any) { o = append(o, doc.Field{Key: key, Value: value}) }
	add("id", e.ID())
	add("executionId", e.ExecutionID)
	add("seq", e.Seq)
	add("type", e.Kind.Type())
	add("phase", e.Kind.Phase())
	if e.Step != nil {
		add("stepIndex", e.Step.Index)
		add("stepType", e.Step.Type)
		add("stepName", e.Step.Name)
	}
	add("title", e.Title())
	add("message", e.Message())
	if e.Input != nil {
		add("input", plain(e.Input))
	}
	output := plain(e.Output)
	if output != nil {
		add("output", output)
	}
	if data := e.data(output); data != nil {
		add("data", data)
	}
	if e.Kind == StepFailed || e.Kind == RunFailed {
		add("error", e.Error)
	}
	if e.Kind == StepFinished || e.Kind == StepFailed {
		add("durationMs", e.Duration.Milliseconds())
	}
	if e.TotalSteps > 0 {
		add("totalSteps", e.TotalSteps)
	}
	if e.Metadata != nil {
		add("metadata", e.Metadata)
	}
	if e.Kind == RunFailed && e.FailedStep >= 0 {
		add("failedStep", e.FailedStep)
	}
	if e.Kind.Ends() {
		add("totalDuration", e.Duration.Milliseconds())
	}
	add("timestamp", timestamp)
	return doc.AppendJSON(dst, o)
}

// data is what clients get as data: most of it follows from the entry's kind.
func (e *Entry) data(output any) any {
	took := doc.Field{Key: "totalDurationMs", Value: e.Duration.Milliseconds()}
	switch {
	case e.Data != nil:
		return plain(e.Data)
	case e.Kind == StepFinished: // the stream frontend shows data only
		return output
	case e.Kind == RunStarted:
		return doc.Object{{Key: "message", Value: StartMessage}, {Key: "stepCount", Value: e.TotalSteps}}
	case e.Kind == RunFinished:
		return doc.Object{{Key: "stepsExecuted", Value: e.TotalSteps}, took}
	case e.Kind == RunFailed && e.FailedStep >= 0:
		return doc.Object{{Key: "failedStep", Value: e.FailedStep}, took}
	case e.Kind == RunFailed:
		return doc.Object{took}
	}
	return nil
}

// plain is a value as package doc knows it.
func plain(v any) any {
	raw, ok := v.(bson.Raw)
	if !ok {
		return v
	}
	o, err := doc.ReadBSON(raw)
	if err != nil {
		return nil // it was made here, so it cannot be
	}
	return o
}
