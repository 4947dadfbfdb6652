package realtime

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/realtime/plainws"
	"github.com/orchestrix/orchestrix/platform/runlog"
)

// streamName is the only stream there is.
const streamName = "executionLog"

// streamMessage is what a client of the log stream sends.
type streamMessage struct {
	Type string `json:"type"`
	Data struct {
		StreamName     string `json:"streamName"`
		GroupID        string `json:"groupId"`
		SubscriptionID string `json:"subscriptionId"`
	} `json:"data"`
}

// streamClient is one connection of the log stream.
type streamClient struct {
	gateway *Gateway
	viewer  Viewer
	conn    *plainws.Conn

	mu     sync.Mutex
	gone   bool
	groups map[string]*streamFollower
}

// streamPeer serves one connection of the log stream (realtime.md).
func (g *Gateway) streamPeer(v Viewer) plainws.Peer {
	client := &streamClient{gateway: g, viewer: v, groups: map[string]*streamFollower{}}
	return plainws.Peer{
		Open: func(conn *plainws.Conn) {
			client.conn = conn
			g.enter(v, plainConnection{conn})
		},
		Message: func(_ *plainws.Conn, text []byte) { client.receive(text) },
		Closed: func(conn *plainws.Conn) {
			g.exit(v, plainConnection{conn})
			client.end()
		},
	}
}

// receive handles a message. What it does not understand it ignores.
func (c *streamClient) receive(text []byte) {
	var m streamMessage
	if json.Unmarshal(text, &m) != nil || m.Data.StreamName != streamName || !validID(m.Data.GroupID) {
		return
	}
	switch m.Type {
	case "join":
		if c.admit(m.Data.GroupID) {
			c.join(m.Data.GroupID, m.Data.SubscriptionID)
		}
	case "leave":
		c.leave(m.Data.GroupID, m.Data.SubscriptionID)
	}
}

// admit reports whether the client may follow a group. If not, the answer is
// that of a run that does not exist.
func (c *streamClient) admit(group string) bool {
	err := c.gateway.check(c.viewer, group)
	switch {
	case err == nil:
		return true
	case errors.Is(err, ErrUnknownRun):
		frame, _ := syncFrame(group, nil)
		c.conn.Send(frame)
	case errors.Is(err, errLog): // as when it cannot be read
		c.conn.Close(closeInternal, err.Error())
	}
	return false
}

// join answers with all entries so far, however often it is asked for the same
// group; what follows comes once for all subscriptions of the group.
func (c *streamClient) join(group, subscription string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone {
		return
	}
	f := &streamFollower{client: c, group: group, subscriptions: map[string]struct{}{subscription: {}}}
	if earlier := c.groups[group]; earlier != nil {
		earlier.sub.Cancel()
		f.subscriptions = earlier.subscriptions
		if len(f.subscriptions) < maxFollowed {
			f.subscriptions[subscription] = struct{}{}
		}
	} else if len(c.groups) >= maxFollowed {
		return
	}
	sub, err := c.gateway.hub.Subscribe(group, -1, f)
	if err != nil {
		return
	}
	f.sub = sub
	c.groups[group] = f
}

func (c *streamClient) leave(group, subscription string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := c.groups[group]
	if f == nil {
		return
	}
	delete(f.subscriptions, subscription)
	if len(f.subscriptions) == 0 {
		f.sub.Cancel()
		delete(c.groups, group)
	}
}

func (c *streamClient) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gone = true
	for _, f := range c.groups {
		f.sub.Cancel()
	}
	c.groups = nil
}

// streamFollower is one connection of the log stream that follows one run.
type streamFollower struct {
	client        *streamClient
	group         string
	sub           *Subscription
	subscriptions map[string]struct{} // guarded by client.mu
	synced        bool
}

// Deliver sends the first entries, or that there are none, as a sync, and each
// later one as a create.
func (f *streamFollower) Deliver(entries []*runlog.Entry) (taken int, ok bool) {
	if !f.synced {
		f.synced = true
		frame, taken := syncFrame(f.group, entries)
		return taken, f.client.conn.Send(frame)
	}
	return sendAll(entries, f.client.conn.Queued, f.send)
}

func (f *streamFollower) send(e *runlog.Entry) bool {
	return f.client.conn.Send(runlog.Encoded(e, runlog.Stream, createFrame))
}

func frameStart(at time.Time, group string) []byte {
	b := strconv.AppendInt([]byte(`{"timestamp":`), at.UnixMilli(), 10)
	return doc.AppendJSON(append(b, `,"streamName":"`+streamName+`","groupId":`...), group)
}

// maxSync bounds a sync, in bytes; the rest of a longer log comes as creates.
const maxSync = 1 << 20

func syncFrame(group string, entries []*runlog.Entry) (frame []byte, taken int) {
	b := append(frameStart(time.Now(), group), `,"event":{"type":"sync","data":[`...)
	for taken < len(entries) && len(b) < maxSync {
		if taken > 0 {
			b = append(b, ',')
		}
		b = entries[taken].AppendStreamJSON(b)
		taken++
	}
	return append(b, `]}}`...), taken
}

func createFrame(e *runlog.Entry) []byte {
	b := append(frameStart(e.At, e.ExecutionID), `,"id":`...)
	b = append(doc.AppendJSON(b, e.ID()), `,"event":{"type":"create","data":`...)
	return append(e.AppendStreamJSON(b), `}}`...)
}

// Ready waits until the client has taken most of what was sent.
func (f *streamFollower) Ready(ctx context.Context) error {
	return awaitRoom(ctx, f.client.conn.WaitQueued, func() { f.client.conn.Close(closeTryAgain, tooSlow) })
}

// CaughtUp needs no answer.
func (f *streamFollower) CaughtUp(int64) {}

// Failed ends the connection: the frontend comes back and joins again.
func (f *streamFollower) Failed(error) { f.client.conn.Close(closeInternal, errLog.Error()) }

// Close codes (RFC 6455, 7.4.1, and the IANA registry).
const (
	closeInternal = 1011 // a server's failure
	closeTryAgain = 1013
)
