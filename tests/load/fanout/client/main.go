// Command client measures our server against the Node reference: it starts each
// in turn, connects the same clients, checks that every client gets every entry
// of its room once and in order, and prints what it cost. It fails for lost or
// misordered messages and never for slowness.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

type settings struct {
	ours, node, program string

	rounds, rooms, clients        int
	entries, batch                int // of the burst, per room
	rate, seconds                 int // of the paced patterns, entries of all rooms
	idle                          int
	skipBurst, skipPaced, skipMem bool
}

func main() {
	var s settings
	flag.StringVar(&s.ours, "ours", "", "our server: a command")
	flag.StringVar(&s.node, "node", "", "the reference: a command")
	flag.StringVar(&s.program, "program", "", "the program itself, whose idle connections are weighed too")
	flag.IntVar(&s.rounds, "rounds", 3, "how often each server is measured")
	flag.IntVar(&s.rooms, "rooms", 20, "rooms; the servers know 20")
	flag.IntVar(&s.clients, "clients", 200, "clients, spread over the rooms")
	flag.IntVar(&s.entries, "entries", 2000, "entries per room in the burst")
	flag.IntVar(&s.batch, "batch", 50, "entries per emit in the burst")
	flag.IntVar(&s.rate, "rate", 1000, "entries per second when paced")
	flag.IntVar(&s.seconds, "seconds", 10, "length of a paced pattern")
	flag.IntVar(&s.idle, "idle", 1000, "idle connections")
	flag.BoolVar(&s.skipBurst, "skip-burst", false, "leave the burst out")
	flag.BoolVar(&s.skipPaced, "skip-paced", false, "leave the paced patterns out")
	flag.BoolVar(&s.skipMem, "skip-idle", false, "leave the idle connections out")
	flag.Parse()
	if err := run(&s); err != nil {
		fmt.Fprintln(os.Stderr, "fanout:", err)
		os.Exit(1)
	}
}

// run measures the servers one after the other, round after round.
func run(s *settings) error {
	r := report{settings: s}
	for round := range s.rounds {
		for _, side := range []struct{ name, command string }{{ours, s.ours}, {node, s.node}} {
			if side.command == "" {
				continue
			}
			fmt.Fprintf(os.Stderr, "round %d of %d: %s\n", round+1, s.rounds, side.name)
			start := func() (*target, error) { return launch(strings.Fields(side.command)) }
			if err := measure(s, start, r.of(side.name)); err != nil {
				return fmt.Errorf("%s: %w", side.name, err)
			}
		}
		if s.program == "" || s.skipMem {
			continue
		}
		start := func() (*target, error) { return launchProgram(s.program) }
		if err := measureIdle(s, start, r.of(program)); err != nil {
			return fmt.Errorf("%s: %w", program, err)
		}
	}
	return r.write(os.Stdout)
}

// measure takes one round of a server, in two of its processes.
func measure(s *settings, start func() (*target, error), into results) error {
	if !s.skipBurst || !s.skipPaced {
		if err := measureDelivery(s, start, into); err != nil {
			return err
		}
	}
	if s.skipMem {
		return nil
	}
	return measureIdle(s, start, into)
}
