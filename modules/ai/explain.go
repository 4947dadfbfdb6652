package ai

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:       "ai.explain",
		Method:   http.MethodPost,
		Path:     "/workflow/explain",
		Aliases:  []string{"/ai/explain-workflow"},
		Tag:      "AI",
		Summary:  "Explains a saved workflow; no model is asked.",
		Auth:     registry.Owned,
		Required: "workflowId and ownerId are required",
		Errors:   []int{http.StatusBadRequest, http.StatusNotFound},
		Handler:  registry.Handle(explain),
	})
}

type explainRequest struct {
	WorkflowID    string `json:"workflowId" validate:"required" example:"greet"`
	OwnerID       string `json:"ownerId" validate:"required" owner:"caller" description:"Whose." example:"user_default"`
	CorrelationID string `json:"correlationId"`
}

type explainResponse struct {
	WorkflowID    string         `json:"workflowId"`
	Summary       string         `json:"summary"`
	Steps         []explained    `json:"steps"`
	DataFlow      []string       `json:"dataFlow"`
	SecurityNotes []securityNote `json:"securityNotes"`
	NodeCount     int            `json:"nodeCount"`
	CorrelationID string         `json:"correlationId"`
}

type explained struct {
	Order       int    `json:"order" description:"From 1."`
	Type        string `json:"type"`
	Label       string `json:"label"`
	Description string `json:"description"`
	Icon        string `json:"icon"`
}

type securityNote struct {
	Type     string `json:"type" enum:"authentication,validation,database,email,security"`
	Message  string `json:"message"`
	Severity string `json:"severity" enum:"info,warning,success"`
}

func explain(ctx context.Context, a *app.App, req *explainRequest) (*explainResponse, error) {
	w, err := a.Workflows.Get(ctx, req.WorkflowID, req.OwnerID)
	if err != nil {
		return nil, err
	}
	e := &explainResponse{WorkflowID: w.WorkflowID, NodeCount: len(w.Steps), CorrelationID: req.CorrelationID, Steps: []explained{}}
	if e.CorrelationID == "" {
		e.CorrelationID = fmt.Sprintf("explain-%d", a.Now().UnixMilli())
	}
	count := map[string]int{}
	var does []string
	for i, v := range w.Steps {
		step, _ := v.(doc.Object)
		kind := doc.String(step, "type")
		count[kind]++
		e.Steps = append(e.Steps, explainStep(i, kind, step))
		if t, ok := engine.Steps.Get(kind); ok && t.Flow != "" && !slices.Contains(does, t.Flow) {
			does = append(does, t.Flow)
		}
	}
	e.Summary = summary(does, len(w.Steps))
	for _, what := range does {
		e.DataFlow = append(e.DataFlow, "The workflow "+what)
	}
	e.DataFlow = append(e.DataFlow, "Response is returned to user")
	e.SecurityNotes = notes(count)
	return e, nil
}

// summary is the sentence of the old backend, with its words for nothing.
func summary(does []string, steps int) string {
	what := ""
	if len(does) > 0 {
		what = " " + strings.Join(does, ", ")
	}
	return fmt.Sprintf("This workflow%s and processes requests through %d steps.", what, steps)
}

const otherIcon = "zap"

func explainStep(i int, kind string, step doc.Object) explained {
	node := doc.Child(step, "data")
	s := explained{Order: i + 1, Type: kind, Label: doc.String(node, "label"), Icon: otherIcon, Description: "A step of the type " + kind + "."}
	t, known := engine.Steps.Get(kind)
	if known {
		s.Description = t.Summary
		if t.Icon != "" {
			s.Icon = t.Icon
		}
		if names := engine.Steps.Collections(doc.Array{step}); len(names) > 0 {
			s.Description += " Collection: " + names[0] + "."
		}
	}
	switch {
	case s.Label != "":
	case known:
		s.Label = t.Label
	default:
		s.Label = kind
	}
	return s
}

// notes say what is worth knowing about the safety of a workflow (http.md,
// "Explain").
func notes(count map[string]int) []securityNote {
	all := []securityNote{}
	add := func(kind, severity, format string, args ...any) {
		all = append(all, securityNote{Type: kind, Severity: severity, Message: fmt.Sprintf(format, args...)})
	}
	writes := count["dbInsert"] + count["dbUpdate"] + count["dbDelete"]
	switch {
	case count["authMiddleware"]+count["userLogin"] > 0:
		add("authentication", "success", "Callers have to show who they are.")
	case writes > 0:
		add("authentication", "warning", "Anybody can call this workflow, and it writes to the database.")
	}
	switch {
	case count["inputValidation"] > 0:
		add("validation", "success", "The input is checked before it is used.")
	case count["input"] > 0:
		add("validation", "warning", "The input is used without being checked.")
	}
	if writes > 0 {
		add("database", "info", "The workflow writes to the database in %d %s.", writes, plural(writes, "step"))
	}
	if n := count["emailSend"]; n > 0 {
		add("email", "info", "The workflow sends mail in %d %s.", n, plural(n, "step"))
	}
	return all
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}
