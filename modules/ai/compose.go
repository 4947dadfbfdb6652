package ai

import (
	"context"
	"errors"
	"net/http"
	"time"

	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/modules/ai/draft"
	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/llm"
	"github.com/orchestrix/orchestrix/platform/logging"
)

const (
	maxRepairs   = 2                // times that a model is told what is wrong
	composeLimit = 60 * time.Second // of all that together
	routeLimit   = composeLimit + 10*time.Second
)

// errUnusable is the end of a model that did not get it right.
var errUnusable = &llm.Error{Kind: llm.Failed, Code: "MODEL_UNUSABLE", Message: "The model gave no workflow that can be used"}

// composeNew has a workflow made from a description.
func composeNew(ctx context.Context, a *app.App, description string) (d *draft.Draft, said llm.Answer, err error) {
	said, err = compose(ctx, a, llm.Task{Description: description}, func(answer doc.Object) (problems []draft.Problem) {
		d, problems = draft.New(engine.Steps, answer)
		return problems
	})
	return d, said, err
}

// composeEdit has a stored workflow changed as a description says.
func composeEdit(ctx context.Context, a *app.App, description string, steps, edges doc.Array) (c *draft.Change, said llm.Answer, err error) {
	task := llm.Task{Description: description, Steps: steps, Edges: edges}
	said, err = compose(ctx, a, task, func(answer doc.Object) (problems []draft.Problem) {
		c, problems = draft.Edit(engine.Steps, steps, edges, answer)
		return problems
	})
	return c, said, err
}

// compose asks the model until read finds nothing wrong with its answer, telling
// it each time what is.
func compose(ctx context.Context, a *app.App, task llm.Task, read func(doc.Object) []draft.Problem) (said llm.Answer, err error) {
	ctx, cancel := context.WithTimeout(ctx, composeLimit)
	defer cancel()
	r, err := request(engine.Steps, task)
	if err != nil {
		return said, err
	}
	for repairs := 0; ; repairs++ {
		if said, err = a.Model.Generate(ctx, r); err != nil {
			return said, modelError(err)
		}
		problems := check(said.Text, read)
		if len(problems) == 0 {
			return said, nil
		}
		logging.From(ctx, a.Log).Info("a model's answer cannot be used", zap.String("provider", said.Provider), zap.String("model", said.Model),
			zap.Int("repairs", repairs), zap.Strings("problems", problems))
		if repairs == maxRepairs {
			return said, modelError(errUnusable)
		}
		text, err := write("repair", map[string]any{"Problems": problems})
		if err != nil {
			return said, err
		}
		// Only the last answer is shown again: the conversation stays bounded.
		r.Messages = append(r.Messages[:1:1], llm.Message{Role: llm.Assistant, Text: cut(said.Text, maxAnswer)}, llm.Message{Role: llm.User, Text: text})
	}
}

// check says what is wrong with an answer, in words for the model.
func check(text string, read func(doc.Object) []draft.Problem) (wrong []string) {
	answer, err := draft.Extract(text)
	if err != nil {
		return []string{err.Error()}
	}
	for _, p := range read(answer) {
		wrong = append(wrong, p.String())
	}
	return wrong
}

// modelError makes an answer of a model's failure (http.md, "AI").
func modelError(err error) error {
	var e *llm.Error
	if !errors.As(err, &e) {
		return err
	}
	status := map[llm.Kind]int{llm.Failed: http.StatusBadGateway, llm.Unavailable: http.StatusServiceUnavailable, llm.TimedOut: http.StatusGatewayTimeout}[e.Kind]
	return &apierr.Error{Status: status, Code: e.Code, Title: e.Message, Cause: errors.Join(err, e.Cause)}
}

func isUnusable(err error) bool { return errors.Is(err, errUnusable) }

var modelErrors = []int{http.StatusBadRequest, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}
