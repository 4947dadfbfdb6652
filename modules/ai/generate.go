package ai

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"

	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/modules/ai/draft"
	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/modules/core/workflows"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/llm"
	"github.com/orchestrix/orchestrix/platform/logging"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:      "ai.generate",
		Method:  http.MethodPost,
		Path:    "/workflow/generate",
		Aliases: []string{"/ai/generate-workflow"},
		Tag:     "AI",
		Summary: "Makes a workflow from a description, or changes a stored one; nothing is run or published.",
		Auth:    registry.Owned,
		Limits:  registry.Limits{Timeout: routeLimit},
		Errors:  modelErrors,
		Handler: registry.Handle(generate),
	})
}

type generateRequest struct {
	Prompt        any    `json:"prompt" required:"true" description:"What the API shall do." example:"Create an API that registers users with email and password"`
	WorkflowID    string `json:"workflowId" description:"With ownerId: the stored workflow to change, or the id to store a new one under."`
	OwnerID       string `json:"ownerId" owner:"caller"`
	CorrelationID string `json:"correlationId"`
}

// Describe is for the documentation.
func (generateRequest) Describe() map[string]reflect.Type { return promptShape }

// Validate refuses a prompt that is none.
func (r *generateRequest) Validate() error {
	if blank(r.Prompt) {
		return errors.New("Prompt required") //nolint:staticcheck // http.md's words
	}
	return nil
}

type generateResponse struct {
	Nodes    doc.Array `json:"nodes"`
	Edges    doc.Array `json:"edges"`
	Metadata metadata  `json:"metadata"`
}

// Describe is for the documentation.
func (generateResponse) Describe() map[string]reflect.Type { return workflows.Shapes() }

// metadata says where a graph comes from. The counts are those of a change.
type metadata struct {
	GeneratedAt   string   `json:"generatedAt" format:"date-time"`
	Prompt        string   `json:"prompt" description:"Its first 200 characters."`
	CorrelationID string   `json:"correlationId"`
	IsMutation    bool     `json:"isMutation"`
	Provider      string   `json:"provider,omitempty"`
	Model         string   `json:"model,omitempty"`
	Notes         []string `json:"notes,omitempty" description:"What was repaired or left out."`
	Reasoning     string   `json:"reasoning,omitempty" description:"What the model says about it."`

	NodeCountBefore *int   `json:"nodeCountBefore,omitempty"`
	NodeCountAfter  *int   `json:"nodeCountAfter,omitempty"`
	NodesAdded      *int   `json:"nodesAdded,omitempty"`
	EdgesAdded      *int   `json:"edgesAdded,omitempty"`
	Preserved       bool   `json:"preservedExisting,omitempty" description:"Nothing was changed; message says why."`
	Message         string `json:"message,omitempty"`
}

// shownPrompt is how many characters of a prompt come back (http.md).
const shownPrompt = 200

func (r *generateRequest) metadata(a *app.App, said llm.Answer) metadata {
	m := metadata{
		GeneratedAt: doc.Time(a.Now()), Prompt: r.Prompt.(string), CorrelationID: r.CorrelationID,
		Provider: said.Provider, Model: said.Model,
	}
	if runes := []rune(m.Prompt); len(runes) > shownPrompt {
		m.Prompt = string(runes[:shownPrompt])
	}
	if m.CorrelationID == "" {
		m.CorrelationID = fmt.Sprintf("gen-%d", a.Now().UnixMilli())
	}
	return m
}

func generate(ctx context.Context, a *app.App, req *generateRequest) (*generateResponse, error) {
	stored := req.WorkflowID != "" && req.OwnerID != ""
	if stored {
		w, err := a.Workflows.Get(ctx, req.WorkflowID, req.OwnerID)
		switch {
		case err == nil && len(w.Steps) > 0:
			return generateEdit(ctx, a, req, w)
		case err == nil:
			return generateNew(ctx, a, req, true, w)
		case !isNotFound(err):
			return nil, err
		}
	}
	return generateNew(ctx, a, req, stored, nil)
}

// generateNew makes a new graph, and keeps it under the request's ids. Before is a
// stored workflow without steps, or nil.
func generateNew(ctx context.Context, a *app.App, req *generateRequest, keep bool, before *workflows.Workflow) (*generateResponse, error) {
	d, said, err := composeNew(ctx, a, req.Prompt.(string))
	if err != nil {
		return nil, err
	}
	if keep {
		if _, err := a.Workflows.Keep(ctx, toKeep(req.WorkflowID, req.OwnerID, d, nil), before); err != nil {
			return nil, err
		}
	} else if err := a.Schemas.Drafted(ctx, req.OwnerID, engine.Steps.Collections(d.Nodes)); err != nil {
		logging.From(ctx, a.Log).Warn("the collections of a draft cannot be listed", zap.Error(err)) // the draft is good without
	}
	m := req.metadata(a, said)
	m.Notes, m.Reasoning = d.Notes, d.Reasoning
	return &generateResponse{Nodes: d.Nodes, Edges: d.Edges, Metadata: m}, nil
}

func generateEdit(ctx context.Context, a *app.App, req *generateRequest, w *workflows.Workflow) (*generateResponse, error) {
	e, err := edit(ctx, a, req.Prompt.(string), w)
	if err != nil {
		return nil, err
	}
	m := req.metadata(a, e.said)
	m.IsMutation, m.Notes, m.Reasoning, m.Preserved, m.Message = true, e.notes, e.reasoning, e.preserved, e.message
	before, after, nodes, edges := len(w.Steps), len(e.nodes), len(e.added), e.edgesAdded
	m.NodeCountBefore, m.NodeCountAfter, m.NodesAdded, m.EdgesAdded = &before, &after, &nodes, &edges
	return &generateResponse{Nodes: e.nodes, Edges: e.edges, Metadata: m}, nil
}

// toKeep is a draft as it is stored. What its input step asks for is what its API
// will; a workflow that has a list of its own keeps it.
func toKeep(workflowID, owner string, d *draft.Draft, inputs doc.Array) workflows.Draft {
	if len(inputs) == 0 {
		inputs = variables(d.Nodes)
	}
	return workflows.Draft{WorkflowID: workflowID, OwnerID: owner, Steps: d.Nodes, Edges: d.Edges, InputVariables: inputs}
}

func variables(nodes doc.Array) doc.Array {
	all := doc.Array{}
	for _, n := range nodes {
		node, _ := n.(doc.Object)
		if doc.String(node, "type") == "input" {
			all = append(all, doc.List(doc.Child(doc.Child(node, "data"), "fields"), "variables")...)
		}
	}
	return all
}
