package ai

import (
	"fmt"
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/llm"
)

// catalogue describes every step type to a model, from the declarations.
func catalogue(types *engine.Registry) string {
	var b strings.Builder
	for _, t := range types.All() {
		fmt.Fprintf(&b, "- %s (%q): %s\n", t.Type, t.Label, t.Summary)
		writeFields(&b, "    ", t.Fields)
		if t.Output.Default != "" {
			fmt.Fprintf(&b, "    sets the variable %q, or the one named in \"outputVar\": %s\n", t.Output.Default, t.Output.Description)
		}
	}
	return b.String()
}

func writeFields(b *strings.Builder, indent string, fields []engine.Field) {
	for _, f := range fields {
		fmt.Fprintf(b, "%s%s (%s", indent, f.Name, f.Kind)
		if f.Required {
			b.WriteString(", required")
		}
		if len(f.Enum) > 0 {
			b.WriteString(": " + strings.Join(f.Enum, ", "))
		}
		b.WriteString("): " + f.Description)
		if f.Example != nil {
			b.WriteString(" Example: " + string(doc.MarshalJSON(f.Example)))
		}
		b.WriteByte('\n')
		writeFields(b, indent+"    ", f.Items)
	}
}

// schemaOf is the JSON Schema of a workflow, from the same declarations. An edit
// is the same with other names for its parts.
func schemaOf(types *engine.Registry, edit bool) *llm.Schema {
	var names doc.Array
	for _, t := range types.All() {
		names = append(names, t.Type)
	}
	text := doc.Object{{"type", "string"}}
	node := object(doc.Object{
		{"id", text},
		{"type", doc.Object{{"type", "string"}, {"enum", names}}},
		{"data", object(doc.Object{{"label", text}, {"fields", fieldsSchema(types)}}, "label", "fields")},
	}, "id", "type", "data")
	edge := object(doc.Object{{"id", text}, {"source", text}, {"target", text}}, "id", "source", "target")
	list := func(of doc.Object) doc.Object { return doc.Object{{"type", "array"}, {"items", of}} }
	if edit {
		return &llm.Schema{Name: "workflow_edit", JSON: doc.MarshalJSON(object(doc.Object{
			{"addedNodes", list(node)}, {"addedEdges", list(edge)}, {"changedNodes", list(node)},
			{"removedNodeIds", list(text)}, {"reasoning", text},
		}, "addedNodes", "addedEdges", "reasoning"))}
	}
	return &llm.Schema{Name: "workflow", JSON: doc.MarshalJSON(object(doc.Object{{"nodes", list(node)}, {"edges", list(edge)}}, "nodes", "edges"))}
}

// fieldsSchema names every field that some step type has; which belong to which
// type is the catalogue's to say.
func fieldsSchema(types *engine.Registry) doc.Object {
	var names []string
	for _, t := range types.All() {
		for _, f := range t.Fields {
			names = append(names, f.Name)
		}
	}
	slices.Sort(names)
	properties := doc.Object{{"outputVar", doc.Object{{"type", "string"}}}}
	for _, name := range slices.Compact(names) {
		properties = append(properties, doc.Field{Key: name, Value: doc.Object{}})
	}
	return doc.Object{{"type", "object"}, {"properties", properties}}
}

func object(properties doc.Object, required ...string) doc.Object {
	list := make(doc.Array, len(required))
	for i, name := range required {
		list[i] = name
	}
	return doc.Object{{"type", "object"}, {"properties", properties}, {"required", list}}
}
