// Package ai turns plain words into workflows: it asks a model, checks what the
// model says, and explains workflows without one.
package ai

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Describe("AI", "From plain words to a workflow, and back.")
	app.Routes.Register(app.Route{
		ID:      "ai.intent",
		Method:  http.MethodPost,
		Path:    "/ai/intent",
		Tag:     "AI",
		Summary: "Tells which parts of the page a prompt is about; no model is asked.",
		Auth:    registry.Owned,
		Errors:  []int{http.StatusBadRequest},
		Handler: registry.Handle(intent),
	})
}

type intentRequest struct {
	Prompt        any    `json:"prompt" required:"true" description:"What the user wrote." example:"deploy my api"`
	CorrelationID string `json:"correlationId"`
	WorkflowID    string `json:"workflowId"`
	OwnerID       string `json:"ownerId" default:"user_default" owner:"caller" description:"Whose."`
}

// Describe is for the documentation.
func (intentRequest) Describe() map[string]reflect.Type { return promptShape }

// promptShape says that a prompt is a text; anything else is refused.
var promptShape = map[string]reflect.Type{"prompt": reflect.TypeFor[string]()}

// Validate refuses a prompt that is none.
func (r *intentRequest) Validate() error {
	if blank(r.Prompt) {
		return errors.New("Prompt is required") //nolint:staticcheck // http.md's words
	}
	return nil
}

type intentResponse struct {
	WorkflowPrompt string   `json:"workflowPrompt,omitempty" description:"The prompt, when it is one for the graph."`
	Components     []string `json:"components" description:"Parts of the page." example:"[\"WorkflowGraph\",\"DeployPanel\"]"`
	CorrelationID  string   `json:"correlationId" description:"As it was sent, or made." example:"intent-1770890400000"`
	WorkflowID     string   `json:"workflowId" description:"As it was sent, or made." example:"workflow_1770890400000_0a1b2c3d"`
	IsNew          bool     `json:"isNewWorkflow"`
	NodeCount      int      `json:"existingNodeCount"`
}

func intent(ctx context.Context, a *app.App, req *intentRequest) (*intentResponse, error) {
	prompt := req.Prompt.(string)
	answer := &intentResponse{CorrelationID: req.CorrelationID, WorkflowID: req.WorkflowID, IsNew: req.WorkflowID == ""}
	if answer.CorrelationID == "" {
		answer.CorrelationID = fmt.Sprintf("intent-%d", a.Now().UnixMilli())
	}
	if answer.IsNew {
		answer.WorkflowID = newWorkflowID(a)
	} else if w, err := a.Workflows.Get(ctx, req.WorkflowID, req.OwnerID); err == nil {
		answer.NodeCount = len(w.Steps)
	} else if !isNotFound(err) {
		return nil, err
	}
	var graph bool
	answer.Components, graph = components(prompt, answer.NodeCount > 0)
	if graph {
		answer.WorkflowPrompt = prompt
	}
	return answer, nil
}

func newWorkflowID(a *app.App) string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails, by its documentation
	return fmt.Sprintf("workflow_%d_%s", a.Now().UnixMilli(), hex.EncodeToString(b[:]))
}

func isNotFound(err error) bool {
	var e *apierr.Error
	return errors.As(err, &e) && e.Status == http.StatusNotFound
}

// The parts of the page.
const (
	graphPart      = "WorkflowGraph"
	deployPart     = "DeployPanel"
	logsPart       = "ExecutionLogs"
	playgroundPart = "APIPlayground"
	inspectorPart  = "NodeInspector"
	explainerPart  = "BackendExplainer"
)

// Words of http.md, "Intent".
var (
	changeWords = []string{"add", "modify", "update", "change", "remove", "delete", "include", "also", "plus", "with", "send", "email"}
	createWords = []string{"create", "build", "make", "api", "workflow"}
	partWords   = []struct {
		part  string
		words []string
	}{
		{deployPart, []string{"deploy", "publish", "launch"}},
		{logsPart, []string{"run", "test", "execute", "try"}},
		{playgroundPart, []string{"playground", "test api", "try api"}},
		{inspectorPart, []string{"inspect", "examine", "look at", "show me"}},
		{explainerPart, []string{"explain", "what does", "describe", "how does"}},
	}
)

// components are the parts that a prompt is about, in the order of http.md, and
// whether the prompt is one for the graph. A stored workflow can be changed.
func components(prompt string, stored bool) (parts []string, graph bool) {
	lower := strings.ToLower(prompt)
	has := func(words []string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(lower, w) })
	}
	if stored && has(changeWords) || has(createWords) {
		parts, graph = append(parts, graphPart), true
	}
	for _, p := range partWords {
		if !has(p.words) {
			continue
		}
		if p.part == inspectorPart && !slices.Contains(parts, graphPart) {
			parts = append(parts, graphPart)
		}
		parts = append(parts, p.part)
	}
	if parts == nil {
		return []string{graphPart}, true
	}
	return parts, graph
}
