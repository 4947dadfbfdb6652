package runlog

import (
	"github.com/orchestrix/orchestrix/platform/doc"
)

// AppendJSON appends the entry with its timestamp as an ISO string, as Socket.IO
// and GET /executions/:id/logs have it.
func (e *Entry) AppendJSON(dst []byte) []byte { return e.appendJSON(dst, doc.Time(e.At)) }

// AppendStreamJSON appends the entry with its timestamp in milliseconds, as the
// log stream has it.
func (e *Entry) AppendStreamJSON(dst []byte) []byte { return e.appendJSON(dst, e.At.UnixMilli()) }

func (e *Entry) appendJSON(dst []byte, timestamp any) []byte {
	o := make(doc.Object, 0, 20)
	o = append(o, doc.Field{Key: "id", Value: e.ID()}, doc.Field{Key: "executionId", Value: e.ExecutionID}, doc.Field{Key: "seq", Value: e.Seq})
	o = e.appendFields(o)
	if e.Kind == StepFinished { // the stream frontend shows data only
		o = doc.Set(o, "data", e.Output)
	}
	return doc.AppendJSON(dst, append(o, doc.Field{Key: "timestamp", Value: timestamp}))
}

// appendFields appends what is the same in every form. Unknown fields are left
// out.
func (e *Entry) appendFields(o doc.Object) doc.Object {
	add := func(key string, value any) { o = append(o, doc.Field{Key: key, Value: value}) }
	add("type", e.Kind.Type())
	add("phase", e.Kind.Phase())
	if e.Step != nil {
		add("stepIndex", int64(e.Step.Index))
		add("stepType", e.Step.Type)
		add("stepName", e.Step.Name)
	}
	add("title", e.Title)
	add("message", e.Message)
	if e.Input != nil {
		add("input", e.Input)
	}
	if e.Output != nil {
		add("output", e.Output)
	}
	if e.Data != nil {
		add("data", e.Data)
	}
	if e.Kind == StepFailed || e.Kind == RunFailed {
		add("error", e.Error)
	}
	if e.Kind == StepFinished || e.Kind == StepFailed {
		add("durationMs", e.Duration.Milliseconds())
	}
	if e.TotalSteps > 0 {
		add("totalSteps", int64(e.TotalSteps))
	}
	if e.Metadata != nil {
		add("metadata", e.Metadata)
	}
	if e.Kind == RunFailed && e.FailedStep >= 0 {
		add("failedStep", int64(e.FailedStep))
	}
	if e.Kind.Ends() {
		add("totalDuration", e.Duration.Milliseconds())
	}
	return o
}
