package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

const startLimit = 30 * time.Second

// target is a server's process.
type target struct {
	cmd   *exec.Cmd
	addr  string
	stdin io.WriteCloser
	lines *bufio.Scanner
	clean func()
}

// launch starts a server that is driven over stdin.
func launch(command []string) (*target, error) {
	t := &target{cmd: exec.Command(command[0], command[1:]...), clean: func() {}}
	t.cmd.Stderr = os.Stderr
	stdin, err := t.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := t.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := t.cmd.Start(); err != nil {
		return nil, err
	}
	t.stdin, t.lines = stdin, bufio.NewScanner(stdout)
	line, err := t.line()
	if err != nil {
		t.stop()
		return nil, err
	}
	t.addr = strings.TrimPrefix(line, "listening ")
	return t, nil
}

// launchProgram starts the program itself, on a free port and with a data
// directory of its own.
func launchProgram(path string) (*target, error) {
	probe, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := probe.Addr().String()
	_ = probe.Close()
	dir, err := os.MkdirTemp("", "fanout-")
	if err != nil {
		return nil, err
	}
	t := &target{cmd: exec.Command(path), addr: addr, clean: func() { _ = os.RemoveAll(dir) }}
	_, port, _ := net.SplitHostPort(addr)
	t.cmd.Dir = dir // no .env of somebody's
	t.cmd.Env = []string{"HOME=" + dir, "HOST=127.0.0.1", "PORT=" + port, "DATA_DIR=" + dir, "FRONTEND_URL=http://localhost:5173"}
	if err := t.cmd.Start(); err != nil {
		t.clean()
		return nil, err
	}
	for limit := time.Now().Add(startLimit); time.Now().Before(limit); time.Sleep(20 * time.Millisecond) {
		res, err := http.Get("http://" + addr + "/health")
		if err != nil {
			continue // it does not listen yet
		}
		_ = res.Body.Close()
		if res.StatusCode == http.StatusOK {
			return t, nil
		}
	}
	t.stop()
	return nil, fmt.Errorf("%s does not start", path)
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

// stop ends the process; politely when it listens to stdin.
func (t *target) stop() {
	if t.stdin != nil {
		_ = t.stdin.Close()
		late := time.AfterFunc(10*time.Second, func() { _ = t.cmd.Process.Kill() })
		defer late.Stop()
	} else {
		_ = t.cmd.Process.Kill()
	}
	_ = t.cmd.Wait()
	t.clean()
}

func (t *target) cpu() (time.Duration, error) { return cpuOf(t.cmd.Process.Pid) }

// cpuOf is the time that a process has used, in ticks of 10 ms.
func cpuOf(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	var ticks int64
	for _, i := range []int{11, 12} { // utime, stime (proc_pid_stat(5)); the first is the state
		n, err := strconv.ParseInt(fields[i], 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond, nil
}

// memory is what of the process is in memory, in KB.
func (t *target) memory() (kb int64, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", t.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, found := strings.Cut(string(text), "VmRSS:")
	if !found {
		return 0, fmt.Errorf("no VmRSS in %s", text)
	}
	return strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
}
