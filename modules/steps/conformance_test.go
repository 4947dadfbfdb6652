package steps_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// TestConformance is what every step type owes, found through the registry.
func TestConformance(t *testing.T) {
	require.NoError(t, engine.Steps.Check())
	for _, stepType := range engine.Steps.All() {
		t.Run(stepType.Type, func(t *testing.T) {
			example := doc.Object{{"type", stepType.Type}, {"id", "a"}}
			for _, f := range stepType.Fields {
				if f.Required {
					assert.NotNil(t, f.Example, "the required field %s has an example", f.Name)
				}
				if f.Example != nil {
					example = append(example, doc.Field{Key: f.Name, Value: asJSON(t, f.Example)})
				}
			}
			t.Run("its example compiles", func(t *testing.T) {
				failed := runStep(t.Context(), t, example).Failed()
				if failed != nil {
					assert.NotEqual(t, "INVALID_FIELD", failed.Err.Code, failed.Err.Message)
				}
			})
			for name, value := range map[string]any{"nothing": nil, "numbers": int64(7), "texts": "{{", "lists": doc.Array{int64(1), "x", nil}, "objects": doc.Object{{"$x", doc.Object{}}}, "flags": true} {
				t.Run("it survives "+name, func(t *testing.T) {
					step := doc.Object{{"type", stepType.Type}}
					for _, f := range stepType.Fields {
						step = append(step, doc.Field{Key: f.Name, Value: value})
					}
					ctx, cancel := context.WithCancel(t.Context())
					cancel() // no step works on after its run has ended
					runStep(ctx, t, step)
					failed := runStep(t.Context(), t, step).Failed()
					if failed != nil && name != "nothing" {
						assert.NotContains(t, failed.Err.Message, "Internal", "wrong fields are not our fault")
					}
				})
			}
		})
	}
}

// runStep runs one step with services that fail clearly.
func runStep(ctx context.Context, t *testing.T, step doc.Object) *engine.Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 20*time.Millisecond) // a delay step would wait
	defer cancel()
	program, err := engine.Steps.Compile(engine.Workflow{Steps: doc.Array{step}})
	require.NoError(t, err)
	return program.Run(ctx, &engine.Env{Data: environment(t).Data, MaxDelay: time.Minute}, doc.Object{{"email", "a@b.cd"}})
}

func asJSON(t *testing.T, v any) any {
	t.Helper()
	text, err := json.Marshal(json.RawMessage(doc.MarshalJSON(v)))
	require.NoError(t, err)
	decoded, err := doc.Decode(text)
	require.NoError(t, err)
	return decoded
}
