package command_test

import (
	"bytes"
	"context"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/command"
)

// said is what a command wrote, and how it ended.
type said struct {
	out, err string
	failed   error
}

// run runs a command in an empty directory.
func run(t *testing.T, ctx context.Context, in string, args ...string) said { //nolint:revive // as in package testing's examples
	t.Helper()
	var out, errs bytes.Buffer
	failed := command.Run(ctx, args, command.Streams{In: strings.NewReader(in), Out: &out, Err: &errs})
	return said{out: out.String(), err: errs.String(), failed: failed}
}

// alone keeps the settings of the test's surroundings out.
func alone(t *testing.T) {
	t.Helper()
	for _, name := range []string{"NODE_ENV", "PORT", "HOST", "LOG_LEVEL", "JWT_SECRET", "MONGODB_URI", "DATA_DIR", "NO_COLOR", "AUTH_MODE"} {
		t.Setenv(name, "")
	}
	t.Chdir(t.TempDir())
}

func write(t *testing.T, name, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
}

// each calls visit with every command but the root, by its path.
func each(cmd *cobra.Command, visit func(path string, cmd *cobra.Command)) {
	for _, child := range cmd.Commands() {
		visit(child.CommandPath(), child)
		each(child, visit)
	}
}

func TestWrongUseIsToldClearly(t *testing.T) {
	alone(t)
	for args, want := range map[string]string{
		"modles":                    `unknown command "modles" for "orchestrix"; did you mean "modules"?`,
		"xyz":                       `unknown command "xyz" for "orchestrix"; see orchestrix --help`,
		"workflow rum":              `unknown command "rum" for "orchestrix workflow"; did you mean "run"?`,
		"help workflow valdate":     `did you mean "validate"?`,
		"help nothing":              `unknown command "nothing"`,
		"serve 4000":                `unknown command "4000" for "orchestrix serve"`,
		"--prot 4":                  `unknown flag: --prot; see orchestrix --help`,
		"version --port 4":          `unknown flag: --port; see orchestrix version --help`,
		"--port":                    `flag needs an argument: --port`,
		"--jwt-secret=canary":       `unknown flag: --jwt-secret;`,
		"serve --port x":            `PORT must be a whole number`,
		"workflow run":              `accepts 1 arg(s), received 0`,
		"workflow validate a b":     `accepts 1 arg(s), received 2`,
		"workflow validate no.json": `open no.json: no such file`,
		"new endpoint orders":       `accepts 2 arg(s), received 1`,
		"new step upperCase":        `run it in the root of the repository`,
	} {
		t.Run(args, func(t *testing.T) {
			got := run(t, t.Context(), "", strings.Fields(args)...)
			require.ErrorContains(t, got.failed, want)
			assert.NotContains(t, got.failed.Error(), "canary")
			assert.Empty(t, got.out+got.err, "the caller tells of the error")
		})
	}
}

func TestEveryCommandHasHelp(t *testing.T) {
	alone(t)
	each(command.Root(), func(path string, cmd *cobra.Command) {
		words := strings.Fields(path)[1:]
		for _, args := range [][]string{append(words, "--help"), append([]string{"help"}, words...)} {
			got := run(t, t.Context(), "", args...)
			require.NoError(t, got.failed, path)
			assert.Contains(t, got.out, "Usage:\n  "+path, path)
			assert.NotEmpty(t, cmd.Short, path)
		}
	})
	for _, args := range []string{"--help", "help", "-h"} {
		got := run(t, t.Context(), "", args)
		require.NoError(t, got.failed)
		for _, want := range []string{"orchestrix [command]", "workflow ", "--port string", "--config string"} {
			assert.Contains(t, got.out, want, args)
		}
	}
	assert.Contains(t, run(t, t.Context(), "", "workflow").out, "validate", "a group alone shows what is in it")
}

// watched is a writer that calls back once, when it has been given a text.
type watched struct {
	mu   sync.Mutex
	all  bytes.Buffer
	text string
	then func(all string)
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all.Write(p)
	if w.then != nil && strings.Contains(w.all.String(), w.text) {
		w.then(w.all.String())
		w.then = nil
	}
	return len(p), nil
}

func (w *watched) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all.String()
}
