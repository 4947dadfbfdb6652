package workflows

import (
	"reflect"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// The types below are what the lists of a workflow hold when they are well made.
// Nothing is decoded into them: lists are kept as they come. They are for the
// documentation.

// Step is one step, as the canvas has it.
type Step struct{}

// JSONSchema takes the fields from the step types' declarations.
func (Step) JSONSchema() doc.Object {
	names, forms := doc.Array{}, doc.Array{}
	for _, t := range engine.Steps.All() {
		names, forms = append(names, t.Type), append(forms, t.FieldsSchema())
	}
	forms = append(forms, doc.Object{{"title", "anything else"}, {"description", "It is kept as it is, and fails when it is run."}})
	text := doc.Object{{"type", "string"}}
	return doc.Object{
		{"description", "A step: a node of the canvas, with its fields in data.fields, or the same fields beside its type."},
		{"type", "object"},
		{"properties", doc.Object{
			{"id", doc.Object{{"type", "string"}, {"description", "Unique in the workflow; edges name it."}}},
			{"type", doc.Object{{"type", "string"}, {"minLength", int64(1)}, {"description", "A step type."}, {"examples", names}}},
			{"data", doc.Object{{"properties", doc.Object{
				{"label", text},
				{"fields", doc.Object{{"description", "By the step's type:"}, {"anyOf", forms}}},
			}}}},
		}},
		{"required", doc.Array{"type"}},
		{"examples", doc.Array{
			doc.Object{{"id", "answer"}, {"type", "response"}, {"data", doc.Object{
				{"label", "API Response"}, {"fields", doc.Object{{"status", int64(200)}, {"body", doc.Object{{"hello", "{{name}}"}}}}},
			}}},
		}},
	}
}

// Edge says that one step comes before another.
type Edge struct {
	ID     string `json:"id,omitempty" example:"e1"`
	Source string `json:"source,omitempty" description:"Id of a step." example:"in"`
	Target string `json:"target,omitempty" description:"Id of the step after it." example:"answer"`
}

// InputVariable is a variable that callers of the API send.
type InputVariable struct {
	Name     string `json:"name" example:"name"`
	Type     string `json:"type,omitempty" description:"What it should hold, for people and forms." example:"string"`
	Required bool   `json:"required,omitempty"`
	Default  any    `json:"default,omitempty" description:"Its value when it is not sent."`
}

// Shapes are the types of a workflow's lists, by their names in JSON.
func Shapes() map[string]reflect.Type {
	steps := reflect.TypeFor[[]Step]()
	return map[string]reflect.Type{
		"steps": steps, "nodes": steps, "edges": reflect.TypeFor[[]Edge](), "inputVariables": reflect.TypeFor[[]InputVariable](),
	}
}
