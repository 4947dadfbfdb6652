package main

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/orchestrix/orchestrix/tests/load/socket"
)

const (
	readBuffer = 64 << 10
	runSteps   = 1000               // of the run that is watched in the fan-out, after one that waits
	perRun     = 2*(runSteps+1) + 2 // entries of its log
)

// begin asks for a background run and returns its id.
func (s *server) begin(path string) (id string, err error) {
	answer, err := s.send("POST", path, `{"ownerId":"`+owner+`","input":{"email":"ada@example.com","name":"Ada"}}`)
	if err != nil {
		return "", err
	}
	var started struct{ ExecutionID string }
	return started.ExecutionID, json.Unmarshal([]byte(answer), &started)
}

// runs begins background runs, each of which a Socket.IO client watches to its
// end.
func runs(s *server, path string, connections int, length time.Duration) (t tally, err error) {
	watchers := make([]*socket.Conn, connections)
	for i := range watchers {
		if watchers[i], err = socket.Dial(s.Addr(), readBuffer); err != nil {
			return t, err
		}
		defer watchers[i].Close() //nolint:errcheck // nothing more is wanted of it
	}
	err = t.crowd(s, connections, length, func(c, _ int) (time.Duration, error) {
		began := time.Now()
		id, err := s.begin(path)
		if err == nil {
			err = watchers[c].Join(id)
		}
		if err == nil {
			err = watchers[c].AwaitEnd()
		}
		took := time.Since(began)
		return took, errors.Join(err, watchers[c].Leave(id))
	})
	return t, err
}

// fanOut has many clients watch one long run, again and again. Each must get
// every entry once and in order.
func fanOut(s *server, path string, watchers int, length time.Duration) (t tally, err error) {
	for begin := time.Now(); time.Since(begin) < length; {
		if err := watched(s, path, watchers, &t); err != nil {
			return t, err
		}
	}
	return t, nil
}

func watched(s *server, path string, watchers int, t *tally) error {
	fleet, err := socket.Connect(s.Addr(), watchers, readBuffer)
	if err != nil {
		return err
	}
	defer fleet.Close()
	id, err := s.begin(path)
	if err != nil {
		return err
	}
	if err := fleet.Join([]string{id}); err != nil { // while the run's first step waits
		return err
	}
	if err := t.timed(s, func() error { return fleet.Await(perRun) }); err != nil {
		return err
	}
	t.count += watchers * perRun
	return nil
}
