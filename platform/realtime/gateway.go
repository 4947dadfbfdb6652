package realtime

import (
	"cmp"
	"context"
	"errors"
	"sync"
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
	// sessionCheck is how late a session is noticed that another process has ended.
	sessionCheck = 30 * time.Second
)

// Gateway is where clients follow runs: over Socket.IO, over the log stream, and
// over a plain WebSocket for one run.
type Gateway struct {
	hub     *Hub
	rules   Rules // nil: everybody follows everything
	log     *zap.Logger
	sockets *socketio.Server
	streams *plainws.Server

	connections connections // with rules: of the login sessions
	ctx         context.Context
	cancel      context.CancelFunc // of what the rules are asked
	owned       sync.WaitGroup
}

// GatewayOptions of a Gateway.
type GatewayOptions struct {
	AllowOrigin func(origin, host string) bool // of browsers
	Logger      *zap.Logger
	Rules       Rules // nil: everybody may follow every run, and nobody is asked who they are
	// SessionCheck is how often the rules are asked whether the login sessions of
	// open connections are alive, 30 s.
	SessionCheck time.Duration
}

// NewGateway returns a gateway to a hub. It needs Close if it ever served or has
// rules.
func NewGateway(hub *Hub, opts GatewayOptions) *Gateway {
	g := &Gateway{hub: hub, rules: opts.Rules, log: opts.Logger, connections: connections{of: map[string]map[connection]struct{}{}}}
	g.ctx, g.cancel = context.WithCancel(context.Background())
	if g.log == nil {
		g.log = zap.NewNop()
	}
	// A client that is told to leave stays away; one whose connection ends comes
	// back, to the process that follows this one.
	sockets := socketio.Options{AllowOrigin: opts.AllowOrigin, Logger: g.log, SilentClose: true}
	if g.rules != nil {
		sockets.Authorize, sockets.OnConnect = g.authorize, g.connected
		g.owned.Go(func() { g.patrol(cmp.Or(opts.SessionCheck, sessionCheck)) })
	}
	g.sockets = socketio.New(sockets)
	g.streams = plainws.New(plainws.Options{AllowOrigin: opts.AllowOrigin, Logger: g.log})
	g.sockets.On("join-execution", g.join)
	g.sockets.On("leave-execution", g.leave)
	return g
}

// SocketIO serves the path of Socket.IO. With v, the request says by its own
// header or cookie whom it speaks for; that counts if it opens a session and the
// client then connects without a token.
func (g *Gateway) SocketIO(c *fiber.Ctx, v *Viewer) error { return g.sockets.HandleFrom(c, v) }

// LogStream upgrades to the log stream. A request for no upgrade is
// fiber.ErrUpgradeRequired.
func (g *Gateway) LogStream(c *fiber.Ctx, v Viewer) error {
	return g.streams.Handle(c, g.streamPeer(v))
}

// Execution upgrades to a WebSocket on which the entries of one run come, from
// the one after the given number. A request for no upgrade is
// fiber.ErrUpgradeRequired; for a run that the viewer may not follow, a 404.
func (g *Gateway) Execution(c *fiber.Ctx, v Viewer, id string, after int64) error {
	return g.streams.Handle(c, g.executionPeer(v, id, after))
}

// Open is how many clients are connected: over Socket.IO, and over plain
// WebSockets.
func (g *Gateway) Open() (sockets, streams int) {
	return g.sockets.Stats(), g.streams.Stats().Open
}

// Close ends every connection with a reason, within ctx.
func (g *Gateway) Close(ctx context.Context) error {
	g.cancel()
	streams := make(chan error, 1)
	go func() { streams <- g.streams.Close(ctx) }()
	err := errors.Join(g.sockets.Close(ctx), <-streams)
	g.owned.Wait()
	return err
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
