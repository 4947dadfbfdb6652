package main

import (
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/orchestrix/orchestrix/tests/steady/lab"
)

const (
	callers     = 48              // connections of the calls
	measureTime = 5 * time.Second // of the capacity
)

// soak is one run of the program with its clients.
type soak struct {
	*settings
	server  *lab.Server
	metrics string // where the program says how it is
	tally   tally
	version versions
	history atomic.Int64 // executions that were kept when they were counted last
}

func newSoak(ctx context.Context, s *settings, dir string) (*soak, error) {
	metrics, err := freeAddress()
	if err != nil {
		return nil, err
	}
	k := &soak{settings: s, metrics: metrics}
	k.server, err = lab.Start(ctx, s.binary, dir, fmt.Sprintf("RUN_RETENTION_COUNT=%d", s.keep), "METRICS_ADDR="+metrics, "LOGIN_LIMIT_ADDRESS=0")
	if err != nil {
		return nil, err
	}
	return k, k.prepare()
}

// freeAddress is one that nothing listens on.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// actor is a kind of client: so many of it act over and over, each so often.
type actor struct {
	name  string
	count int
	every time.Duration
	act   func(k *soak, client *lab.Client, n int) error
}

// capacity is how many calls in a second the program can take.
func (k *soak) capacity(ctx context.Context) (perSecond float64, err error) {
	for range 2 { // first to warm up
		ctx, cancel := context.WithTimeout(ctx, measureTime)
		began := time.Now()
		k.play(ctx, actor{name: "calls", count: callers, act: call})
		cancel()
		_, calls := k.tally.interval()
		perSecond = float64(calls) / time.Since(began).Seconds()
	}
	return perSecond, k.tally.firstError()
}

// play has an actor act until ctx ends. What a client could not do in time is not
// made up for.
func (k *soak) play(ctx context.Context, a actor) {
	var all sync.WaitGroup
	for i := range a.count {
		all.Go(func() {
			client := lab.Dial(k.server.Addr(), 1)
			defer client.Close()
			next := time.Now().Add(a.every * time.Duration(i) / time.Duration(a.count))
			for n := i; until(ctx, next); n += a.count {
				k.tally.note(a.name, a.act(k, client, n))
				if next = next.Add(a.every); time.Until(next) < 0 {
					next = time.Now()
				}
			}
		})
	}
	all.Wait()
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

// soak plays all actors and takes samples.
func (k *soak) soak(ctx context.Context, capacity float64) ([]sample, error) {
	pace := time.Duration(callers / (k.share * capacity) * float64(time.Second))
	actors := []actor{
		{"calls", callers, pace, call},
		{"saves", 1, 200 * time.Millisecond, save},
		{"calls of what is saved", 4, 50 * time.Millisecond, callSaved},
		{"lists", 2, 200 * time.Millisecond, list},
		{"logins", 2, 2 * time.Second, login},
		{"runs watched over Socket.IO", 4, 500 * time.Millisecond, watchSocketIO},
		{"runs watched over WebSocket", 4, 500 * time.Millisecond, watchWebSocket},
		{"clients that go and come back", 4, time.Second, comeBack},
		{"clients that stall", 8, 5 * time.Second, stall},
		{"counts of the history", 1, k.length / 20, countHistory},
		{"requests that never end", 4, 5 * time.Second, halfRequest},
	}
	playing, stop := context.WithCancel(ctx)
	defer stop()
	var all sync.WaitGroup
	for _, a := range actors {
		all.Go(func() { k.play(playing, a) })
	}
	samples, err := k.watch(ctx)
	stop()
	all.Wait()
	if err != nil {
		return nil, err
	}
	last, err := k.rest(ctx)
	return append(samples, last...), err
}
