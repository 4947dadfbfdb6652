package engine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// types are small step types to see the engine through.
var types = func() *engine.Registry {
	r := engine.NewRegistry()
	value := []engine.Field{{Name: "value", Kind: engine.Value, Description: "v"}}
	step := func(name string, output engine.Output, compile func(*engine.Fields) engine.Execute) {
		r.Register(engine.StepType{Type: name, Label: name, Summary: name, Fields: value, Output: output, Compile: compile})
	}
	step("vars", engine.Output{}, func(*engine.Fields) engine.Execute {
		return func(_ context.Context, c *engine.Call) (engine.Outcome, error) {
			input, _ := doc.Get(c.Vars.All(), "input")
			for _, f := range input.(doc.Object) {
				c.Vars.Set(f.Key, f.Value)
			}
			return engine.Outcome{}, nil
		}
	})
	resolved := func(outcome func(any) engine.Outcome) func(*engine.Fields) engine.Execute {
		return func(f *engine.Fields) engine.Execute {
			expr := f.Value("value")
			return func(_ context.Context, c *engine.Call) (engine.Outcome, error) {
				v, err := expr.Resolve(c.Vars)
				return outcome(v), err
			}
		}
	}
	step("echo", engine.Output{}, resolved(func(v any) engine.Outcome {
		return engine.Outcome{Response: &engine.Response{Status: 200, Body: v}}
	}))
	step("make", engine.Output{Default: "made", Aliases: []string{"product"}}, resolved(func(v any) engine.Outcome {
		return engine.Outcome{Sets: true, Value: v}
	}))
	step("panic", engine.Output{}, func(*engine.Fields) engine.Execute {
		return func(context.Context, *engine.Call) (engine.Outcome, error) { panic("canary") }
	})
	step("fail", engine.Output{}, func(*engine.Fields) engine.Execute {
		return func(context.Context, *engine.Call) (engine.Outcome, error) {
			return engine.Outcome{}, errors.New("canary")
		}
	})
	step("hang", engine.Output{}, func(*engine.Fields) engine.Execute {
		return func(ctx context.Context, _ *engine.Call) (engine.Outcome, error) {
			<-ctx.Done()
			return engine.Outcome{}, ctx.Err()
		}
	})
	step("report", engine.Output{}, func(*engine.Fields) engine.Execute {
		return func(_ context.Context, c *engine.Call) (engine.Outcome, error) {
			c.Report("half way", doc.Object{{"n", int64(1)}})
			return engine.Outcome{}, nil
		}
	})
	step("strict", engine.Output{}, func(f *engine.Fields) engine.Execute {
		f.Name("value")
		return func(context.Context, *engine.Call) (engine.Outcome, error) { return engine.Outcome{}, nil }
	})
	return r
}()

func array(t testing.TB, text string) doc.Array {
	t.Helper()
	v, err := doc.Decode([]byte(text))
	require.NoError(t, err)
	return v.(doc.Array)
}

func object(t testing.TB, text string) doc.Object {
	t.Helper()
	v, err := doc.Decode([]byte(text))
	require.NoError(t, err)
	return v.(doc.Object)
}

func compile(t testing.TB, steps, variables string) *engine.Program {
	t.Helper()
	p, err := types.Compile(engine.Workflow{Steps: array(t, steps), InputVariables: array(t, variables)})
	require.NoError(t, err)
	return p
}

func run(t testing.TB, steps, input string) *engine.Result {
	t.Helper()
	return compile(t, steps, `[]`).Run(context.Background(), &engine.Env{}, object(t, input))
}

func TestNamesAndLifting(t *testing.T) {
	for steps, want := range map[string]string{
		`[{"id":"n1","type":"make","name":"N","value":1}]`:                                    "N",
		`[{"id":"n1","type":"make","value":1}]`:                                               "make_0",
		`[{"id":"n1","type":"make","data":{"label":"L","fields":{"value":1}}}]`:               "L",
		`[{"id":"n1","type":"make","data":{"fields":{"value":1}}}]`:                           "n1",
		`[{"type":"make","data":{"fields":{"value":1}}}]`:                                     "make_0",
		`[{"id":"n1","type":"make","name":"N","value":1,"data":{"label":"L","fields":null}}]`: "N",
		`[{"id":"n1","type":"make","value":0,"data":{"label":"L","fields":{"value":1}}}]`:     "L",
	} {
		result := run(t, steps, `{}`)
		assert.Equal(t, want, result.Steps[0].Name, steps)
		made, _ := doc.Get(result.Output, "made")
		assert.Equal(t, int64(1), made, steps)
	}
}

func TestOrderFollowsEdges(t *testing.T) {
	steps := array(t, `[{"id":"c","type":"make"},{"id":"a","type":"make"},{"id":"b","type":"make"},{"id":"z","type":"make"}]`)
	p, err := types.Compile(engine.Workflow{Steps: steps, Edges: array(t,
		`[{"source":"a","target":"b"},{"source":"b","target":"c"},{"source":"nope","target":"a"},{"source":1},"x"]`)})
	require.NoError(t, err)
	var names []string
	for _, s := range p.Run(t.Context(), &engine.Env{}, nil).Steps {
		names = append(names, s.Name)
	}
	assert.Equal(t, []string{"make_0", "make_1", "make_2", "make_3"}, names, "indexes are positions in the run")
}

