package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/orchestrix/orchestrix/tests/steady/lab"
)

const (
	enough     = 64                     // connections that keep the program busy
	probeEvery = 50 * time.Millisecond  // of the health probe
	aside      = 32                     // connections that ask for background runs meanwhile
	recovered  = time.Second            // in which the program is to be itself again
	quick      = 250 * time.Millisecond // an answer of a program that is itself, or as before the load
	afterwards = 3 * time.Second        // watched
	patience   = 60 * time.Second       // for the background runs that were accepted
)

// overload is one measurement.
type overload struct {
	*settings
	server  *lab.Server
	path    string
	verdict *lab.Verdict
	watched int // calls that succeeded after the load
}

func (o *overload) measure(ctx context.Context) error {
	before, err := o.server.Usage()
	if err != nil {
		return err
	}
	warm := o.offer(ctx, enough, 0, o.length/5)
	base := o.offer(ctx, enough, 0, o.length/3)
	if err := errors.Join(warm.err, base.err); err != nil {
		return err
	}
	capacity := base.perSecond(len(base.taken))
	o.verdict.Say("capacity: %.0f calls/s over %d connections, p50 %s, p99 %s", capacity, enough, base.taken.At(0.50), base.taken.At(0.99))

	stop, all := make(chan struct{}), sync.WaitGroup{}
	var probes result
	var background runs
	all.Go(func() { probes = o.probe(stop) })
	all.Go(func() { background = o.ask(stop) })
	load := o.offer(ctx, o.connections, o.factor*capacity, o.length)
	peak, err := o.server.Usage()
	close(stop)
	after := o.watch(max(quick, base.taken.At(0.99)))
	all.Wait()
	if err := errors.Join(err, load.err, probes.err, background.err); err != nil {
		return err
	}
	o.report(capacity, &load, &probes, &background)
	o.verdict.Say("memory: %d MB at rest, %d MB at the end of it, at most %d MB", before.RSS>>20, peak.RSS>>20, peak.Peak>>20)
	o.verdict.Expects(after <= recovered, "itself again after %s", after.Round(time.Millisecond))
	return o.nothingLost(len(warm.taken)+len(base.taken)+len(load.taken)+o.watched, &background)
}

func (o *overload) report(capacity float64, load, probes *result, background *runs) {
	v, offered := o.verdict, load.perSecond(len(load.taken)+len(load.busy)+load.other)
	v.Say("offered: %.0f calls/s over %d connections, %.1f times the capacity, for %s", offered, o.connections, offered/capacity, load.length.Round(time.Second))
	v.Say("taken: %.0f calls/s, p50 %s, p99 %s", load.perSecond(len(load.taken)), load.taken.At(0.50), load.taken.At(0.99))
	v.Say("turned away: %.0f calls/s, p50 %s, p99 %s", load.perSecond(len(load.busy)), load.busy.At(0.50), load.busy.At(0.99))
	v.Say("background runs: %d accepted, %d turned away", len(background.ids), background.busy)
	v.Say("health probes: %d, p50 %s, p99 %s", len(probes.taken), probes.taken.At(0.50), probes.taken.At(0.99))
	v.Holds(load.other+background.other == 0, "every answer is a success or a 503 with Retry-After (%d others: %s)", load.other+background.other, load.example+background.example)
	v.Holds(len(load.taken) > 0 && len(probes.busy)+probes.other == 0, "every health probe was answered")
}

// nothingLost holds the program to what it acknowledged.
func (o *overload) nothingLost(taken int, background *runs) error {
	stored, err := o.server.Count("taken")
	if err != nil {
		return err
	}
	o.verdict.Holds(stored == taken, "%d documents are stored of %d acknowledged", stored, taken)
	for end := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		left, err := background.unfinished(o.server.Client)
		if err != nil {
			return err
		}
		if left == 0 || time.Now().After(end) {
			o.verdict.Holds(left == 0, "%d background runs have succeeded of %d accepted", len(background.ids)-left, len(background.ids))
			return nil
		}
	}
}

// watch calls the program for a while after the load and returns when it was
// itself again: from then on every call succeeds, quickly.
func (o *overload) watch(quick time.Duration) (after time.Duration) {
	began := time.Now()
	for n := 0; time.Since(began) < afterwards; n++ {
		a, err := o.server.Send("POST", o.path, body(n))
		if err != nil || a.Status != 200 || a.Took > quick {
			after = time.Since(began)
		}
		if err == nil && a.Status == 200 {
			o.watched++
		}
		time.Sleep(5 * time.Millisecond)
	}
	return after
}

func body(n int) string { return fmt.Sprintf(`{"n":"%d"}`, n) }
