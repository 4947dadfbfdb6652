package harness

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Options say how a life of the program begins.
type Options struct {
	Binary string
	Args   []string
	Dir    string   // the working directory, whose "data" is the data directory: the same one continues
	Env    []string // settings, as NAME=value; they win over the harness's own
}

// Process is one life of the program.
type Process struct {
	began   time.Time
	cmd     *exec.Cmd
	address chan string   // where it listens, once it does; closed when its output ends
	over    chan struct{} // closed when it has ended
	err     error         // how, once it is over
	addr    string

	mu     sync.Mutex
	output []string // its last lines
}

// Launch begins a life and does not wait for the program to serve. The end of the
// context kills it.
func Launch(ctx context.Context, o Options) (*Process, error) {
	p := &Process{cmd: exec.CommandContext(ctx, o.Binary, o.Args...), address: make(chan string, 1), over: make(chan struct{})}
	p.cmd.Dir = o.Dir // no .env of the developer's
	p.cmd.Env = append([]string{
		"HOST=127.0.0.1", "PORT=0", "DATA_DIR=" + filepath.Join(o.Dir, "data"), "JWT_SECRET=a-secret-for-the-harness-only-0123456789",
	}, o.Env...)
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	p.began = time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(p.over)
		p.read(bufio.NewScanner(stderr))
		p.err = p.cmd.Wait()
	}()
	return p, nil
}

// Start begins a life and returns once the program serves.
func Start(ctx context.Context, o Options) (*Process, error) {
	p, err := Launch(ctx, o)
	if err != nil {
		return nil, err
	}
	if !p.Up() {
		p.Kill()
		return nil, fmt.Errorf("it did not start: %w: %s", p.Err(), p)
	}
	return p, nil
}

// The development log and the one of production say where it listens, and every
// request.
var (
	listening = regexp.MustCompile(`listening.*"address": ?"([^"]+)"`)
	requests  = [][]byte{[]byte("  INFO  request  "), []byte(`"message":"request"`)}
)

func (p *Process) read(lines *bufio.Scanner) {
	defer close(p.address)
	for listens := false; lines.Scan(); {
		line := lines.Bytes()
		if isRequest(line) {
			continue // thousands of them
		}
		if found := listening.FindSubmatch(line); found != nil && !listens {
			listens = true
			p.address <- string(found[1])
		}
		p.mu.Lock()
		p.output = append(p.output[max(0, len(p.output)-30):], string(line))
		p.mu.Unlock()
	}
}

func isRequest(line []byte) bool {
	return bytes.Contains(line, requests[0]) || bytes.Contains(line, requests[1])
}

// Up waits until the program serves; false when it has ended before.
func (p *Process) Up() bool {
	address, ok := <-p.address
	if ok {
		p.addr = address
	}
	return ok
}

// Addr is the host and port of a program that is up.
func (p *Process) Addr() string { return p.addr }

// URL is where a program that is up is found.
func (p *Process) URL() string { return "http://" + p.addr }

// PID is the process's id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Began is when the process was started.
func (p *Process) Began() time.Time { return p.began }

// Over is closed when the process has ended.
func (p *Process) Over() <-chan struct{} { return p.over }

// Err waits for the end, and says how it was.
func (p *Process) Err() error {
	<-p.over
	return p.err
}

// Shoot ends the process as a crash does, and does not wait.
func (p *Process) Shoot() { _ = p.cmd.Process.Kill() } // it may be over

// Kill ends the process as a crash does, and waits for its end.
func (p *Process) Kill() {
	p.Shoot()
	<-p.over
}

// Terminate asks the process to end as an operator does, and returns once it has.
func (p *Process) Terminate() (took time.Duration, err error) {
	began := time.Now()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return 0, err
	}
	err = p.Err()
	return time.Since(began), err
}

// String is the last of what it said.
func (p *Process) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.output, "\n")
}
