// Package crash_test kills the real binary under load and holds it to what it
// said before: no background run is lost, none runs twice, each ends once.
package crash_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/tests/harness"
)

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) { os.Exit(buildAndRun(m)) }

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "crash")
	if err != nil {
		return broken(err)
	}
	defer os.RemoveAll(dir)
	if binary, err = harness.Build(context.Background(), dir); err != nil {
		return broken(err)
	}
	return m.Run()
}

func broken(err error) int {
	_, _ = fmt.Fprintln(os.Stderr, err)
	return 1
}

// lifeLimit bounds one life of the program, so that a test that hangs leaves no
// process behind.
const lifeLimit = 3 * time.Minute

// process is one life of the program, and a client that speaks to it.
type process struct {
	*harness.Process
	*client
}

// launch begins a life on a directory; settings are NAME=value.
func launch(t *testing.T, dir string, settings ...string) *process {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), lifeLimit)
	t.Cleanup(cancel)
	env := append([]string{"LOG_LEVEL=info", "RUN_HISTORY=none"}, settings...) // no history of published calls: the test asks with many of them
	p, err := harness.Launch(ctx, harness.Options{Binary: binary, Dir: dir, Env: env})
	require.NoError(t, err)
	t.Cleanup(p.Kill)
	return &process{Process: p}
}

// up waits until the program serves; false when it has ended before.
func (p *process) up() bool {
	up := p.Up()
	if up {
		p.client = newClient(p.URL())
	}
	return up
}

// start launches a program that must come up.
func start(t *testing.T, dir string, settings ...string) *process {
	t.Helper()
	p := launch(t, dir, settings...)
	require.True(t, p.up(), "it did not start: %s", p)
	return p
}

// terminate asks the process to end, which it must do without an error.
func (p *process) terminate(t *testing.T) {
	t.Helper()
	_, err := p.Terminate()
	require.NoError(t, err, "%s", p)
}
