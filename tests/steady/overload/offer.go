package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/orchestrix/orchestrix/tests/steady/lab"
)

// result is how calls were answered.
type result struct {
	taken, busy lab.Latencies
	other       int    // answers that are neither
	example     string // of those
	length      time.Duration
	err         error // there was no answer
}

func (r *result) perSecond(n int) float64 { return float64(n) / r.length.Seconds() }

func (r *result) note(a *lab.Answer, err error) {
	switch {
	case err != nil:
		r.err = err
	case a.Status == http.StatusOK:
		r.taken = append(r.taken, a.Took)
	case a.Busy():
		r.busy = append(r.busy, a.Took)
	default:
		r.other++
		r.example = string(a.Body)
	}
}

func (r *result) join(o *result) {
	r.taken, r.busy = append(r.taken, o.taken...), append(r.busy, o.busy...)
	r.other += o.other
	r.example += o.example
	r.err = errors.Join(r.err, o.err)
}

// offer calls the published API over connections that each have one call at a
// time: so many calls in a second, of all together, as far as the answers let
// them; 0 is one after the other.
func (o *overload) offer(ctx context.Context, connections int, rate float64, length time.Duration) result {
	var pace time.Duration
	if rate > 0 {
		pace = time.Duration(float64(connections) / rate * float64(time.Second))
	}
	parts, clients := make([]result, connections), make([]*lab.Client, connections)
	for c := range clients {
		clients[c] = lab.Dial(o.server.Addr(), 1)
		defer clients[c].Close()
		if _, err := clients[c].Send("GET", "/health", ""); err != nil { // opens the connection
			return result{err: err}
		}
	}
	ctx, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	var all sync.WaitGroup
	began := time.Now()
	for c, client := range clients {
		all.Go(func() {
			next := began.Add(time.Duration(rand.Float64() * float64(pace)))
			for n := c; parts[c].err == nil && until(ctx, next); n += connections {
				parts[c].note(client.Send("POST", o.path, body(n)))
				if next = next.Add(pace); time.Until(next) < 0 {
					next = time.Now() // what could not be offered in time is not made up for
				}
			}
		})
	}
	all.Wait()
	total := result{length: time.Since(began)}
	for c := range parts {
		total.join(&parts[c])
	}
	return total
}

// until waits for a moment; false when ctx ends first.
func until(ctx context.Context, moment time.Time) bool {
	timer := time.NewTimer(time.Until(moment))
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// probe asks for the program's health as a supervisor does, until stop.
func (o *overload) probe(stop <-chan struct{}) (r result) {
	client := lab.Dial(o.server.Addr(), 1)
	defer client.Close()
	for ticker := time.NewTicker(probeEvery); ; {
		select {
		case <-ticker.C:
			r.note(client.Send("GET", "/health", ""))
		case <-stop:
			ticker.Stop()
			return r
		}
	}
}

// runs are background runs that were asked for.
type runs struct {
	result
	ids  []string
	busy int
	done int // of ids, from the first
}

// ask asks for background runs, as many as the answers let it, until stop.
func (o *overload) ask(stop <-chan struct{}) (r runs) {
	var mu sync.Mutex
	var all sync.WaitGroup
	for range aside {
		all.Go(func() {
			client := lab.Dial(o.server.Addr(), 1)
			defer client.Close()
			for {
				select {
				case <-stop:
					return
				default:
				}
				a, err := client.Send("POST", "/workflows/run", `{"ownerId":"`+lab.Owner+`","input":{},"steps":`+background+`}`)
				var started struct{ ExecutionID string }
				if err == nil && a.Status == http.StatusOK {
					err = a.Decode(&started)
				}
				mu.Lock()
				switch {
				case err == nil && started.ExecutionID != "":
					r.ids = append(r.ids, started.ExecutionID)
				case err == nil && a.Busy():
					r.busy++
				default:
					r.note(a, err)
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return r
}

// unfinished is how many of the runs have not succeeded yet. One that has is not
// asked about again.
func (r *runs) unfinished(client *lab.Client) (n int, err error) {
	for ; r.done < len(r.ids); r.done++ {
		var run struct{ Status string }
		if err := client.Must("GET", "/executions/"+r.ids[r.done]+"?ownerId="+lab.Owner, "", &run); err != nil {
			return 0, err
		}
		if run.Status != "succeeded" {
			break
		}
	}
	return len(r.ids) - r.done, nil
}
