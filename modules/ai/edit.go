package ai

import (
	"context"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/modules/core/workflows"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/llm"
)

// edited is what came of the change of a stored workflow: the graph as it is
// stored now.
type edited struct {
	nodes, edges doc.Array
	added        []string // ids of new nodes
	edgesAdded   int
	notes        []string
	reasoning    string
	said         llm.Answer
	preserved    bool   // nothing was changed
	message      string // why
}

const nothingChanged = "The workflow was left as it is: "

// edit changes a stored workflow as a prompt says. Only a change that can be drawn
// and run is stored; otherwise the workflow stays, and the answer says so.
func edit(ctx context.Context, a *app.App, prompt string, w *workflows.Workflow) (*edited, error) {
	e := &edited{nodes: w.Steps, edges: w.Edges}
	c, said, err := composeEdit(ctx, a, prompt, w.Steps, w.Edges)
	e.said = said
	if isUnusable(err) {
		e.preserved, e.message = true, nothingChanged+"the model gave no change that can be used."
		if c != nil && c.Reasoning != "" {
			e.message, e.reasoning = nothingChanged+c.Reasoning, c.Reasoning
		}
		return e, nil
	}
	if err != nil {
		return nil, err
	}
	e.notes, e.reasoning = c.Notes, c.Reasoning
	if same(w, c.Nodes, c.Edges) {
		e.preserved, e.message = true, nothingChanged+"the model changed nothing. "+c.Reasoning
		return e, nil
	}
	kept, err := a.Workflows.Keep(ctx, toKeep(w.WorkflowID, w.OwnerID, &c.Draft, w.InputVariables), w)
	if err != nil {
		return nil, err
	}
	e.nodes, e.edges, e.added, e.edgesAdded = kept.Steps, kept.Edges, c.Added, c.EdgesAdded
	return e, nil
}

func same(w *workflows.Workflow, nodes, edges doc.Array) bool {
	return string(doc.MarshalJSON(w.Steps)) == string(doc.MarshalJSON(nodes)) && string(doc.MarshalJSON(w.Edges)) == string(doc.MarshalJSON(edges))
}
