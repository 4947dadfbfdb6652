package harness

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// Usage is what a process has taken so far.
type Usage struct {
	CPU     time.Duration // user and system, in ticks of 10 ms
	RSS     int64         // bytes in memory, those of the mapped store too
	Own     int64         // those that are no file's
	Peak    int64         // the most of them so far
	Threads int64         // of the operating system
	Files   int           // open, sockets too
}

// Usage is what the program has taken so far.
func (p *Process) Usage() (Usage, error) { return UsageOf(p.PID()) }

// UsageOf is what any process has taken so far.
func UsageOf(pid int) (u Usage, err error) {
	if u.CPU, err = cpuOf(pid); err != nil {
		return u, err
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return u, err
	}
	for _, field := range []struct {
		name string
		unit int64
		into *int64
	}{{"VmRSS:", 1024, &u.RSS}, {"RssAnon:", 1024, &u.Own}, {"VmHWM:", 1024, &u.Peak}, {"Threads:", 1, &u.Threads}} {
		_, rest, found := strings.Cut(string(text), "\n"+field.name)
		if !found {
			return u, fmt.Errorf("no %s in %s", field.name, text)
		}
		n, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
		if err != nil {
			return u, err
		}
		*field.into = n * field.unit
	}
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	u.Files = len(files)
	return u, err
}

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
