package steps_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// Looking up one of many variables takes as long as there are variables: a step that
// does it for all of them notices when its time is over.
func TestStepsWithManyVariablesKeepTheirTime(t *testing.T) {
	const n = 30_000
	input := make(doc.Object, n)
	var variables, rules, values doc.Array
	var text strings.Builder
	for i := range n {
		name := fmt.Sprintf("v%d", i)
		input[i] = doc.Field{Key: name, Value: int64(i)}
		variables = append(variables, doc.Object{{"name", name}})
		rules = append(rules, doc.Object{{"field", "input." + name}, {"required", true}})
		values = append(values, "{{input."+name+"}}")
		text.WriteString("{{input." + name + "}} ")
	}
	for name, step := range map[string]doc.Object{
		"variables": {{"type", "input"}, {"variables", variables}},
		"rules":     {{"type", "inputValidation"}, {"rules", rules}},
		"values":    {{"type", "response"}, {"body", values}},
		"one text":  {{"type", "response"}, {"body", text.String()}},
	} {
		t.Run(name, func(t *testing.T) {
			program, err := engine.Steps.Compile(engine.Workflow{Steps: doc.Array{step}})
			require.NoError(t, err)
			env := environment(t)
			env.StepTimeout = 5 * time.Millisecond
			failed := program.Run(t.Context(), env, input).Failed()
			require.NotNil(t, failed)
			assert.Equal(t, engine.TimedOut, failed.Err.Kind)
		})
	}
}
