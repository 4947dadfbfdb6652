package main

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	dialers    = 8                // connect at a time
	lookEvery  = time.Millisecond // at what has come
	stallLimit = 30 * time.Second // nothing comes any more: it is lost
	readBuffer = 64 << 10
)

// fleet is the clients of one server.
type fleet struct {
	conns []*conn
	rooms int
	ended sync.WaitGroup
}

// roomID is an id as long as those of runs are; the servers make the same.
func roomID(i int) string { return fmt.Sprintf("6f1d2c3b-8a4e-4c5d-9b7a-0000000000%02d", i) }

// connect opens so many connections.
func connect(addr string, n, buffer int) (*fleet, error) {
	f := &fleet{conns: make([]*conn, n)}
	errs := make([]error, dialers)
	var wait sync.WaitGroup
	for d := range dialers {
		wait.Go(func() {
			for i := d; i < n && errs[d] == nil; i += dialers {
				f.conns[i], errs[d] = dial(addr, buffer)
			}
		})
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

// join spreads the clients over rooms, and has them receive.
func (f *fleet) join(rooms int) error {
	f.rooms = rooms
	for i, c := range f.conns {
		if err := c.join(roomID(i % rooms)); err != nil {
			return err
		}
	}
	for _, c := range f.conns {
		f.ended.Go(c.receive)
	}
	return nil
}

// received is how many entries came to all clients together.
func (f *fleet) received() (entries, bytes int64) {
	for _, c := range f.conns {
		entries += c.count.Load()
		bytes += c.bytes.Load()
	}
	return entries, bytes
}

// await returns when every client has so many entries.
func (f *fleet) await(each int64) error {
	last, moved := int64(-1), time.Now()
	for {
		missing, all := 0, int64(0)
		for i, c := range f.conns {
			n := c.count.Load()
			if err, ok := c.err.Load().(error); ok {
				return fmt.Errorf("client %d of room %d after %d entries: %w", i, i%f.rooms, n, err)
			}
			if n > each {
				return fmt.Errorf("client %d of room %d: %d entries instead of %d", i, i%f.rooms, n, each)
			}
			if n < each {
				missing++
			}
			all += n
		}
		switch {
		case missing == 0:
			return nil
		case all != last:
			last, moved = all, time.Now()
		case time.Since(moved) > stallLimit:
			return fmt.Errorf("lost: %d clients wait for %d entries, %d came to all", missing, each, all)
		}
		time.Sleep(lookEvery)
	}
}

// close ends all connections.
func (f *fleet) close() {
	for _, c := range f.conns {
		if c != nil {
			_ = c.ws.Close()
		}
	}
	f.ended.Wait()
}
