package realtime

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/realtime/socketio"
	"github.com/orchestrix/orchestrix/platform/runlog"
)

var (
	errAfter = errors.New("afterSeq is a whole number")
	errMany  = fmt.Errorf("a client follows at most %d executions", maxFollowed)
	errLog   = errors.New("the log cannot be read now; join again")
	errLeft  = errors.New("the execution was left before its log had come")
)

// sockets are the runs that one Socket.IO client follows.
type sockets struct {
	viewer Viewer // set before the first event

	mu       sync.Mutex
	gone     bool
	followed map[string]*socketFollower
}

// joinRequest is what join-execution comes with: the id, or an object.
type joinRequest struct {
	ExecutionID string `json:"executionId"`
	AfterSeq    *int64 `json:"afterSeq"`
}

func (r *joinRequest) read(e *socketio.Event) error {
	if r.ExecutionID = e.String(0); r.ExecutionID != "" {
		return nil
	}
	err := json.Unmarshal(e.Raw(0), r)
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong) && wrong.Field == "afterSeq":
		return errAfter
	case err != nil:
		return ErrID
	}
	return nil
}

// join handles join-execution (realtime.md).
func (g *Gateway) join(sock *socketio.Socket, e *socketio.Event) {
	var req joinRequest
	err := req.read(e)
	if err == nil {
		err = g.follow(sock, e, &req)
	}
	if err != nil {
		refused(e, err)
	}
}

func (g *Gateway) follow(sock *socketio.Socket, e *socketio.Event, req *joinRequest) error {
	if !validID(req.ExecutionID) {
		return ErrID
	}
	all := g.of(sock)
	if err := g.check(all.viewer, req.ExecutionID); err != nil { // may take its time: without the lock
		return err
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	if all.gone {
		return ErrClosed
	}
	joined := doc.Object{{Key: "executionId", Value: req.ExecutionID}}
	if f := all.followed[req.ExecutionID]; f != nil { // it gets every entry once, however often it joins
		sock.Emit("joined-execution", joined)
		f.answer(e)
		return nil
	}
	if len(all.followed) >= maxFollowed {
		return errMany
	}
	sock.Emit("joined-execution", joined)
	f := &socketFollower{sock: sock, all: all, id: req.ExecutionID, waiting: []*socketio.Event{e}}
	after := int64(-1)
	if req.AfterSeq != nil {
		after = *req.AfterSeq
	}
	sub, err := g.hub.Subscribe(req.ExecutionID, after, f)
	if err != nil {
		return err
	}
	f.sub = sub
	all.followed[req.ExecutionID] = f
	return nil
}

// connected notes a client that was authorized.
func (g *Gateway) connected(sock *socketio.Socket) {
	v, c := g.of(sock).viewer, socketConnection{sock}
	// Not before it is noted, or one that has gone would stay; but always.
	defer sock.OnDisconnect(func(string) { g.exit(v, c) })
	g.enter(v, c)
}

// of returns what a client follows. Events of one client come one at a time.
func (g *Gateway) of(sock *socketio.Socket) *sockets {
	if all, ok := sock.Data.(*sockets); ok {
		return all
	}
	all := &sockets{followed: map[string]*socketFollower{}}
	sock.Data = all
	sock.OnDisconnect(func(string) { all.end() })
	return all
}

func (all *sockets) end() {
	all.mu.Lock()
	defer all.mu.Unlock()
	all.gone = true
	for _, f := range all.followed {
		f.sub.Cancel()
	}
	all.followed = nil
}

// leave handles leave-execution.
func (g *Gateway) leave(sock *socketio.Socket, e *socketio.Event) {
	var req joinRequest
	if req.read(e) == nil {
		g.of(sock).drop(req.ExecutionID, nil)
	}
	e.Ack(doc.Object{{Key: "ok", Value: true}, {Key: "executionId", Value: req.ExecutionID}})
}

// drop ends following a run; with f, only if it is still that one.
func (all *sockets) drop(id string, f *socketFollower) {
	all.mu.Lock()
	defer all.mu.Unlock()
	if have := all.followed[id]; have != nil && (f == nil || have == f) {
		have.sub.Cancel()
		delete(all.followed, id)
		have.refuse(errLeft)
	}
}

// socketFollower is one Socket.IO client that follows one run.
type socketFollower struct {
	sock *socketio.Socket
	all  *sockets
	id   string
	sub  *Subscription

	mu      sync.Mutex
	live    bool
	last    int64 // when live: the last entry there was when it became so, or the last delivered
	waiting []*socketio.Event
}

// Deliver sends entries as execution-log events while there is room.
func (f *socketFollower) Deliver(entries []*runlog.Entry) (taken int, ok bool) {
	taken, ok = sendAll(entries, f.sock.Queued, f.send)
	if taken > 0 {
		f.mu.Lock()
		f.last = entries[taken-1].Seq
		f.mu.Unlock()
	}
	return taken, ok
}

func (f *socketFollower) send(e *runlog.Entry) bool {
	return f.sock.Send(runlog.Encoded(e, runlog.SocketIO, logPacket))
}

func logPacket(e *runlog.Entry) socketio.Packet {
	return socketio.EncodeEvent("execution-log", e.AppendJSON(nil))
}

// Ready waits until the client has taken most of what was sent.
func (f *socketFollower) Ready(ctx context.Context) error {
	return awaitRoom(ctx, f.sock.WaitQueued, func() { f.sock.Drop(tooSlow) })
}

// CaughtUp acknowledges the join.
func (f *socketFollower) CaughtUp(last int64) {
	f.mu.Lock()
	f.live, f.last = true, last
	waiting := f.waiting
	f.waiting = nil
	f.mu.Unlock()
	for _, e := range waiting {
		f.acknowledge(e, last)
	}
}

// answer acknowledges a further join, once the history is over.
func (f *socketFollower) answer(e *socketio.Event) {
	f.mu.Lock()
	live, last := f.live, f.last
	if !live && len(f.waiting) < maxFollowed {
		f.waiting = append(f.waiting, e)
	}
	f.mu.Unlock()
	if live {
		f.acknowledge(e, last)
	}
}

func (f *socketFollower) acknowledge(e *socketio.Event, last int64) {
	e.Ack(doc.Object{{Key: "ok", Value: true}, {Key: "executionId", Value: f.id}, {Key: "lastSeq", Value: last}})
}

// Failed lets the client join again.
func (f *socketFollower) Failed(error) {
	f.refuse(errLog)
	f.all.drop(f.id, f)
}

// refuse answers the joins that wait for the history, which will not come.
func (f *socketFollower) refuse(reason error) {
	f.mu.Lock()
	waiting := f.waiting
	f.waiting = nil
	f.mu.Unlock()
	for _, e := range waiting {
		refused(e, reason)
	}
}

func refused(e *socketio.Event, reason error) {
	e.Ack(doc.Object{{Key: "ok", Value: false}, {Key: "error", Value: reason.Error()}})
}
