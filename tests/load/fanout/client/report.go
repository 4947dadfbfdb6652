package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// The servers that are measured.
const (
	ours    = "ours"
	node    = "Node"
	program = "program"
)

type metric int

const (
	messageRate metric = iota
	cpuMessage
	cpuRuns
	cpuSingle
	idleMemory
	messageSize
	serverShare
	clientShare
	metrics
)

var labels = [metrics]struct {
	text, format, aim string
}{
	messageRate: {"burst: messages/s", "%.0f", "ratio >= 5"},
	cpuMessage:  {"burst: server CPU, µs/message", "%.2f", ""},
	cpuRuns:     {"paced, runs: server CPU, % of a core", "%.1f", "ratio <= 0.5"},
	cpuSingle:   {"paced, single: server CPU, % of a core", "%.1f", "ratio <= 0.5"},
	idleMemory:  {"idle: KB/connection", "%.1f", "<= 30"},
	messageSize: {"bytes/message", "%.0f", "ratio 0.9 to 1.1"},
	serverShare: {"burst: server CPU, % of a core", "%.0f", ""},
	clientShare: {"burst: client CPU, % of a core", "%.0f", ""},
}

// results are the values of one server, one per round.
type results map[metric][]float64

func (r results) add(m metric, v float64) { r[m] = append(r[m], v) }

// median is false when there are no values.
func (r results) median(m metric) (float64, bool) {
	v := slices.Sorted(slices.Values(r[m]))
	if len(v) == 0 {
		return 0, false
	}
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2, true
}

type report struct {
	*settings
	sides map[string]results
}

func (r *report) of(side string) results {
	if r.sides == nil {
		r.sides = map[string]results{}
	}
	if r.sides[side] == nil {
		r.sides[side] = results{}
	}
	return r.sides[side]
}

// write writes the medians and what they were taken from.
func (r *report) write(w io.Writer) error {
	var b strings.Builder
	line := func(format string, args ...any) { b.WriteString(fmt.Sprintf(format, args...) + "\n") }
	line("\n%d clients in %d rooms; burst of %d entries/room in emits of %d; paced %d messages/s for %d s; %d idle; medians of %d rounds\n",
		r.clients, r.rooms, r.entries, r.batch, r.rate*r.clients/r.rooms, r.seconds, r.idle, r.rounds)
	line("%-40s%12s%12s%8s   %s", "", ours, node, "ratio", "aim")
	for m := range metrics {
		a, measured := r.of(ours).median(m)
		b, compared := r.of(node).median(m)
		ratio := ""
		if measured && compared && b != 0 {
			ratio = fmt.Sprintf("%.2f", a/b)
		}
		line("%-40s%12s%12s%8s   %s", labels[m].text, m.show(a, measured), m.show(b, compared), ratio, labels[m].aim)
	}
	if kb, ok := r.of(program).median(idleMemory); ok {
		line("%-40s%12s%12s%8s   %s", "idle, the program: KB/connection", idleMemory.show(kb, ok), "", "", labels[idleMemory].aim)
	}
	line("\nround by round")
	for _, side := range []string{ours, node, program} {
		for m := range metrics {
			if values := r.of(side)[m]; len(values) > 0 {
				line("  %-8s%-40s%s", side, labels[m].text, m.list(values))
			}
		}
	}
	line("\nNothing was lost, repeated or out of order. The cores are shared: trust the ratios, and the burst's")
	line("rate only where the client's CPU is not what limits it; CPU per message does not depend on that.")
	_, err := io.WriteString(w, b.String())
	return err
}

func (m metric) show(v float64, known bool) string {
	if !known {
		return "-"
	}
	return fmt.Sprintf(labels[m].format, v)
}

func (m metric) list(values []float64) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = m.show(v, true)
	}
	return strings.Join(texts, "  ")
}
