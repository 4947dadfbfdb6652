package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/fasthttp/websocket"

	"github.com/orchestrix/orchestrix/tests/load/socket"
	"github.com/orchestrix/orchestrix/tests/steady/lab"
)

const (
	readBuffer = 4 << 10
	liveLimit  = 30 * time.Second // for anything that a run has to say
	stalled    = 3 * time.Second  // that a bad client takes nothing
)

// begin asks for a background run and returns its id.
func begin(client *lab.Client) (id string, err error) {
	var started struct{ ExecutionID string }
	err = client.Must("POST", "/workflows/watched/execute", `{"ownerId":"`+lab.Owner+`"}`, &started)
	return started.ExecutionID, err
}

// watchSocketIO follows a run to its end.
func watchSocketIO(k *soak, client *lab.Client, _ int) error {
	conn, err := socket.Dial(k.server.Addr(), readBuffer)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // nothing more is wanted of it
	id, err := begin(client)
	if err != nil {
		return err
	}
	if err := conn.Join(id); err != nil {
		return err
	}
	return conn.AwaitEnd()
}

// watchWebSocket follows a run, entry by entry.
func watchWebSocket(k *soak, client *lab.Client, _ int) error {
	id, err := begin(client)
	if err != nil {
		return err
	}
	last := -1
	ended, err := k.follow(id, &last, -1)
	if err == nil && !ended {
		err = errors.New("the log did not end")
	}
	return err
}

// comeBack follows a run, goes away in the middle, and comes back for the rest.
func comeBack(k *soak, client *lab.Client, _ int) error {
	id, err := begin(client)
	if err != nil {
		return err
	}
	last := -1
	for {
		ended, err := k.follow(id, &last, 3)
		if ended || err != nil {
			return err
		}
	}
}

// follow reads a run's log from the entry after last: so many entries, or all of
// them to the end. Each must come once and in order.
func (k *soak) follow(id string, last *int, most int) (ended bool, err error) {
	path := fmt.Sprintf("ws://%s/ws/executions/%s?afterSeq=%d&ownerId=%s", k.server.Addr(), id, *last, lab.Owner)
	conn, _, err := websocket.DefaultDialer.Dial(path, nil) //nolint:bodyclose // it is the connection
	if err != nil {
		return false, err
	}
	defer conn.Close() //nolint:errcheck // nothing more is wanted of it
	if err := conn.SetReadDeadline(time.Now().Add(liveLimit)); err != nil {
		return false, err
	}
	for n := 0; n != most; n++ {
		var entry struct {
			Seq  int
			Type string
		}
		if err := conn.ReadJSON(&entry); err != nil {
			return false, err
		}
		if entry.Seq != *last+1 {
			return false, fmt.Errorf("entry %d of %s follows %d", entry.Seq, id, *last)
		}
		*last = entry.Seq
		if entry.Type == "workflow_complete" {
			return true, nil
		}
	}
	return false, nil
}

// stall joins a run and reads nothing of it.
func stall(k *soak, client *lab.Client, _ int) error {
	conn, err := socket.Dial(k.server.Addr(), readBuffer)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // it is a bad client
	id, err := begin(client)
	if err != nil {
		return err
	}
	if err := conn.Join(id); err != nil {
		return err
	}
	time.Sleep(stalled)
	return nil
}

// halfRequest sends the half of a request, and goes.
func halfRequest(k *soak, _ *lab.Client, _ int) error {
	conn, err := net.Dial("tcp", k.server.Addr())
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // it is a bad client
	if _, err := io.WriteString(conn, "POST /workflows HTTP/1.1\r\nHost: soak\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"); err != nil {
		return err
	}
	time.Sleep(stalled)
	return nil
}
