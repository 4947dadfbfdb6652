package command_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/command"
)

const (
	good = `{"apiName":"Greet","steps":[{"id":"in","type":"input","variables":[{"name":"name"},{"name":"password"}]},
		{"id":"ok","type":"inputValidation","data":{"label":"Check it","fields":{"rules":[{"field":"name","required":true}]}}},
		{"id":"keep","type":"dbInsert","collection":"people","data":{"name":"{{name}}","secret":"{{password}}"}},
		{"id":"out","type":"response","status":201,"body":{"hello":"{{created.name}}"}}],
		"edges":[{"source":"in","target":"ok"},{"source":"ok","target":"keep"},{"source":"keep","target":"out"}]}`
	generated = `{"nodes":[{"id":"a","type":"response","data":{"label":"Answer","fields":{"body":"done"}}}],"edges":[],"metadata":{}}`
	protected = `{"steps":[{"type":"authMiddleware"},{"type":"response","body":"in"}]}`
	slow      = `{"steps":[{"type":"delay","name":"Wait","seconds":20},{"type":"response","body":"late"}]}`
	broken    = `{"steps":[{"id":"a","type":"dbFnd"},{"id":"b","type":"delay"},{"id":"\u001b[2J","type":"input"}],"edges":[{"source":"a","target":"b"},{"source":"b","target":"a"}]}`
	problems  = `NAME: These steps are in or behind a cycle: "a", "b"
NAME: step a: Unknown step type: dbFnd
NAME: step b: seconds is required
`
)

// nothingStays demands that runs leave no files behind.
func nothingStays(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Cleanup(func() {
		left, err := os.ReadDir(dir)
		require.NoError(t, err)
		assert.Empty(t, left)
		own, err := os.ReadDir(".")
		require.NoError(t, err)
		for _, entry := range own {
			assert.Equal(t, ".json", entry.Name()[len(entry.Name())-5:], "only the test's own files")
		}
	})
}

func TestWorkflowRun(t *testing.T) {
	alone(t)
	nothingStays(t)
	t.Setenv("MONGODB_URI", "mongodb://203.0.113.1:1/never-asked")
	for name, text := range map[string]string{"good": good, "generated": generated, "protected": protected, "input": `{"name":"Ada"}`} {
		write(t, name+".json", text)
	}
	for name, c := range map[string]struct {
		in, args string
		out      string
		log      []string
		fails    bool
	}{
		"good": {
			args: `good.json --input {"name":"Ada"}`,
			out:  "{\n  \"hello\": \"Ada\"\n}\n",
			log:  []string{"Workflow started, 4 steps\nrun   1/4  input_0 (input)\nok    1/4  input_0 (input)  ", "\nrun   2/4  Check it (inputValidation)\n", "\nok    4/4  ", "\nWorkflow completed in "},
		},
		"input from a file":            {args: "good.json --input @input.json", out: "{\n  \"hello\": \"Ada\"\n}\n"},
		"input from standard input":    {args: "good.json --input -", in: `{"name":"Eve"}`, out: "{\n  \"hello\": \"Eve\"\n}\n"},
		"workflow from standard input": {args: "-", in: generated, out: "\"done\"\n"},
		"as it was generated":          {args: "generated.json", out: "\"done\"\n", log: []string{"run   1/1  Answer (response)\n"}},
		"failing": {
			args: "good.json", fails: true, out: "\"failedStep\": 1,",
			log: []string{"\nfail  2/4  Check it (inputValidation)  ", "  Input validation failed\nWorkflow failed after ", ": Input validation failed\n"},
		},
		"in detail": {
			args: `good.json -v --input {"name":"Ada","password":"` + canary + `"}`,
			log:  []string{`      output {"variablesSet":["name","password"]`, `      input {"collection":"people"`},
		},
		"without a token": {args: "protected.json", fails: true, log: []string{"Missing or invalid Authorization header"}},
		"with a token":    {args: "protected.json --authorization Bearer,x.y." + canary, fails: true, log: []string{"fail  1/2"}},
	} {
		t.Run(name, func(t *testing.T) {
			args := strings.Fields(c.args)
			for i := range args {
				args[i] = strings.ReplaceAll(args[i], "Bearer,", "Bearer ")
			}
			got := run(t, t.Context(), c.in, append([]string{"workflow", "run"}, args...)...)
			assert.Equal(t, c.fails, errors.Is(got.failed, command.ErrReported), "%v", got.failed)
			assert.Contains(t, got.out, c.out)
			for _, want := range c.log {
				assert.Contains(t, got.err, want)
			}
			assert.NotContains(t, got.out+got.err, canary)
			assert.NotContains(t, got.err, "\x1b")
			assert.NotContains(t, got.err, "WARN")
		})
	}
}

