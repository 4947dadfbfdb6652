package ai

import (
	"embed"
	"fmt"
	"regexp"
	"strings"
	"text/template"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/llm"
)

//go:embed prompts/*.tmpl
var promptFiles embed.FS

var prompts = template.Must(template.ParseFS(promptFiles, "prompts/*.tmpl"))

// Bounds of what a model is shown, in bytes.
const (
	maxDescription = 16 << 10
	maxShown       = 100 << 10 // of a workflow
	maxAnswer      = 50 << 10  // of an answer that is to be mended
)

// marks are what would end a description for the model. Each gives way to what can be
// in none: what stands around it must not become another one.
var marks = regexp.MustCompile(`(?i)</?\s*(description|request)\s*>`)

const noMark = "…"

func write(name string, data any) (string, error) {
	var b strings.Builder
	if err := prompts.ExecuteTemplate(&b, name+".tmpl", data); err != nil {
		return "", fmt.Errorf("write the prompt %s: %w", name, err)
	}
	return b.String(), nil
}

// request makes what a model is asked of a task: a new workflow, or the change of
// one that has steps.
func request(types *engine.Registry, task llm.Task) (r llm.Request, err error) {
	r.Task = task
	if r.System, err = write("system", map[string]string{"Catalogue": catalogue(types)}); err != nil {
		return r, err
	}
	data := map[string]string{"Description": marks.ReplaceAllLiteralString(cut(task.Description, maxDescription), noMark)}
	name, edit := "new", len(task.Steps) > 0
	if edit {
		name = "edit"
		workflow := doc.MarshalJSON(doc.Object{{"nodes", shown(task.Steps)}, {"edges", task.Edges}})
		data["Workflow"] = cut(string(workflow), maxShown)
	}
	text, err := write(name, data)
	r.Messages = []llm.Message{{Role: llm.User, Text: text}}
	r.Schema = schemaOf(types, edit)
	return r, err
}

// shown leaves out of steps what only the canvas needs.
func shown(steps doc.Array) doc.Array {
	short := make(doc.Array, len(steps))
	for i, s := range steps {
		step, _ := s.(doc.Object)
		short[i] = doc.Without(step, "position")
	}
	return short
}

func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "")
}

// blank reports whether a prompt says nothing.
func blank(prompt any) bool {
	text, _ := prompt.(string)
	return strings.TrimSpace(text) == ""
}
