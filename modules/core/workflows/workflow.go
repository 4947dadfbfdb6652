// Package workflows keeps saved workflows and the APIs they are published as.
package workflows

import (
	"regexp"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// Draft is what a client saves (http.md, "Workflows").
type Draft struct {
	WorkflowID, OwnerID, APIName string

	Steps, Edges, InputVariables doc.Array
}

// Workflow is a stored workflow. APIName and APIPath are empty in documents of
// the old backend, which dropped them.
type Workflow struct {
	Draft
	APIPath              string
	NodeCount            int
	CreatedAt, UpdatedAt time.Time

	reservation string // of the path, see publish.go
}

// Answers of http.md.
var (
	errNotFound     = apierr.NotFound("Workflow not found")
	errNotPublished = apierr.NotFound("API not published")
	errStepFormat   = apierr.BadRequest("Invalid workflow step format")
	errPathTaken    = apierr.Conflict("This API path belongs to another owner")
)

// maxID bounds the ids and names that a client makes up, in bytes.
const maxID = 512

// check refuses only what can never run or be drawn.
func (d *Draft) check() error {
	for name, text := range map[string]string{"workflowId": d.WorkflowID, "ownerId": d.OwnerID, "apiName": d.APIName} {
		if len(text) > maxID || strings.ContainsRune(text, 0) {
			return apierr.BadRequest("%s must be at most %d bytes, without NUL", name, maxID)
		}
	}
	for _, s := range d.Steps {
		step, _ := s.(doc.Object)
		if doc.String(step, "type") == "" {
			return errStepFormat
		}
	}
	return GraphProblem(engine.CheckGraph(d.Steps, d.Edges))
}

// GraphProblem turns a workflow that can never run into the answer that
// engine.md has for it.
func GraphProblem(err error) error {
	if err == nil {
		return nil
	}
	return apierr.BadRequest("Invalid workflow graph").WithMessage(err.Error())
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

// Slug makes the last part of an API's path of its name (http.md).
func Slug(name string) string {
	slug := strings.Trim(notSlug.ReplaceAllString(strings.ToLower(strings.TrimSpace(name)), "-"), "-")
	if slug == "" {
		return "api"
	}
	return slug
}

// Path is where a workflow's API is called. What would change the meaning of a
// URL is escaped in it, so that it can be called as it is; all else stays.
func Path(workflowID, slug string) string {
	return "/workflow/run/" + escaped.Replace(workflowID) + "/" + slug
}

var escaped = strings.NewReplacer("%", "%25", "/", "%2F", "\\", "%5C", "?", "%3F", "#", "%23", "\t", "%09", "\n", "%0A", "\r", "%0D")

// decode reads a stored document, old or new.
func decode(d doc.Object) *Workflow {
	w := &Workflow{
		Draft: Draft{
			WorkflowID: doc.String(d, "workflowId"), OwnerID: doc.String(d, "ownerId"), APIName: doc.String(d, "apiName"),
			Steps: doc.List(d, "steps"), Edges: doc.List(d, "edges"), InputVariables: doc.List(d, "inputVariables"),
		},
		APIPath:     doc.String(d, "apiPath"),
		CreatedAt:   date(d, "createdAt"),
		UpdatedAt:   date(d, "updatedAt"),
		reservation: doc.String(d, "reservation"),
	}
	w.NodeCount = len(w.Steps)
	if n, ok := doc.Get(d, "nodeCount"); ok && len(w.Steps) == 0 {
		count, _ := engine.ToNumber(n)
		w.NodeCount = int(count)
	}
	return w
}

func date(d doc.Object, key string) time.Time {
	v, _ := doc.Get(d, key)
	t, _ := v.(primitive.DateTime)
	return t.Time()
}

func orEmpty(a doc.Array) doc.Array {
	if a == nil {
		return doc.Array{}
	}
	return a
}
