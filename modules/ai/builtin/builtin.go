// Package builtin is the provider that needs no key and no network. It is no
// language model: it knows a small grammar of what people ask of a backend in
// English, and answers in the form in which a model would.
package builtin

import (
	"context"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/llm"
)

const (
	name  = "builtin"
	model = "grammar"
)

// Provider composes workflows from a grammar. The zero value is usable.
type Provider struct{}

// New returns the provider.
func New() *Provider { return &Provider{} }

// Name is "builtin".
func (*Provider) Name() string { return name }

// Generate reads the task, not the prose: a new workflow is
// {nodes, edges, reasoning}, a change {addedNodes, addedEdges, removedNodeIds,
// changedNodes, reasoning}.
func (*Provider) Generate(ctx context.Context, r llm.Request) (llm.Answer, error) {
	if err := ctx.Err(); err != nil {
		return llm.Answer{}, err
	}
	text := r.Task.Description
	if text == "" && len(r.Messages) > 0 {
		text = r.Messages[len(r.Messages)-1].Text
	}
	text = strings.ToValidUTF8(text, "")
	var answer doc.Object
	if len(r.Task.Steps) > 0 {
		answer = edit(text, r.Task.Steps, r.Task.Edges)
	} else {
		answer = compose(text)
	}
	return llm.Answer{Text: string(doc.MarshalJSON(answer)), Provider: name, Model: model}, nil
}

var _ llm.Provider = (*Provider)(nil)
