package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/orchestrix/orchestrix/tests/harness"
)

const stopLimit = 10 * time.Second

// target is a server's process.
type target struct {
	pid   int
	addr  string
	stdin io.Writer
	lines *bufio.Scanner
	stop  func()
}

// launch starts a server that is driven over stdin.
func launch(command []string) (*target, error) {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	t := &target{pid: cmd.Process.Pid, stdin: stdin, lines: bufio.NewScanner(stdout), stop: func() {
		_ = stdin.Close() // asks it to end
		late := time.AfterFunc(stopLimit, func() { _ = cmd.Process.Kill() })
		defer late.Stop()
		_ = cmd.Wait()
	}}
	line, err := t.line()
	if err != nil {
		t.stop()
		return nil, err
	}
	t.addr = strings.TrimPrefix(line, "listening ")
	return t, nil
}

// launchProgram starts the program itself, with a data directory of its own.
func launchProgram(path string) (*target, error) {
	dir, err := os.MkdirTemp("", "fanout-")
	if err != nil {
		return nil, err
	}
	p, err := harness.Start(context.Background(), harness.Options{Binary: path, Dir: dir, Env: []string{"FRONTEND_URL=http://localhost:5173"}})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &target{pid: p.PID(), addr: p.Addr(), stop: func() {
		p.Kill()
		_ = os.RemoveAll(dir)
	}}, nil
}

func (t *target) line() (string, error) {
	if !t.lines.Scan() {
		return "", fmt.Errorf("the server has ended: %w", io.ErrUnexpectedEOF)
	}
	return t.lines.Text(), nil
}

// do has a command carried out.
func (t *target) do(format string, args ...any) error {
	if _, err := fmt.Fprintf(t.stdin, format+"\n", args...); err != nil {
		return err
	}
	line, err := t.line()
	if err == nil && line != "done" {
		err = fmt.Errorf("the server says %q", line)
	}
	return err
}

func (t *target) usage() (harness.Usage, error) { return harness.UsageOf(t.pid) }
