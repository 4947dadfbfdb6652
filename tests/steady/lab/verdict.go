package lab

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// ErrBroken is the end of a measurement whose promises were not all kept.
var ErrBroken = errors.New("not everything is as promised")

// Verdict collects what was promised and whether it was kept.
type Verdict struct {
	out    io.Writer
	strict bool
	broken bool
}

// NewVerdict makes a verdict that is written as it is found. A strict one is also
// about what a busy machine can spoil: times and levels.
func NewVerdict(out io.Writer, strict bool) *Verdict { return &Verdict{out: out, strict: strict} }

// Say writes a figure.
func (v *Verdict) Say(format string, args ...any) {
	_, _ = fmt.Fprintf(v.out, format+"\n", args...)
}

// Holds writes whether a promise was kept.
func (v *Verdict) Holds(kept bool, format string, args ...any) {
	word := "kept  "
	if !kept {
		word, v.broken = "BROKEN", true
	}
	v.Say(word+"  "+format, args...)
}

// Expects writes whether a figure is as it should be.
func (v *Verdict) Expects(kept bool, format string, args ...any) {
	if !kept && !v.strict {
		v.Say("missed  "+format, args...)
		return
	}
	v.Holds(kept, format, args...)
}

// Err is nil when every promise was kept.
func (v *Verdict) Err() error {
	if v.broken {
		return ErrBroken
	}
	return nil
}

// Latencies are how long answers took.
type Latencies []time.Duration

// At is the time within which a share of the answers came.
func (l Latencies) At(share float64) time.Duration {
	if len(l) == 0 {
		return 0
	}
	slices.Sort(l)
	return l[int(share*float64(len(l)-1))].Round(100 * time.Microsecond)
}
