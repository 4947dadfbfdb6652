package execution

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/modules/core/runs"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:      "execution.list",
		Method:  http.MethodGet,
		Path:    "/executions",
		Tag:     "Execution",
		Summary: "Lists an owner's executions, the newest first.",
		Auth:    registry.Owned,
		Errors:  []int{http.StatusBadRequest},
		Handler: registry.Handle(list),
	})
}

type listRequest struct {
	OwnerID    string `query:"ownerId" default:"user_default" owner:"caller" description:"Whose."`
	WorkflowID string `query:"workflowId" description:"Only runs of this workflow."`
	Status     string `query:"status" enum:"queued,running,succeeded,failed,cancelled,interrupted"`
	Limit      int    `query:"limit" default:"50" minimum:"1" maximum:"200"`
	Before     string `query:"before" description:"The executionId that the page before ended with, or a date."`
}

// Validate checks the filters.
func (r *listRequest) Validate() error {
	if r.Status != "" && !slices.Contains(runs.Statuses, runs.Status(r.Status)) {
		return fmt.Errorf("status must be one of %v", runs.Statuses)
	}
	if r.Limit < 1 || r.Limit > runs.MaxListed {
		return fmt.Errorf("limit must be 1 to %d", runs.MaxListed)
	}
	if _, ok := r.before(); !ok {
		return errors.New("before must be an executionId or an ISO date")
	}
	return nil
}

func (r *listRequest) before() (id string, ok bool) {
	if r.Before == "" {
		return "", true
	}
	if id, err := uuid.Parse(r.Before); err == nil {
		return id.String(), true
	}
	if at, err := time.Parse(time.RFC3339, r.Before); err == nil {
		return runs.IDBefore(at), true
	}
	return "", false
}

type listResponse struct {
	Executions []execution `json:"executions"`
}

// execution is an execution as clients see it.
type execution struct {
	ExecutionID string `json:"executionId" format:"uuid"`
	WorkflowID  string `json:"workflowId,omitempty" example:"greet"`
	Trigger     string `json:"trigger" description:"How it was started." example:"published"`
	Status      string `json:"status" enum:"queued,running,succeeded,failed,cancelled,interrupted" example:"succeeded"`
	CreatedAt   string `json:"createdAt" format:"date-time"`
	StartedAt   string `json:"startedAt,omitempty" format:"date-time"`
	FinishedAt  string `json:"finishedAt,omitempty" format:"date-time"`
	DurationMs  *int64 `json:"durationMs,omitempty" example:"12"`
	StepCount   int    `json:"stepCount" example:"2"`
	Error       string `json:"error,omitempty" description:"Why it failed."`
}

func view(x *runs.Execution) execution {
	v := execution{
		ExecutionID: x.ID, WorkflowID: x.WorkflowID, Trigger: string(x.Trigger), Status: string(x.Status),
		CreatedAt: doc.Time(x.CreatedAt), StartedAt: optional(x.StartedAt), FinishedAt: optional(x.FinishedAt),
		StepCount: x.StepCount, Error: x.Error,
	}
	if x.Status.Ended() {
		ms := x.Duration().Milliseconds()
		v.DurationMs = &ms
	}
	return v
}

func optional(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return doc.Time(t)
}

func list(ctx context.Context, a *app.App, req *listRequest) (*listResponse, error) {
	before, _ := req.before()
	found, err := a.Runs.List(ctx, runs.Query{
		OwnerID: req.OwnerID, WorkflowID: req.WorkflowID, Status: runs.Status(req.Status), Before: before, Limit: req.Limit,
	})
	if err != nil {
		return nil, err
	}
	page := &listResponse{Executions: make([]execution, len(found))}
	for i := range found {
		page.Executions[i] = view(&found[i])
	}
	return page, nil
}
