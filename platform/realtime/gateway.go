package realtime

import (
	"context"
	"errors"
	"time"

	"github.com/gofiber/fiber/v2"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/realtime/plainws"
	"github.com/orchestrix/orchestrix/platform/realtime/socketio"
	"github.com/orchestrix/orchestrix/platform/runlog"
)

const (
	maxFollowed = 256       // runs that one client follows at a time
	historyRoom = 256 << 10 // bytes that may wait for a client when it gets more
	// patience is how long a client for which more waits may take nothing at all.
	patience = 3 * time.Second
	tooSlow  = "too slow"
)

// Gateway is where clients follow runs: over Socket.IO, over the log stream, and
// over a plain WebSocket for one run.
type Gateway struct {
	hub     *Hub
	sockets *socketio.Server
	streams *plainws.Server
}

// GatewayOptions of a Gateway.
type GatewayOptions struct {
	AllowOrigin func(origin string) bool // of browsers
	Logger      *zap.Logger
}

// NewGateway returns a gateway to a hub.
func NewGateway(hub *Hub, opts GatewayOptions) *Gateway {
	g := &Gateway{
		hub: hub,
		// A client that is told to leave stays away; one whose connection ends
		// comes back, to the process that follows this one.
		sockets: socketio.New(socketio.Options{AllowOrigin: opts.AllowOrigin, Logger: opts.Logger, SilentClose: true}),
		streams: plainws.New(plainws.Options{AllowOrigin: opts.AllowOrigin, Logger: opts.Logger}),
	}
	g.sockets.On("join-execution", g.join)
	g.sockets.On("leave-execution", g.leave)
	return g
}

// SocketIO serves the path of Socket.IO.
func (g *Gateway) SocketIO(c *fiber.Ctx) error { return g.sockets.Handle(c) }

// LogStream upgrades to the log stream. A request for no upgrade is
// fiber.ErrUpgradeRequired.
func (g *Gateway) LogStream(c *fiber.Ctx) error { return g.streams.Handle(c, g.streamPeer()) }

// Execution upgrades to a WebSocket on which the entries of one run come, from
// the one after the given number. A request for no upgrade is
// fiber.ErrUpgradeRequired.
func (g *Gateway) Execution(c *fiber.Ctx, id string, after int64) error {
	return g.streams.Handle(c, g.executionPeer(id, after))
}

// Close ends every connection with a reason, within ctx.
func (g *Gateway) Close(ctx context.Context) error {
	streams := make(chan error, 1)
	go func() { streams <- g.streams.Close(ctx) }()
	return errors.Join(g.sockets.Close(ctx), <-streams)
}

// awaitRoom waits until a client has taken most of what was sent. One that takes
// nothing is dropped: it can come back, and gets all of it again.
func awaitRoom(ctx context.Context, wait func(context.Context, int) error, drop func()) error {
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := wait(limited, historyRoom)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		drop()
	}
	return err
}

// sendAll sends one entry, and more as long as little waits for the client: a log
// may be larger than what may wait, and a run may make it faster than a client
// takes it.
func sendAll(entries []*runlog.Entry, queued func() int, send func(*runlog.Entry) bool) (taken int, ok bool) {
	for taken < len(entries) {
		if taken > 0 && queued() >= historyRoom {
			break
		}
		if !send(entries[taken]) {
			return taken, false
		}
		taken++
	}
	return taken, true
}
