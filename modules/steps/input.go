// Package steps holds the step types of engine.md, one file each. A file
// registers its type in init; nothing else knows its name.
package steps

import (
	"context"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

func init() {
	engine.Register(engine.StepType{
		Type:    "input",
		Label:   "User Input",
		Summary: "Takes the variables of the request and makes them known to the steps that follow.",
		Icon:    "user",
		Flow:    "receives the input",
		Fields: []engine.Field{{
			Name: "variables", Kind: engine.List, Description: "The variables that callers send.",
			Example: doc.Array{doc.Object{{"name", "email"}, {"type", "string"}, {"required", true}}},
			Items: []engine.Field{
				{Name: "name", Kind: engine.Name, Required: true, Description: "Name of the variable.", Example: "email"},
				{Name: "type", Kind: engine.Name, Description: "What it should hold, for people and forms.", Example: "string"},
				{Name: "required", Kind: engine.Flag, Description: "Whether a form should demand it.", Example: true},
				{Name: "default", Kind: engine.Value, Description: "Its value when it is not sent.", Example: ""},
			},
		}, {
			Name: "data", Kind: engine.Value, Description: "Where one frontend puts the variables: {variables: [...]}.",
		}},
		Compile: compileInput,
		Describe: func(f *engine.Fields, c *engine.Contract) {
			for _, v := range readVariables(f) {
				c.Takes(engine.Parameter{Name: v.name, Type: v.kind, Required: v.required, Default: v.fallback})
			}
		},
	})
}

type inputVariable struct {
	name, kind string
	required   bool
	fallback   any
}

func readVariables(f *engine.Fields) (variables []inputVariable) {
	read := func(item *engine.Fields) {
		v := inputVariable{name: item.Name("name"), kind: item.Name("type"), required: item.Flag("required"), fallback: item.Raw("default")}
		if v.kind == "" {
			v.kind = "any"
		}
		variables = append(variables, v)
	}
	if data, ok := f.Raw("data").(doc.Object); ok && !f.Has("variables") {
		f.Within(data).Each("variables", read)
	} else {
		f.Each("variables", read)
	}
	return variables
}

func compileInput(f *engine.Fields) engine.Execute {
	variables, configured := readVariables(f), doc.Array{}
	for _, v := range variables {
		configured = append(configured, doc.Object{
			{"name", v.name}, {"type", v.kind}, {"required", v.required}, {"hasDefault", v.fallback != nil},
		})
	}
	shown := doc.Object{{"variablesConfigured", configured}}

	return func(ctx context.Context, c *engine.Call) (engine.Outcome, error) {
		c.Show(shown)
		names, values := make(doc.Array, len(variables)), make(doc.Object, len(variables))
		for i, v := range variables {
			if err := ctx.Err(); err != nil {
				return engine.Outcome{}, err
			}
			value, sent := c.Vars.Input(v.name)
			if !sent {
				value = v.fallback
			}
			names[i], values[i] = v.name, doc.Field{Key: v.name, Value: value}
		}
		// Only now: setting one variable must not change where the next is found.
		for _, v := range values {
			if err := ctx.Err(); err != nil {
				return engine.Outcome{}, err
			}
			c.Vars.SetInput(v.Key, v.Value)
		}
		return engine.Outcome{Shown: doc.Object{{"variablesSet", names}, {"values", values}}}, nil
	}
}
