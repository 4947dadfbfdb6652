package ai

import (
	"context"
	"net/http"
	"reflect"

	"github.com/google/uuid"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/modules/core/workflows"
	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:      "ai.mutate",
		Method:  http.MethodPost,
		Path:    "/workflow/mutate",
		Aliases: []string{"/ai/mutate-workflow"},
		Tag:     "AI",
		Summary: "Changes a stored workflow as a prompt says, if the change can be drawn and run.",
		Auth:    registry.Owned,
		Limits:  registry.Limits{Timeout: routeLimit},
		Errors:  append([]int{http.StatusNotFound, http.StatusConflict}, modelErrors...),
		Handler: registry.Handle(mutate),
	})
}

type mutateRequest struct {
	Prompt        any    `json:"prompt" required:"true" description:"What to change." example:"Also send a welcome mail"`
	WorkflowID    string `json:"workflowId" required:"true"`
	OwnerID       string `json:"ownerId" owner:"caller" required:"true"`
	CorrelationID string `json:"correlationId"`
}

// Describe is for the documentation.
func (mutateRequest) Describe() map[string]reflect.Type { return promptShape }

// Validate speaks as http.md does.
func (r *mutateRequest) Validate() error {
	if blank(r.Prompt) || r.WorkflowID == "" || r.OwnerID == "" {
		return apierr.BadRequest("prompt, workflowId, and ownerId are required")
	}
	return nil
}

type mutateResponse struct {
	WorkflowID    string    `json:"workflowId"`
	Nodes         doc.Array `json:"nodes"`
	Edges         doc.Array `json:"edges"`
	Diff          diff      `json:"diff"`
	Reasoning     string    `json:"reasoning"`
	CorrelationID string    `json:"correlationId"`
	Preserved     bool      `json:"preservedExisting,omitempty"`
	Message       string    `json:"message,omitempty"`
}

// Describe is for the documentation.
func (mutateResponse) Describe() map[string]reflect.Type { return workflows.Shapes() }

type diff struct {
	NodesAdded int      `json:"nodesAdded"`
	Before     int      `json:"nodeCountBefore"`
	After      int      `json:"nodeCountAfter"`
	NewNodeIDs []string `json:"newNodeIds"`
}

func mutate(ctx context.Context, a *app.App, req *mutateRequest) (*mutateResponse, error) {
	w, err := a.Workflows.Get(ctx, req.WorkflowID, req.OwnerID)
	if err != nil {
		return nil, err
	}
	e, err := edit(ctx, a, req.Prompt.(string), w)
	if err != nil {
		return nil, err
	}
	m := &mutateResponse{
		WorkflowID: w.WorkflowID, Nodes: e.nodes, Edges: e.edges, Reasoning: e.reasoning, CorrelationID: req.CorrelationID,
		Diff:      diff{NodesAdded: len(e.added), Before: len(w.Steps), After: len(e.nodes), NewNodeIDs: e.added},
		Preserved: e.preserved, Message: e.message,
	}
	if m.CorrelationID == "" {
		m.CorrelationID = uuid.NewString()
	}
	return m, nil
}
