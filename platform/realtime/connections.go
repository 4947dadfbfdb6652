package realtime

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/realtime/plainws"
	"github.com/orchestrix/orchestrix/platform/realtime/socketio"
)

// closeUnauthorized is the close code for what a 401 is to a request; codes from
// 4000 on are the application's.
const closeUnauthorized = 4401

// connection is an open connection, comparable.
type connection interface {
	// end ends it. It does not wait for the client.
	end(reason error)
}

type plainConnection struct{ *plainws.Conn }

func (c plainConnection) end(reason error) {
	code := closeTryAgain
	if errors.Is(reason, errEnded) {
		code = closeUnauthorized
	}
	c.Close(code, reason.Error())
}

type socketConnection struct{ *socketio.Socket }

// end makes the client stay away when its session has ended. Otherwise it comes
// back by itself.
func (c socketConnection) end(reason error) {
	if errors.Is(reason, errEnded) {
		c.Disconnect()
		return
	}
	c.Drop(reason.Error())
}

// connections are the open ones of each login session.
type connections struct {
	mu sync.Mutex
	of map[string]map[connection]struct{}
}

func (all *connections) add(session string, c connection) {
	all.mu.Lock()
	defer all.mu.Unlock()
	if all.of[session] == nil {
		all.of[session] = map[connection]struct{}{}
	}
	all.of[session][c] = struct{}{}
}

func (all *connections) remove(session string, c connection) {
	all.mu.Lock()
	defer all.mu.Unlock()
	delete(all.of[session], c)
	if len(all.of[session]) == 0 {
		delete(all.of, session)
	}
}

func (all *connections) sessions() []string {
	all.mu.Lock()
	defer all.mu.Unlock()
	ids := make([]string, 0, len(all.of))
	for id := range all.of {
		ids = append(ids, id)
	}
	return ids
}

func (all *connections) ofSessions(ids []string) (found []connection) {
	all.mu.Lock()
	defer all.mu.Unlock()
	for _, id := range ids {
		for c := range all.of[id] {
			found = append(found, c)
		}
	}
	return found
}

// EndSessions ends every connection that came with one of these login sessions.
// The rules must say already that these are not alive: a connection that is just
// being opened asks them.
func (g *Gateway) EndSessions(ids ...string) {
	for _, c := range g.connections.ofSessions(ids) { // what ends removes itself: without the lock
		c.end(errEnded)
	}
}

// enter notes an open connection, and ends it when its session is over: that may
// have happened before it was noted.
func (g *Gateway) enter(v Viewer, c connection) {
	if g.rules == nil || v.Session == "" {
		return
	}
	g.connections.add(v.Session, c)
	if err := g.confirm(v); err != nil {
		c.end(err)
	}
}

// exit forgets a connection.
func (g *Gateway) exit(v Viewer, c connection) { g.connections.remove(v.Session, c) }

// patrol ends the connections of sessions that another process has ended, or
// that have expired.
func (g *Gateway) patrol(every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-g.ctx.Done():
			return
		case <-ticker.C:
		}
		if failed, err := g.endDead(); err != nil && g.ctx.Err() == nil {
			g.log.Warn("asking whether login sessions are alive", zap.Int("failed", failed), zap.Error(err))
		}
	}
}

// endDead asks for every session that has connections. It returns how often that
// failed, and how at last; when no answer comes in time, it asks no further.
func (g *Gateway) endDead() (failed int, last error) {
	for _, id := range g.connections.sessions() {
		ctx, cancel := context.WithTimeout(g.ctx, askLimit)
		alive, err := g.rules.Alive(ctx, id)
		late := ctx.Err() != nil
		cancel()
		if err != nil {
			failed, last = failed+1, err
		} else if !alive {
			g.EndSessions(id)
		}
		if late {
			break // the next round begins with other ones
		}
	}
	return failed, last
}
