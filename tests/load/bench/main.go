// Command bench measures the program: it builds it, starts it, drives it from
// this process and prints what each kind of request costs, beside the limit: a
// bare handler that answers the same. `make bench` runs it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"syscall"
	"time"
)

type settings struct {
	binary, against string
	json, compare   string
	only, profile   string

	connections, watchers, rounds, starts int
	length, warm                          time.Duration
}

func main() {
	var s settings
	flag.StringVar(&s.binary, "binary", "", "measure this program instead of building it")
	flag.StringVar(&s.against, "against", "", "another binary of the program, measured turn by turn and compared with")
	flag.StringVar(&s.json, "json", "", "write the results to this file")
	flag.StringVar(&s.compare, "compare", "", "compare with results that were written before")
	flag.StringVar(&s.only, "only", "", "measure the rows that match this regular expression")
	flag.StringVar(&s.profile, "profile", "", "write profiles of every row to this directory, instead of measuring the program as it is")
	flag.IntVar(&s.connections, "connections", 16, "connections of the load, each with one request at a time")
	flag.IntVar(&s.watchers, "watchers", 100, "clients that watch one run in the fan-out")
	flag.IntVar(&s.rounds, "rounds", 3, "how often everything is measured; the medians are shown")
	flag.IntVar(&s.starts, "starts", 21, "how often the program is started to see how long that takes")
	flag.DurationVar(&s.length, "length", 3*time.Second, "length of one measurement")
	flag.DurationVar(&s.warm, "warm", time.Second, "load before a measurement")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, &s); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, s *settings) (err error) {
	only, err := regexp.Compile(s.only)
	if err != nil {
		return err
	}
	earlier, err := readReport(s.compare)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b, err := newBench(ctx, s, dir)
	if err != nil {
		return err
	}
	if err := b.measure(ctx, only); err != nil {
		return err
	}
	result := b.subject.report(s)
	if b.against != nil {
		earlier = b.against.report(s)
	}
	result.write(os.Stdout)
	if earlier != nil {
		result.compare(os.Stdout, earlier)
	}
	return result.save(s.json)
}