func TestWorkflowRunRefuses(t *testing.T) {
	alone(t)
	nothingStays(t)
	write(t, "good.json", good)
	for name, c := range map[string]struct{ in, args, want string }{
		"no such file":         {args: "none.json", want: "open none.json"},
		"not JSON":             {args: "-", in: `{"steps":`, want: "standard input: invalid JSON: unexpected end"},
		"no workflow":          {args: "-", in: `[1]`, want: `standard input: a workflow is an object with a list "steps"`},
		"no steps":             {args: "-", in: `{"steps":[]}`, want: `a list "steps" that is not empty`},
		"input is not JSON":    {args: "good.json --input {a", want: "--input: invalid JSON"},
		"input is no object":   {args: "good.json --input [1]", want: "--input must be a JSON object"},
		"input is no file":     {args: "good.json --input @none", want: "--input: open none"},
		"both from one":        {args: "- --input -", want: "not both"},
		"workflow too large":   {args: "-", in: strings.Repeat(" ", 10<<20+1), want: "standard input is larger than 10 MB"},
		"settings are refused": {args: "good.json --log-level loud", want: "LOG_LEVEL must be"},
	} {
		t.Run(name, func(t *testing.T) {
			got := run(t, t.Context(), c.in, append([]string{"workflow", "run"}, strings.Fields(c.args)...)...)
			require.ErrorContains(t, got.failed, c.want)
			assert.Empty(t, got.out+got.err)
		})
	}
	got := run(t, t.Context(), broken, "workflow", "run", "-")
	require.ErrorIs(t, got.failed, command.ErrReported)
	assert.Empty(t, got.out)
	assert.Equal(t, strings.ReplaceAll(problems, "NAME", "standard input"), got.err)
}

func TestWorkflowRunIsInterrupted(t *testing.T) {
	alone(t)
	nothingStays(t)
	ctx, interrupt := context.WithCancel(t.Context())
	var out watched
	log := &watched{text: "run   1/2  Wait", then: func(string) { interrupt() }}
	err := command.Run(ctx, []string{"workflow", "run", "-"}, command.Streams{In: strings.NewReader(slow), Out: &out, Err: log})
	require.ErrorIs(t, err, command.ErrReported)
	assert.Contains(t, log.String(), "Workflow interrupted after ")
	assert.Contains(t, out.String(), `"error": "Run cancelled"`)
}

func TestWorkflowValidate(t *testing.T) {
	alone(t)
	write(t, "good.json", good)
	write(t, "broken.json", broken)
	got := run(t, t.Context(), "", "workflow", "validate", "good.json")
	require.NoError(t, got.failed)
	assert.Equal(t, "good.json: ok, 4 steps\n", got.out)

	got = run(t, t.Context(), "", "workflow", "validate", "broken.json")
	require.ErrorIs(t, got.failed, command.ErrReported)
	assert.Equal(t, strings.ReplaceAll(problems, "NAME", "broken.json"), got.out)
	assert.Empty(t, got.err)
}
