package main

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

const requestLimit = 30 * time.Second

// request is what each connection sends, over and over.
type request struct {
	method, path string
	body         func(n int) string // of the n-th; nil for none
}

func (r *request) text(n int) string {
	if r.body == nil {
		return ""
	}
	return r.body(n)
}

// tally is what a server has done under load.
type tally struct {
	count        int
	elapsed, cpu time.Duration
	latencies    []time.Duration
}

// figures are what is known of a row after one measurement, or the medians of
// several.
type figures struct {
	Rate   float64 `json:"perSecond"`
	CPU    float64 `json:"cpuMicros"` // of the server's process, for each
	P50    float64 `json:"p50Micros"`
	P99    float64 `json:"p99Micros"`
	Before float64 `json:"rssBeforeMB"`
	After  float64 `json:"rssAfterMB"`
}

const mega = 1 << 20

func (t *tally) figures(before, after int64) figures {
	slices.Sort(t.latencies)
	at := func(share float64) float64 {
		if len(t.latencies) == 0 {
			return 0
		}
		return micros(t.latencies[int(share*float64(len(t.latencies)-1))])
	}
	return figures{
		Rate: float64(t.count) / t.elapsed.Seconds(), CPU: micros(t.cpu) / float64(t.count),
		P50: at(0.50), P99: at(0.99), Before: float64(before) / mega, After: float64(after) / mega,
	}
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

// timed notes what the server and the clock say while something is done.
func (t *tally) timed(s *server, do func() error) error {
	before, err := s.Usage()
	if err != nil {
		return err
	}
	began := time.Now()
	if err := do(); err != nil {
		return err
	}
	t.elapsed += time.Since(began)
	after, err := s.Usage()
	t.cpu += after.CPU - before.CPU
	return err
}

// crowd has every connection act again and again for a while. Act says how long
// the n-th took.
func (t *tally) crowd(s *server, connections int, length time.Duration, act func(connection, n int) (time.Duration, error)) error {
	latencies, errs := make([][]time.Duration, connections), make([]error, connections)
	err := t.timed(s, func() error {
		var wait sync.WaitGroup
		deadline := time.Now().Add(length)
		for c := range connections {
			wait.Go(func() {
				for n := c; errs[c] == nil && time.Now().Before(deadline); n += connections {
					var took time.Duration
					took, errs[c] = act(c, n)
					latencies[c] = append(latencies[c], took)
				}
			})
		}
		wait.Wait()
		return errors.Join(errs...)
	})
	t.latencies = slices.Concat(latencies...)
	t.count = len(t.latencies)
	return err
}

// drive sends the request over connections that stay open.
func (r *request) drive(s *server, connections int, length time.Duration) (t tally, err error) {
	clients := make([]fasthttp.HostClient, connections)
	requests, answers := make([]fasthttp.Request, connections), make([]fasthttp.Response, connections)
	for c := range clients {
		clients[c].Addr, clients[c].MaxConns = s.Addr(), 1
		clients[c].ReadTimeout = requestLimit
		requests[c].SetRequestURI(s.URL() + r.path)
		requests[c].Header.SetMethod(r.method)
		if r.body != nil {
			requests[c].Header.SetContentType("application/json")
		}
	}
	defer func() {
		for c := range clients {
			clients[c].CloseIdleConnections()
		}
	}()
	err = t.crowd(s, connections, length, func(c, n int) (time.Duration, error) {
		if r.body != nil {
			requests[c].SetBodyString(r.body(n))
		}
		began := time.Now()
		err := clients[c].Do(&requests[c], &answers[c])
		took := time.Since(began)
		if err == nil && answers[c].StatusCode() != fasthttp.StatusOK {
			err = fmt.Errorf("%s %s: %d %s", r.method, r.path, answers[c].StatusCode(), answers[c].Body())
		}
		return took, err
	})
	return t, err
}
