// Package socketio serves Engine.IO 4 and Socket.IO 5, namespace "/", on Fiber:
// websocket, long-polling and the upgrade between them, acknowledgements and
// binary both ways. It knows sockets and packets; who gets what is its caller's.
package socketio

import (
	"encoding/json"
	"time"

	"go.uber.org/zap"
)

// Bounds on what one client may hold or send.
const (
	maxAttachments = 64     // of one event
	maxArguments   = 256    // of one event
	maxPackets     = 10_000 // in the body of one POST
	maxAcks        = 1024   // that the client still owes
	maxNamespace   = 128    // bytes of a namespace's name
	// closeGrace is what a websocket client has to answer a close frame; until
	// then what it sends is read and dropped, as a reset could lose the frame.
	closeGrace = time.Second
)

// Options of a Server. The zero value takes the defaults.
type Options struct {
	PingInterval   time.Duration // between a pong and the next ping, 25 s
	PingTimeout    time.Duration // for a pong, 20 s
	UpgradeTimeout time.Duration // from probe to upgrade, 10 s
	ConnectTimeout time.Duration // for a session to have a socket, 45 s
	WriteTimeout   time.Duration // for one write to a websocket, 10 s; a host may set its own

	MaxPayload    int // bytes of a message in, of an event's attachments, of a poll's answer; 1,000,000
	MaxQueueBytes int // not yet written to one client, 4 MiB; over it the client is closed as slow
	MaxSessions   int // at the same time, 16,384; more are answered 503

	// AllowOrigin decides on the Origin of a websocket upgrade; polling is
	// covered by CORS. Nil allows all. A request without one passes.
	AllowOrigin func(origin, host string) bool
	// Authorize decides on a socket by the client's auth value, which may be
	// empty. The error's text is sent to the client.
	Authorize func(*Socket, json.RawMessage) error
	// OnConnect is called when a socket has connected, before its first event.
	OnConnect func(*Socket)

	// SilentClose leaves the disconnect packet out when the server closes: the
	// official client then comes back by itself, as it does after a crash.
	SilentClose bool
	Logger      *zap.Logger // none: nothing is logged
}

func (o Options) withDefaults() Options {
	fallback(&o.PingInterval, 25*time.Second)
	fallback(&o.PingTimeout, 20*time.Second)
	fallback(&o.UpgradeTimeout, 10*time.Second)
	fallback(&o.ConnectTimeout, 45*time.Second)
	fallback(&o.WriteTimeout, 10*time.Second)
	fallback(&o.MaxPayload, 1_000_000)
	fallback(&o.MaxQueueBytes, 4<<20)
	fallback(&o.MaxSessions, 16_384)
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	return o
}

func fallback[T ~int | ~int64](v *T, def T) {
	if *v <= 0 {
		*v = def
	}
}
