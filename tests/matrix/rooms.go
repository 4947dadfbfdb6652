package main

import (
	"encoding/json"
	"strings"
	"sync"

	"github.com/orchestrix/orchestrix/platform/realtime/socketio"
)

// rooms is who gets the entries of which execution.
type rooms struct {
	mu      sync.RWMutex
	members map[string]map[*socketio.Socket]bool
}

func newRooms() *rooms { return &rooms{members: map[string]map[*socketio.Socket]bool{}} }

func (r *rooms) join(room string, s *socketio.Socket) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.members[room] == nil {
		r.members[room] = map[*socketio.Socket]bool{}
	}
	r.members[room][s] = true
}

func (r *rooms) leave(room string, s *socketio.Socket) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.leaveLocked(room, s)
}

func (r *rooms) leaveAll(s *socketio.Socket) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for room := range r.members {
		r.leaveLocked(room, s)
	}
}

func (r *rooms) leaveLocked(room string, s *socketio.Socket) {
	delete(r.members[room], s)
	if len(r.members[room]) == 0 {
		delete(r.members, room)
	}
}

func (r *rooms) count() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return len(r.members)
}

// emit sends n log entries, each padded to about size bytes.
func (r *rooms) emit(room string, n, size int) {
	type entry struct {
		ExecutionID string `json:"executionId"`
		Seq         int    `json:"seq"`
		Message     string `json:"message"`
	}
	for i := range n {
		text, err := json.Marshal(entry{room, i, strings.Repeat("x", max(size, 0))})
		if err != nil {
			panic(err) // strings and numbers
		}
		packet := socketio.EncodeEvent("execution-log", text)
		r.mu.RLock()
		for s := range r.members[room] {
			s.Send(packet)
		}
		r.mu.RUnlock()
	}
}
