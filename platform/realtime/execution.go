package realtime

import (
	"context"
	"errors"

	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/realtime/plainws"
	"github.com/orchestrix/orchestrix/platform/runlog"
)

// executionFollower is a plain WebSocket on which the entries of one run come,
// one JSON object in a frame.
type executionFollower struct {
	conn *plainws.Conn
	sub  *Subscription // nil when there was none to be had
}

// executionPeer serves one such connection. What the client sends is ignored.
func (g *Gateway) executionPeer(v Viewer, id string, after int64) plainws.Peer {
	f := &executionFollower{}
	return plainws.Peer{
		Allow: func() error { return g.allow(v, id) },
		Open: func(conn *plainws.Conn) {
			f.conn = conn
			g.enter(v, plainConnection{conn})
			sub, err := g.hub.Subscribe(id, after, f)
			if err != nil {
				conn.Close(closeInternal, err.Error())
				return
			}
			f.sub = sub
		},
		Closed: func(conn *plainws.Conn) {
			g.exit(v, plainConnection{conn})
			if f.sub != nil {
				f.sub.Cancel()
			}
		},
	}
}

// allow is check for a request that can still be answered.
func (g *Gateway) allow(v Viewer, id string) error {
	if g.rules == nil {
		return nil
	}
	err := ErrUnknownRun // what is no id is no run's
	if validID(id) {
		err = g.check(v, id)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrUnknownRun):
		return apierr.NotFound(ErrUnknownRun.Error()).Because(err)
	}
	return apierr.Unavailable(err.Error())
}

// Deliver sends entries while there is room.
func (f *executionFollower) Deliver(entries []*runlog.Entry) (taken int, ok bool) {
	return sendAll(entries, f.conn.Queued, f.send)
}

func (f *executionFollower) send(e *runlog.Entry) bool {
	return f.conn.Send(runlog.Encoded(e, runlog.Plain, func(e *runlog.Entry) []byte { return e.AppendJSON(nil) }))
}

// Ready waits until the client has taken most of what was sent.
func (f *executionFollower) Ready(ctx context.Context) error {
	return awaitRoom(ctx, f.conn.WaitQueued, func() { f.conn.Close(closeTryAgain, tooSlow) })
}

// CaughtUp needs no answer.
func (f *executionFollower) CaughtUp(int64) {}

// Failed ends the connection.
func (f *executionFollower) Failed(error) { f.conn.Close(closeInternal, errLog.Error()) }
