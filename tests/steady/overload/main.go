// Command overload offers the program several times what it can do, and holds it
// to what is promised then: it answers what it takes, turns the rest away quickly
// with when to come back, loses nothing that it acknowledged, and is itself again
// within a second. `make overload` runs it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/orchestrix/orchestrix/tests/steady/lab"
)

type settings struct {
	binary      string
	length      time.Duration
	connections int
	factor      float64
	processors  int
	inFlight    int
	strict      bool
}

func main() {
	var s settings
	flag.StringVar(&s.binary, "binary", "", "overload this program instead of building it")
	flag.DurationVar(&s.length, "time", 15*time.Second, "length of the overload")
	flag.IntVar(&s.connections, "connections", 4000, "connections that offer it")
	flag.Float64Var(&s.factor, "factor", 5, "how many times its capacity the program is offered")
	flag.IntVar(&s.processors, "processors", 1, "processors of the program; what offers the load needs others")
	flag.IntVar(&s.inFlight, "in-flight", 512, "requests that the program works on at a time (MAX_IN_FLIGHT)")
	flag.BoolVar(&s.strict, "strict", true, "fail for what a busy machine can spoil, too")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, &s); err != nil {
		fmt.Fprintln(os.Stderr, "overload:", err)
		os.Exit(1)
	}
}

// steps of a call: it stores a document, durably, and looks for one several times.
var steps = `[{"type":"input","variables":[{"name":"n"}]},
	{"type":"dbInsert","collection":"taken","data":{"n":"{{n}}"}},` +
	strings.Repeat(`{"type":"dbFind","collection":"shelf","filters":{"n":"{{n}}"}},`, 10) +
	`{"type":"response","body":{"ok":true}}]`

const background = `[{"type":"dbInsert","collection":"behind","data":{"n":1}},{"type":"response","body":{"ok":true}}]`

const shelf = 400 // documents that each call looks through, until the store has learnt an index

func run(ctx context.Context, s *settings) (err error) {
	dir, err := os.MkdirTemp("", "overload-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	server, err := lab.Start(ctx, s.binary, dir, fmt.Sprintf("GOMAXPROCS=%d", s.processors), fmt.Sprintf("MAX_IN_FLIGHT=%d", s.inFlight))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	path, err := prepare(server)
	if err != nil {
		return err
	}
	o := &overload{settings: s, server: server, path: path, verdict: lab.NewVerdict(os.Stdout, s.strict)}
	if err := o.measure(ctx); err != nil {
		return fmt.Errorf("%w\n%s", err, server)
	}
	return o.verdict.Err()
}

func prepare(s *lab.Server) (path string, err error) {
	if path, err = s.Save("overload", steps); err != nil {
		return "", err
	}
	for n := range shelf {
		if err := s.Must("POST", "/collections/shelf/data", fmt.Sprintf(`{"ownerId":%q,"data":{"n":%d}}`, lab.Owner, n), nil); err != nil {
			return "", err
		}
	}
	return path, nil
}
