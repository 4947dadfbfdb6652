package docs_test

import (
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// kinds explains every engine.FieldKind.
var kinds = []meaning{
	{string(engine.Name), "fixed text, never a variable"},
	{string(engine.Template), "text that may hold `{{variables}}`"},
	{string(engine.Number), "a number, or a variable that holds one"},
	{string(engine.Choice), "one of the values that are listed, the first when left out"},
	{string(engine.Value), "any JSON; its texts may hold variables"},
	{string(engine.Filter), "a MongoDB filter; what variables put into it is data"},
	{string(engine.Document), "an object whose values may hold variables"},
	{string(engine.Update), "fields to set, or update operators such as `$set` and `$inc`"},
	{string(engine.List), "a list of objects with the fields that are listed below it"},
	{string(engine.Flag), "true or false"},
}

type stepsContent struct {
	Kinds []meaning
	Steps []stepContent
}

type stepContent struct {
	*engine.StepType
	Fields  []fieldContent // with those of list items behind their list
	Example string
}

type fieldContent struct {
	Name, Kind, Description string
	Aliases                 []string
}

func stepsPage(types []*engine.StepType) stepsContent {
	content := stepsContent{Kinds: kinds}
	for _, t := range types {
		content.Steps = append(content.Steps, stepContent{StepType: t, Fields: fieldsOf("", t.Fields), Example: exampleOf(t)})
	}
	return content
}

func fieldsOf(list string, fields []engine.Field) (all []fieldContent) {
	for _, f := range fields {
		content := fieldContent{Name: list + f.Name, Kind: kindOf(f), Description: cell(f.Description)}
		for _, alias := range f.Aliases {
			content.Aliases = append(content.Aliases, list+alias)
		}
		if f.Secret {
			content.Description += " It is kept out of the log."
		}
		all = append(append(all, content), fieldsOf(content.Name+"[].", f.Items)...)
	}
	return all
}

func kindOf(f engine.Field) string {
	kind := string(f.Kind)
	if len(f.Enum) > 0 {
		kind += ": `" + strings.Join(f.Enum, "`, `") + "`"
	}
	if f.Required {
		kind += ", required"
	}
	return kind
}

// exampleOf is a step as an author may write it, one field in a line.
func exampleOf(t *engine.StepType) string {
	step := doc.Object{{Key: "type", Value: t.Type}}
	for _, f := range t.Fields {
		if f.Example != nil {
			step = append(step, doc.Field{Key: f.Name, Value: f.Example})
		}
	}
	lines := make([]string, len(step))
	for i, field := range step {
		lines[i] = "  " + string(doc.MarshalJSON(field.Key)) + ": " + string(doc.MarshalJSON(field.Value))
	}
	return "{\n" + strings.Join(lines, ",\n") + "\n}"
}
