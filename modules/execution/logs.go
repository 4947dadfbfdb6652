package execution

import (
	"context"
	"net/http"
	"reflect"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/registry"
	"github.com/orchestrix/orchestrix/platform/runlog"
)

func init() {
	app.Routes.Register(app.Route{
		ID:      "execution.logs",
		Method:  http.MethodGet,
		Path:    "/executions/:id/logs",
		Tag:     "Execution",
		Summary: "Shows the log of an execution, the oldest entry first.",
		Auth:    registry.Owned,
		Answers: map[int]reflect.Type{http.StatusOK: reflect.TypeFor[[]logEntry]()},
		Handler: registry.Handle(logs),
	})
}

// Bounds of one answer. The rest of a longer log is after its last seq.
const (
	logPage  = 500
	maxLog   = 16 << 20 // bytes
	allAfter = -1
)

type logsRequest struct {
	ID       string `param:"id"`
	Owner    string `owner:"caller"`
	AfterSeq int64  `query:"afterSeq" default:"-1" description:"Only entries after the one with this seq."`
}

// logEntry is an entry as runlog writes it, for the documentation.
type logEntry struct {
	ID            string     `json:"id" description:"executionId and seq."`
	ExecutionID   string     `json:"executionId"`
	Seq           int64      `json:"seq" minimum:"0" description:"Counts the entries of a run, without gaps."`
	Type          string     `json:"type" enum:"step_start,step_data,step_complete,step_error,workflow_complete,workflow_failed"`
	Phase         string     `json:"phase" enum:"info,step_started,data,step_finished,error,execution_finished,execution_failed"`
	StepIndex     *int       `json:"stepIndex,omitempty"`
	StepType      string     `json:"stepType,omitempty" example:"dbInsert"`
	StepName      string     `json:"stepName,omitempty" example:"Create Record"`
	Title         string     `json:"title" example:"Step 2 of 3 finished"`
	Message       string     `json:"message" example:"Create Record took 3ms"`
	Input         any        `json:"input,omitempty"`
	Output        any        `json:"output,omitempty"`
	Data          any        `json:"data,omitempty"`
	Error         string     `json:"error,omitempty"`
	DurationMs    *int64     `json:"durationMs,omitempty" description:"Of the step."`
	TotalSteps    int        `json:"totalSteps,omitempty"`
	Metadata      doc.Object `json:"metadata,omitempty"`
	FailedStep    *int       `json:"failedStep,omitempty"`
	TotalDuration *int64     `json:"totalDuration,omitempty" description:"Of the run that has ended, in milliseconds."`
	Timestamp     string     `json:"timestamp" format:"date-time"`
}

func logs(ctx context.Context, a *app.App, req *logsRequest) (*registry.Reply, error) {
	visible, err := a.Runs.Visible(ctx, req.ID, req.Owner)
	if err != nil {
		return nil, err
	}
	body := []byte{'['}
	for after := max(req.AfterSeq, allAfter); visible && len(body) < maxLog; {
		entries, err := a.Runs.Entries(ctx, req.ID, after, logPage)
		if err != nil {
			return nil, err
		}
		body = appendEntries(body, entries)
		if len(entries) < logPage {
			break
		}
		after = entries[len(entries)-1].Seq
	}
	return &registry.Reply{
		Header: []registry.Header{{Name: "Content-Type", Value: "application/json; charset=utf-8"}},
		Body:   append(body, ']'),
	}, nil
}

func appendEntries(body []byte, entries []*runlog.Entry) []byte {
	for _, e := range entries {
		if len(body) > 1 {
			body = append(body, ',')
		}
		body = e.AppendJSON(body)
	}
	return body
}
