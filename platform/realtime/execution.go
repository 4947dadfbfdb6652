package realtime

import (
	"context"

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
func (g *Gateway) executionPeer(id string, after int64) plainws.Peer {
	f := &executionFollower{}
	return plainws.Peer{
		Open: func(conn *plainws.Conn) {
			f.conn = conn
			sub, err := g.hub.Subscribe(id, after, f)
			if err != nil {
				conn.Close(closeInternal, err.Error())
				return
			}
			f.sub = sub
		},
		Closed: func(*plainws.Conn) {
			if f.sub != nil {
				f.sub.Cancel()
			}
		},
	}
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
