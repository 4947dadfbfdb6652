package socket

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
)

// Fleet is many clients of one server.
type Fleet struct {
	conns []*Conn
	rooms int
	ended sync.WaitGroup
}

// Connect opens so many connections.
func Connect(addr string, n, buffer int) (*Fleet, error) {
	f := &Fleet{conns: make([]*Conn, n)}
	errs := make([]error, dialers)
	var wait sync.WaitGroup
	for d := range dialers {
		wait.Go(func() {
			for i := d; i < n && errs[d] == nil; i += dialers {
				f.conns[i], errs[d] = Dial(addr, buffer)
			}
		})
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Join spreads the clients over runs, and has them receive.
func (f *Fleet) Join(rooms []string) error {
	f.rooms = len(rooms)
	for i, c := range f.conns {
		if err := c.Join(rooms[i%len(rooms)]); err != nil {
			return err
		}
	}
	for _, c := range f.conns {
		f.ended.Go(c.receive)
	}
	return nil
}

// Received is how many entries came to all clients together.
func (f *Fleet) Received() (entries, bytes int64) {
	for _, c := range f.conns {
		entries += c.count.Load()
		bytes += c.bytes.Load()
	}
	return entries, bytes
}

// Await returns when every client has so many entries.
func (f *Fleet) Await(each int64) error {
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

// Close ends all connections.
func (f *Fleet) Close() {
	for _, c := range f.conns {
		if c != nil {
			_ = c.ws.Close()
		}
	}
	f.ended.Wait()
}
