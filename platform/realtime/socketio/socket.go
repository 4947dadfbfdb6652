package socketio

import (
	"context"
	"net/url"
	"sync"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// Socket is one connected client.
type Socket struct {
	// Data is the caller's, who also guards it.
	Data any

	id      string
	session *session

	mu      sync.Mutex
	gone    bool
	reason  string
	onGone  []func(reason string)
	acks    map[int64]func(*Event)
	nextAck int64
}

// Query returns a parameter of the URL that the client connected with, "" when
// there is none.
func (sock *Socket) Query(name string) string {
	values, _ := url.ParseQuery(sock.session.query) // what is malformed is left out
	return values.Get(name)
}

// Handshake returns what HandleFrom was given with the request that opened the
// client's session, nil with Handle.
func (sock *Socket) Handshake() any { return sock.session.shook }

// Emit sends an event. Values are encoded as doc.AppendJSON does; a []byte
// anywhere in them is sent as binary. It returns what Send does.
func (sock *Socket) Emit(event string, args ...any) bool { return sock.emit(-1, event, args) }

func (sock *Socket) emit(id int64, event string, args []any) bool {
	return sock.Send(encode(typeEvent, id, append(doc.Array{event}, args...)))
}

// EmitAck sends an event, and calls answered with what the client acknowledges
// it with; never, when the client goes away first. It returns false without
// sending when the client owes too many acknowledgements.
func (sock *Socket) EmitAck(answered func(*Event), event string, args ...any) bool {
	sock.mu.Lock()
	if sock.gone || len(sock.acks) >= maxAcks {
		sock.mu.Unlock()
		return false
	}
	if sock.acks == nil {
		sock.acks = map[int64]func(*Event){}
	}
	id := sock.nextAck
	sock.nextAck++
	sock.acks[id] = answered
	sock.mu.Unlock()
	return sock.emit(id, event, args)
}

// Send queues a packet and never waits for the client. It returns false when
// the socket is gone, or too slow and therefore being closed.
func (sock *Socket) Send(p Packet) bool { return sock.session.send(sock, p) }

// Queued is the bytes that are not yet written to the client.
func (sock *Socket) Queued() int {
	sock.session.mu.Lock()
	defer sock.session.mu.Unlock()
	return sock.session.queued
}

// WaitQueued returns when fewer than so many bytes are queued; with an error
// when ctx ends, or with ErrGone. It is for a goroutine of the caller's: while
// a handler waits, nothing of its client is read.
func (sock *Socket) WaitQueued(ctx context.Context, below int) error {
	return sock.session.waitQueued(ctx, sock, below)
}

// OnDisconnect has a function called, once, when the socket is gone; at once
// when it is already.
func (sock *Socket) OnDisconnect(fn func(reason string)) {
	sock.mu.Lock()
	gone := sock.gone
	if !gone {
		sock.onGone = append(sock.onGone, fn)
	}
	sock.mu.Unlock()
	if gone {
		fn(sock.reason)
	}
}

// Disconnect sends what is queued and ends the client's session. The official
// client does not come back by itself.
func (sock *Socket) Disconnect() {
	if sock.session.socket() == sock {
		sock.session.end(ending{reason: "server namespace disconnect", drain: true, leave: true})
	}
}

// Drop ends the client's session at once, without what is queued. The official
// client comes back by itself.
func (sock *Socket) Drop(reason string) {
	if sock.session.socket() == sock {
		sock.session.end(ending{reason: reason, code: closePolicy})
	}
}

func (sock *Socket) leave(reason string) {
	sock.mu.Lock()
	sock.gone, sock.reason, sock.acks = true, reason, nil
	calls := sock.onGone
	sock.onGone = nil
	sock.mu.Unlock()
	for _, fn := range calls {
		sock.session.guard("disconnect", func() { fn(reason) })
	}
}

func (sock *Socket) takeAck(id int64) func(*Event) {
	sock.mu.Lock()
	defer sock.mu.Unlock()
	fn := sock.acks[id]
	delete(sock.acks, id)
	return fn
}
