package steps

import (
	"context"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

func init() {
	engine.Register(engine.StepType{
		Type:    "inputValidation",
		Label:   "Validate Input",
		Summary: "Checks variables against rules and fails the run with every error found.",
		Icon:    "shield-check",
		Flow:    "checks the input against its rules",
		Fields: []engine.Field{{
			Name: "rules", Kind: engine.List, Description: "What must hold, one entry for each variable.",
			Example: doc.Array{doc.Object{{"field", "email"}, {"required", true}, {"type", "email"}}},
			Items:   ruleFields,
		}},
		Output:  engine.Output{Default: "validated", Description: "true", Schema: doc.Object{{"type", "boolean"}, {"const", true}}},
		Compile: compileValidation,
		Describe: func(f *engine.Fields, c *engine.Contract) {
			for _, r := range readRules(f) {
				required, facts := r.demands()
				c.Demands(r.path, required, facts)
			}
		},
	})
}

var ruleFields = []engine.Field{
	{Name: "field", Kind: engine.Template, Required: true, Description: "The variable to check: email, input.email or {{email}}.", Example: "email"},
	{Name: "required", Kind: engine.Flag, Description: "Refuse missing, null and empty values.", Example: true},
	{Name: "type", Kind: engine.Name, Description: "string, number, boolean, email, array or object.", Example: "email"},
	{Name: "minLength", Kind: engine.Number, Description: "Fewest characters or items.", Example: 8},
	{Name: "maxLength", Kind: engine.Number, Description: "Most characters or items.", Example: 72},
	{Name: "min", Kind: engine.Number, Description: "Smallest number.", Example: 0},
	{Name: "max", Kind: engine.Number, Description: "Largest number.", Example: 100},
	{Name: "pattern", Kind: engine.Name, Description: "Regular expression (RE2) that the text must match.", Example: "^[a-z]+$"},
	{Name: "enum", Kind: engine.Value, Description: "The values that are allowed.", Example: doc.Array{"a", "b"}},
}

// rule is one entry of rules: a variable and the checks on it, in order.
type rule struct {
	field  string // as written; it is the key of errorDetails
	path   engine.Path
	checks []check
}

func compileValidation(f *engine.Fields) engine.Execute {
	rules := readRules(f)
	return func(ctx context.Context, c *engine.Call) (engine.Outcome, error) {
		var failures doc.Object
		validated := make(doc.Array, len(rules))
		for i := range rules {
			if err := ctx.Err(); err != nil {
				return engine.Outcome{}, err
			}
			shown, messages := rules[i].apply(c.Vars)
			validated[i] = shown
			failures = addMessages(failures, rules[i].field, messages)
		}
		c.Show(doc.Object{{"rulesCount", int64(len(rules))}, {"fieldsValidated", validated}})
		if len(failures) > 0 {
			shown := doc.Object{{"valid", false}, {"errors", failures}, {"errorCount", int64(len(failures))}}
			return engine.Outcome{Shown: shown}, &engine.Error{Kind: engine.Failed, Message: "Input validation failed", Details: failures}
		}
		shown := doc.Object{{"valid", true}, {"allFieldsPassed", true}}
		return engine.Outcome{Shown: shown, Sets: true, Value: true}, nil
	}
}

func readRules(f *engine.Fields) (rules []rule) {
	f.Each("rules", func(item *engine.Fields) { rules = append(rules, compileRule(item)) })
	return rules
}

// demands are what the checks say to callers, as JSON Schema.
func (r *rule) demands() (required bool, facts doc.Object) {
	for _, c := range r.checks {
		required = required || c.name == "required"
		facts = append(facts, c.facts...)
	}
	return required, facts
}

func compileRule(item *engine.Fields) rule {
	written, _ := item.Raw("field").(string)
	if written == "" {
		item.Wrong("field", "must be the name of a variable")
	}
	return rule{field: written, path: engine.ParsePath(written), checks: compileChecks(item)}
}

// apply runs the checks on the variable's value, and shows what was checked.
func (r *rule) apply(vars *engine.Vars) (shown doc.Object, messages doc.Array) {
	value, found := vars.Resolve(r.path)
	results := make(doc.Array, len(r.checks))
	for i := range r.checks {
		passed := r.checks[i].passes(value, found)
		results[i] = doc.Object{{"type", r.checks[i].name}, {"passed", passed}}
		if !passed {
			messages = append(messages, r.checks[i].message)
		}
	}
	shown = make(doc.Object, 0, 4)
	shown = append(shown, doc.Field{Key: "field", Value: r.field})
	if found {
		shown = append(shown, doc.Field{Key: "value", Value: value})
	}
	return append(shown, doc.Field{Key: "rules", Value: results}, doc.Field{Key: "passed", Value: len(messages) == 0}), messages
}

// addMessages collects the messages of several rules on one field under it.
func addMessages(failures doc.Object, field string, messages doc.Array) doc.Object {
	if len(messages) == 0 {
		return failures
	}
	earlier, _ := doc.Get(failures, field)
	list, _ := earlier.(doc.Array)
	return doc.Set(failures, field, append(list, messages...))
}
