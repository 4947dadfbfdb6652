// Package crash_test kills the real binary under load and holds it to what it
// said before: no background run is lost, none runs twice, each ends once.
package crash_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
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
	binary = filepath.Join(dir, "orchestrix")
	build := exec.CommandContext(context.Background(), "go", "build", "-o", binary, "github.com/orchestrix/orchestrix")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return broken(fmt.Errorf("building the program: %w", err))
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

// process is one life of the program.
type process struct {
	*client
	cmd     *exec.Cmd
	began   time.Time
	address chan string   // where it listens, once it does; closed when its output ends
	over    chan struct{} // closed when it has ended
	err     error         // how, once it is over

	mu     sync.Mutex
	output []string // its last lines
}

var listening = regexp.MustCompile(`listening\s.*"address": "([^"]+)"`)

// launch begins a life on a directory; settings are NAME=value.
func launch(t *testing.T, dir string, settings ...string) *process {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), lifeLimit)
	p := &process{cmd: exec.CommandContext(ctx, binary), began: time.Now(), address: make(chan string, 1), over: make(chan struct{})}
	p.cmd.Dir = dir // no .env of the developer's
	p.cmd.Env = append([]string{
		"HOST=127.0.0.1", "PORT=0", "DATA_DIR=" + filepath.Join(dir, "data"), "JWT_SECRET=a-secret-for-the-crash-test", "LOG_LEVEL=info",
		"RUN_HISTORY=none", // of published calls: the test asks with many of them
	}, settings...)
	stderr, err := p.cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, p.cmd.Start())
	go func() {
		defer cancel()
		defer close(p.over)
		p.read(bufio.NewScanner(stderr))
		p.err = p.cmd.Wait()
	}()
	t.Cleanup(p.kill)
	return p
}

func (p *process) read(lines *bufio.Scanner) {
	defer close(p.address)
	for lines.Scan() {
		if found := listening.FindStringSubmatch(lines.Text()); found != nil {
			p.address <- found[1]
		}
		if strings.Contains(lines.Text(), "  INFO  request  ") {
			continue // thousands of them
		}
		p.mu.Lock()
		p.output = append(p.output[max(0, len(p.output)-30):], lines.Text())
		p.mu.Unlock()
	}
}

// up waits until the program serves; false when it has ended before.
func (p *process) up() bool {
	address, ok := <-p.address
	if ok {
		p.client = newClient("http://" + address)
	}
	return ok
}

// start launches a program that must come up.
func start(t *testing.T, dir string, settings ...string) *process {
	t.Helper()
	p := launch(t, dir, settings...)
	require.True(t, p.up(), "it did not start: %s", p)
	return p
}

// kill ends the process as a crash does, and waits for its end.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may be over
	<-p.over
}

// terminate asks the process to end, and returns once it has.
func (p *process) terminate(t *testing.T) (took time.Duration) {
	t.Helper()
	began := time.Now()
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	<-p.over
	return time.Since(began)
}

// String is the last of what it said.
func (p *process) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.output, "\n")
}
