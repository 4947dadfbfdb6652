package main

import (
	"context"
	"os"
	"path/filepath"
	"runtime/pprof"
	"sync"

	"github.com/orchestrix/orchestrix/platform/runlog"
)

// source has the entries of the present command: those who fall behind read
// them here.
type source struct {
	mu   sync.RWMutex
	logs map[string][]*runlog.Entry
}

func newSource() *source { return &source{logs: map[string][]*runlog.Entry{}} }

func (s *source) add(e *runlog.Entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logs[e.ExecutionID] = append(s.logs[e.ExecutionID], e)
}

// forget drops what everybody has.
func (s *source) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.logs)
}

// Last is not asked for: every client joins from the start.
func (s *source) Last(context.Context, string) (*runlog.Entry, error) { return nil, nil }

// Entries implements realtime.Source.
func (s *source) Entries(_ context.Context, id string, after int64, limit int) ([]*runlog.Entry, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := s.logs[id]
	if len(all) == 0 {
		return nil, nil
	}
	all = all[min(max(after+1-all[0].Seq, 0), int64(len(all))):]
	return all[:min(limit, len(all))], nil
}

// profiler writes a CPU profile per command, when it has a directory.
type profiler struct {
	dir  string
	file *os.File
}

// start begins the profile of a command. It goes on until the next: the last
// messages are delivered after the command is done.
func (p *profiler) start(command string) (err error) {
	if p.dir == "" {
		return nil
	}
	if err := p.stop(); err != nil {
		return err
	}
	if p.file, err = os.Create(filepath.Join(p.dir, command+".prof")); err != nil {
		return err
	}
	return pprof.StartCPUProfile(p.file)
}

func (p *profiler) stop() error {
	if p.file == nil {
		return nil
	}
	pprof.StopCPUProfile()
	return p.file.Close()
}
