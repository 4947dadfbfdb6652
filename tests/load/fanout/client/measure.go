package main

import (
	"fmt"
	"os"
	"time"

	"github.com/orchestrix/orchestrix/tests/harness"
	"github.com/orchestrix/orchestrix/tests/load/socket"
)

const (
	settle  = 5 * time.Second // until memory has come to rest
	warmers = 50              // connections before memory is looked at first

	readBuffer = 64 << 10
)

// measureDelivery takes the burst and the paced patterns in one process, with
// the same clients.
func measureDelivery(s *settings, start func() (*target, error), into results) error {
	t, err := start()
	if err != nil {
		return err
	}
	defer t.stop()
	f, err := socket.Connect(t.addr, s.clients, readBuffer)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Join(roomIDs(s.rooms)); err != nil {
		return err
	}
	d := delivery{settings: s, target: t, fleet: f, into: into}
	if err := d.burst(max(s.entries/4, 1), false); err != nil { // warm
		return err
	}
	if !s.skipBurst {
		if err := d.burst(s.entries, true); err != nil {
			return err
		}
	}
	if s.skipPaced {
		return nil
	}
	if err := d.paced(cpuRuns, 5); err != nil { // a run makes several entries in a moment
		return err
	}
	return d.paced(cpuSingle, 1)
}

// roomIDs are as long as the ids of runs; the servers make the same.
func roomIDs(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("6f1d2c3b-8a4e-4c5d-9b7a-0000000000%02d", i)
	}
	return ids
}

// delivery is the measurements with one fleet.
type delivery struct {
	*settings
	target *target
	fleet  *socket.Fleet
	into   results
	each   int64 // entries that every client has
}

// burst publishes as fast as the server can.
func (d *delivery) burst(entries int, keep bool) error {
	used, err := d.cost(entries, func() error { return d.target.do("burst %d %d", entries, d.batch) })
	if err == nil && keep {
		d.into.add(messageRate, float64(used.messages)/used.elapsed.Seconds())
		d.into.add(cpuMessage, float64(used.server.Nanoseconds())/1000/float64(used.messages))
		d.into.add(messageSize, float64(used.bytes)/float64(used.messages))
		d.into.add(serverShare, 100*used.server.Seconds()/used.elapsed.Seconds())
		d.into.add(clientShare, 100*used.client.Seconds()/used.elapsed.Seconds())
	}
	return err
}

// paced publishes at the rate for a while, so many entries of a room at a time.
func (d *delivery) paced(what metric, group int) error {
	used, err := d.cost(d.rate*d.seconds/d.rooms, func() error { return d.target.do("paced %d %d %d", d.rate, d.seconds, group) })
	if err == nil {
		perSecond := float64(d.rate * d.clients / d.rooms) // should be; a late server catches up
		d.into.add(what, 100*used.server.Seconds()/float64(used.messages)*perSecond)
	}
	return err
}

type usage struct {
	elapsed, server, client time.Duration
	messages, bytes         int64
}

// cost is what it takes until every client has so many entries more.
func (d *delivery) cost(entries int, act func() error) (u usage, err error) {
	server, err := d.target.usage()
	if err != nil {
		return u, err
	}
	client, err := harness.UsageOf(os.Getpid())
	if err != nil {
		return u, err
	}
	begin := time.Now()
	messages, bytes := d.fleet.Received()
	if err := act(); err != nil {
		return u, err
	}
	d.each += int64(entries)
	if err := d.fleet.Await(d.each); err != nil {
		return u, err
	}
	u.elapsed = time.Since(begin)
	u.messages, u.bytes = d.fleet.Received()
	u.messages, u.bytes = u.messages-messages, u.bytes-bytes
	serverEnd, err := d.target.usage()
	if err != nil {
		return u, err
	}
	clientEnd, err := harness.UsageOf(os.Getpid())
	u.server, u.client = serverEnd.CPU-server.CPU, clientEnd.CPU-client.CPU
	return u, err
}

// measureIdle weighs connections that do nothing, in a fresh process.
func measureIdle(s *settings, start func() (*target, error), into results) error {
	t, err := start()
	if err != nil {
		return err
	}
	defer t.stop()
	warm, err := socket.Connect(t.addr, warmers, 1024)
	if err != nil {
		return err
	}
	warm.Close()
	time.Sleep(settle)
	before, err := t.usage()
	if err != nil {
		return err
	}
	f, err := socket.Connect(t.addr, s.idle, 1024)
	if err != nil {
		return err
	}
	defer f.Close()
	time.Sleep(settle)
	after, err := t.usage()
	into.add(idleMemory, float64(after.RSS-before.RSS)/1024/float64(s.idle))
	return err
}
