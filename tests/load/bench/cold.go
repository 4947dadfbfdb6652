package main

import (
	"context"
	"os"
	"time"

	"github.com/orchestrix/orchestrix/tests/harness"
)

const rest = 2 * time.Second // until memory has come to rest

// starting notes how long a subject takes from nothing to its first answer, and
// what it holds in memory when nothing has happened.
func (b *bench) starting(ctx context.Context, s *subject) error {
	for range max(1, b.starts/b.rounds) {
		if err := b.startOnce(ctx, s, 0); err != nil {
			return err
		}
	}
	return b.startOnce(ctx, s, rest)
}

func (b *bench) startOnce(ctx context.Context, s *subject, rest time.Duration) (err error) {
	dir, err := os.MkdirTemp(b.dir, "start-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // all of it goes in the end
	p, err := start(ctx, harness.Options{Binary: s.binary, Dir: dir, Env: append([]string{"PROFILE=" + dir}, production...)})
	if err != nil {
		return err
	}
	defer func() {
		if e := p.stop(); err == nil {
			err = e
		}
	}()
	if _, err := p.send("GET", "/health", ""); err != nil {
		return err
	}
	s.cold = append(s.cold, float64(time.Since(p.Began()).Microseconds())/1000)
	used, err := p.Usage()
	if err != nil {
		return err
	}
	s.coldCPU = append(s.coldCPU, float64(used.CPU.Milliseconds()))
	if rest == 0 {
		return nil
	}
	time.Sleep(rest)
	used, err = p.Usage()
	s.idle = append(s.idle, float64(used.RSS)/mega)
	return err
}
