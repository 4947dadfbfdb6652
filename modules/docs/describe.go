package docs

import (
	"cmp"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/orchestrix/orchestrix/config"
	"github.com/orchestrix/orchestrix/modules/core/runs"
	"github.com/orchestrix/orchestrix/modules/core/workflows"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/logging"
	"github.com/orchestrix/orchestrix/platform/openapi"
)

// describe writes the document of one published workflow.
func describe(w *workflows.Workflow, slug string, s *config.Settings) ([]byte, error) {
	contract, err := engine.Steps.Contract(engine.Workflow{Steps: w.Steps, Edges: w.Edges, InputVariables: w.InputVariables, Stored: true})
	if err != nil {
		return nil, workflows.GraphProblem(err)
	}
	name := cmp.Or(w.APIName, slug)
	d := openapi.New(openapi.Info{Title: name, Version: doc.Time(w.UpdatedAt), Description: "The API of a saved workflow."})
	access := openapi.Anyone
	if contract.Token {
		access = openapi.Bearer
	}
	d.Add(http.MethodPost, literal(workflows.Path(w.WorkflowID, slug)), openapi.Operation{
		ID: "call", Summary: "Calls " + name + ".", Description: broken(contract),
		Access:    access,
		Body:      body(d, contract),
		Responses: answers(d, contract, s),
	})
	return d.JSON(), nil
}

// literal escapes what would be a parameter, and what a URL may not hold.
func literal(path string) string {
	var b strings.Builder
	for i := range len(path) {
		if c := path[i]; c <= ' ' || c > '~' || strings.IndexByte(`"<>[\]^{|}:`+"`", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func broken(c *engine.Contract) string {
	if c.Broken == nil {
		return ""
	}
	return "No call can succeed as the workflow is now: " + c.Broken.Error()
}

// body takes the variables flat or within an object called input.
func body(d *openapi.Document, c *engine.Contract) *openapi.Body {
	input := withoutSecrets(c.Input())
	required := len(doc.List(input, "required")) > 0
	if len(doc.Child(input, "properties")) == 0 {
		return &openapi.Body{Schema: input}
	}
	ref := d.Define("Input", input)
	return &openapi.Body{Required: required, Schema: doc.Object{{"anyOf", doc.Array{ref, doc.Object{
		{"title", "nested"}, {"description", "The same variables, within an object called input."}, {"type", "object"}, {"properties", doc.Object{{"input", ref}}}, {"required", doc.Array{"input"}},
	}}}}}
}

// withoutSecrets leaves out what a variable called like a secret has by default.
func withoutSecrets(schema doc.Object) doc.Object {
	properties := doc.Child(schema, "properties")
	if properties == nil {
		return schema
	}
	shown := make(doc.Object, len(properties))
	for i, p := range properties {
		property, _ := p.Value.(doc.Object)
		if logging.IsSecretKey(p.Key) {
			property = doc.Without(property, "default")
		}
		shown[i] = doc.Field{Key: p.Key, Value: withoutSecrets(property)}
	}
	return doc.Set(append(doc.Object{}, schema...), "properties", shown)
}

// answers are what http.md has under "Statuses of the published API", as far as
// this workflow can give them.
func answers(d *openapi.Document, c *engine.Contract, s *config.Settings) []openapi.Response {
	failure := d.Schema(reflect.TypeFor[runs.Failure]())
	all := []openapi.Response{{Status: http.StatusBadRequest}, {Status: http.StatusNotFound}, {Status: http.StatusRequestEntityTooLarge},
		{Status: http.StatusUnsupportedMediaType}, {}}
	if s.RateLimit > 0 {
		all = append(all, openapi.Response{Status: http.StatusTooManyRequests})
	}
	success, canSucceed := success(d, c)
	if s.LegacyStatus() {
		schemas := doc.Array{failure}
		if canSucceed {
			schemas = doc.Array{success.Schema, failure}
		}
		return append(all, openapi.Response{Status: http.StatusOK, Schema: doc.Object{{"anyOf", schemas}}, Headers: executionID,
			Description: "The answer, or why the run failed; `ok` is false then."})
	}
	all = append(all, openapi.Response{Status: http.StatusInternalServerError, Schema: failure, Headers: executionID})
	failures := runs.Failures()
	for _, status := range []int{http.StatusUnauthorized, http.StatusUnprocessableEntity, http.StatusServiceUnavailable, http.StatusGatewayTimeout} {
		if status == http.StatusUnauthorized && !c.Refuses {
			continue
		}
		all = append(all, openapi.Response{Status: status, Description: why[status], Schema: d.Schema(failures[status]), Headers: executionID})
	}
	if canSucceed {
		all = with(all, success)
	}
	return all
}

// with adds the answer of the author, who may choose any status for it, also one
// that failures have.
func with(all []openapi.Response, success openapi.Response) []openapi.Response {
	for i := range all {
		if all[i].Status != success.Status {
			continue
		}
		if all[i].Schema != nil {
			success.Schema = doc.Object{{"anyOf", doc.Array{success.Schema, all[i].Schema}}}
		}
		success.Description += " Or: it failed."
		all[i] = success
		return all
	}
	return append(all, success)
}

var why = map[int]string{
	http.StatusUnauthorized:        "A step wants to know who calls, and was not satisfied.",
	http.StatusUnprocessableEntity: "The input is not as the rules demand it, or a step failed.",
}

// success is the answer of a run that does not fail.
func success(d *openapi.Document, c *engine.Contract) (openapi.Response, bool) {
	switch {
	case c.Broken != nil:
		return openapi.Response{}, false
	case c.Answer == nil:
		report := d.Schema(reflect.TypeFor[runs.Report]())
		schema := doc.Object{{"allOf", doc.Array{report, doc.Object{{"properties", doc.Object{{"output", withoutSecrets(c.Output())}}}}}}}
		return openapi.Response{Status: http.StatusOK, Schema: schema, Headers: executionID, Description: "How the run went; no step says what to answer."}, true
	}
	r := openapi.Response{Status: c.Answer.Status, Schema: c.Answer.Body, Headers: executionID, Description: "The answer."}
	if r.Status == http.StatusNoContent || r.Status == http.StatusNotModified {
		r.Schema = nil
	}
	if c.Answer.Varies {
		r.Description = fmt.Sprintf("The answer. Its status comes from a variable; %d is what it is without one.", r.Status)
	}
	return r, true
}

var executionID = doc.Object{{"X-Execution-Id", doc.Object{
	{"description", "By which the log of the run is read."}, {"schema", doc.Object{{"type", "string"}, {"format", "uuid"}}},
}}}
