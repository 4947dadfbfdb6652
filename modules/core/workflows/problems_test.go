package workflows_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/core/workflows"
	_ "github.com/orchestrix/orchestrix/modules/steps"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

func TestProblems(t *testing.T) {
	for name, c := range map[string]struct {
		steps, edges string
		want         []string
	}{
		"none": {steps: `[{"id":"a","type":"input","variables":[{"name":"x"}]},{"type":"response","body":"{{x}}"}]`},
		"every step that is wrong": {
			steps: `[{"id":"a","type":"dbFind"},{"type":"dbfind"},{"id":"c"},7,{"id":"e","type":"dbFind","data":{"fields":{"collection":"sessions"}}},{"id":"f","type":"dbDelete","collection":"c","filter":7}]`,
			want: []string{"step a: collection is required", "step number 2: Unknown step type: dbfind", "step c: type is missing", "step number 4: type is missing",
				`step e: collection "sessions" belongs to the platform`, "step f: filter must be an object"},
		},
		"same id": {steps: `[{"id":"a","type":"input"},{"id":"a","type":"input"}]`, want: []string{`Two steps have the id "a"`}},
		"cycle": {
			steps: `[{"id":"a","type":"input"},{"id":"b","type":"input"}]`, edges: `[{"source":"a","target":"b"},{"source":"b","target":"a"}]`,
			want: []string{`These steps are in or behind a cycle: "a", "b"`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			problems := workflows.Problems(engine.Steps, list(t, c.steps), list(t, c.edges))
			require.Len(t, problems, len(c.want), "%v", problems)
			for i, want := range c.want {
				assert.Contains(t, problems[i].String(), want)
			}
		})
	}
}

func list(t *testing.T, text string) doc.Array {
	t.Helper()
	if text == "" {
		return nil
	}
	v, err := doc.Decode([]byte(text))
	require.NoError(t, err)
	return v.(doc.Array)
}
