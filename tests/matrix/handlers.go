package main

import (
	"strings"

	"github.com/orchestrix/orchestrix/platform/realtime/socketio"
)

// handlers answers the events of matrix.mjs.
func handlers(srv *socketio.Server, rooms *rooms) {
	srv.On("join-execution", func(s *socketio.Socket, e *socketio.Event) {
		id := e.String(0)
		rooms.join(id, s)
		s.Emit("joined-execution", map[string]any{"executionId": id})
		e.Ack(map[string]any{"ok": true})
	})
	srv.On("leave-execution", func(s *socketio.Socket, e *socketio.Event) {
		id := e.String(0)
		rooms.leave(id, s)
		s.Emit("left-execution", map[string]any{"executionId": id})
	})
	srv.On("echo", func(_ *socketio.Socket, e *socketio.Event) {
		args := make([]any, e.Len())
		for i := range args {
			args[i] = e.Value(i)
		}
		e.Ack(args...)
	})
	srv.On("ask", func(s *socketio.Socket, e *socketio.Event) {
		s.EmitAck(func(answer *socketio.Event) {
			s.Emit("answer", map[string]any{"value": answer.Value(0)})
		}, "question", e.Value(0))
	})
	srv.On("len", func(_ *socketio.Socket, e *socketio.Event) {
		switch v := e.Value(0).(type) {
		case string:
			e.Ack(len(v))
		case []byte:
			e.Ack(len(v))
		}
	})
	srv.On("getbig", func(_ *socketio.Socket, e *socketio.Event) {
		e.Ack(strings.Repeat("x", size(e)))
	})
	srv.On("getbin", func(s *socketio.Socket, e *socketio.Event) {
		data := make([]byte, size(e))
		for i := range data {
			data[i] = byte(i)
		}
		s.Emit("bin", map[string]any{"meta": "m", "data": data})
	})
}

// size is the first argument, within reason.
func size(e *socketio.Event) (n int) {
	if e.Bind(0, &n) != nil {
		return 0
	}
	return min(max(n, 0), 4<<20)
}
