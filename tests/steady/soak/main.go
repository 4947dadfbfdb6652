// Command soak keeps the program busy for a while with all kinds of clients at
// once, well ones and bad ones, counts every error that is not the client's, and
// watches whether memory, goroutines, latencies and the history stay level.
// `make soak` runs it and draws what it saw.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

type settings struct {
	binary, out string
	length      time.Duration
	samples     int
	share       float64
	keep        int
	strict      bool
}

func main() {
	var s settings
	flag.StringVar(&s.binary, "binary", "", "soak this program instead of building it")
	flag.StringVar(&s.out, "out", "bin", "directory for soak.csv")
	flag.DurationVar(&s.length, "time", 20*time.Minute, "length of the soak")
	flag.IntVar(&s.samples, "samples", 60, "samples that are taken meanwhile")
	flag.Float64Var(&s.share, "share", 0.55, "share of the program's capacity for calls that is called for; the other clients and the trimming of the history take about 15 % more")
	flag.IntVar(&s.keep, "keep", 2000, "executions that the program keeps (RUN_RETENTION_COUNT)")
	flag.BoolVar(&s.strict, "strict", true, "fail for what a busy machine can spoil, too")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, &s); err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, s *settings) (err error) {
	dir, err := os.MkdirTemp("", "soak-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	k, err := newSoak(ctx, s, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, k.server.Stop()) }()
	capacity, err := k.capacity(ctx)
	if err != nil {
		return err
	}
	samples, err := k.soak(ctx, capacity)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, k.server)
	}
	if err := os.MkdirAll(s.out, 0o755); err != nil {
		return err
	}
	if err := writeCSV(filepath.Join(s.out, "soak.csv"), samples[:len(samples)-1]); err != nil {
		return err
	}
	return k.report(capacity, samples)
}