func TestGraphsThatCanNeverRun(t *testing.T) {
	twice := engine.Workflow{Steps: array(t, `[{"id":"a","type":"make"},{"id":"a","type":"make"}]`)}
	circle := engine.Workflow{
		Steps: array(t, `[{"id":"a","type":"make"},{"id":"b","type":"make"}]`),
		Edges: array(t, `[{"source":"a","target":"b"},{"source":"b","target":"a"}]`),
	}
	itself := engine.Workflow{Steps: array(t, `[{"id":"a","type":"make"}]`), Edges: array(t, `[{"source":"a","target":"a"}]`)}
	for _, w := range []engine.Workflow{twice, circle, itself} {
		_, err := types.Compile(w)
		var graph *engine.GraphError
		require.ErrorAs(t, err, &graph)
		assert.Contains(t, err.Error(), `"a"`)
		w.Stored = true
		_, err = types.Compile(w)
		require.NoError(t, err, "older than the rule: runs in the given order")
	}
}

func TestFailures(t *testing.T) {
	for name, tc := range map[string]struct {
		steps, message string
		kind           engine.Kind
	}{
		"unknown type": {`[{"type":"make"},{"type":"nope","name":"X"}]`, "Unknown step type: nope", engine.Failed},
		"no object":    {`[{"type":"make"},"x"]`, "Unknown step type: ", engine.Failed},
		"wrong field":  {`[{"type":"make"},{"type":"strict","name":"X","value":5}]`, `Step "X" (strict): value must be a string`, engine.Failed},
		"wrong output": {`[{"type":"make"},{"type":"make","name":"X","output":5}]`, `Step "X" (make): output must be a string`, engine.Failed},
		"panic":        {`[{"type":"make"},{"type":"panic"}]`, "Internal error", engine.Internal},
		"error":        {`[{"type":"make"},{"type":"fail"}]`, "Internal error", engine.Internal},
	} {
		t.Run(name, func(t *testing.T) {
			result := run(t, tc.steps, `{}`)
			failed := result.Failed()
			require.NotNil(t, failed)
			assert.Equal(t, 1, failed.Index)
			assert.Equal(t, tc.message, failed.Err.Message)
			assert.Equal(t, tc.kind, failed.Err.Kind)
			assert.NotContains(t, string(doc.MarshalJSON(result.Body(func(v any) any { return v }))), "canary")
		})
	}
}

func TestLaterFailureBeatsAnEarlierResponse(t *testing.T) {
	result := run(t, `[{"type":"echo","value":1},{"type":"fail"},{"type":"echo","value":2}]`, `{}`)
	assert.NotNil(t, result.Failed())
	assert.Nil(t, result.Response)
	assert.Len(t, result.Steps, 2, "nothing runs after a failure")
}

func TestTimeLimits(t *testing.T) {
	p := compile(t, `[{"type":"hang"}]`, `[]`)
	failed := p.Run(t.Context(), &engine.Env{StepTimeout: time.Millisecond}, nil).Failed()
	assert.Equal(t, engine.TimedOut, failed.Err.Kind)
	assert.Equal(t, "Step timed out", failed.Err.Message)

	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	failed = p.Run(ctx, &engine.Env{StepTimeout: time.Minute}, nil).Failed()
	assert.Equal(t, engine.TimedOut, failed.Err.Kind)
	assert.Equal(t, "Workflow timed out", failed.Err.Message)

	ctx, cancel = context.WithCancel(t.Context())
	cancel()
	assert.Equal(t, engine.Cancelled, p.Run(ctx, &engine.Env{}, nil).Failed().Err.Kind)
}

func TestManyVariablesStayCorrect(t *testing.T) {
	var steps []string
	for i := range 100 {
		steps = append(steps, fmt.Sprintf(`{"type":"make","value":%d,"output":"v%d"}`, i, i))
	}
	steps = append(steps, `{"type":"make","value":"new","output":"v7"}`, `{"type":"echo","value":["v0","v7","v99"]}`)
	result := run(t, "["+strings.Join(steps, ",")+"]", `{}`)
	assert.Equal(t, `[0,"new",99]`, string(doc.MarshalJSON(result.Response.Body)))
}

func TestRegistryReportsEveryConflict(t *testing.T) {
	r := engine.NewRegistry()
	compile := func(*engine.Fields) engine.Execute { return nil }
	r.Register(engine.StepType{Type: "a", Label: "A", Summary: "s", Compile: compile, Output: engine.Output{Default: "x"}})
	require.NoError(t, r.Check())
	r.Register(engine.StepType{Type: "a", Label: "A", Summary: "s", Compile: compile})
	r.Register(engine.StepType{Type: "b", Compile: compile, Output: engine.Output{Default: "x"},
		Fields: []engine.Field{{Name: "f", Kind: engine.Choice, Aliases: []string{"f"}}}})
	err := r.Check()
	for _, want := range []string{"already registered by", "needs Type, Label", `output name "x"`, "Enum belongs", `"f" is used by both`, "engine_test.go:"} {
		assert.ErrorContains(t, err, want)
	}
}
