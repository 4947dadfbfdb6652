package plainws

import (
	"context"
	"time"
)

// cutGrace is what the goroutines of a connection have to end after it was cut.
const cutGrace = time.Second

// room is why there is no room for one more connection, "" if there is.
func (s *Server) room() (code int, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.roomLocked()
}

func (s *Server) roomLocked() (code int, reason string) {
	switch {
	case s.closed:
		return closeGoingAway, "server shutting down"
	case len(s.conns) >= s.opts.MaxConns:
		return closeTryAgainLater, "too many connections"
	}
	return 0, ""
}

// admit takes an upgraded connection in. Room is counted here, not in Handle:
// when the answer cannot be sent, the upgrade never comes.
func (s *Server) admit(c *Conn) (code int, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if code, reason = s.roomLocked(); reason != "" {
		s.refused.Add(1)
		return code, reason
	}
	s.conns[c] = struct{}{}
	s.accepted.Add(1)
	return 0, ""
}

func (s *Server) remove(c *Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.conns[c]; !known {
		return
	}
	delete(s.conns, c)
	if s.closed && len(s.conns) == 0 {
		close(s.empty)
	}
}

// Close takes no new connections, says goodbye to every client after what is
// queued for it, and waits until all connections have ended. When ctx ends
// first, it cuts what is left and returns the error of ctx. It must not be
// called by a callback.
func (s *Server) Close(ctx context.Context) error {
	for _, c := range s.shut() {
		c.Close(closeGoingAway, "server shutting down")
	}
	select {
	case <-s.empty:
		return nil
	case <-ctx.Done():
	}
	for _, c := range s.open() {
		c.cut()
	}
	select {
	case <-s.empty:
	case <-time.After(cutGrace): // a callback that does not return
	}
	return ctx.Err()
}

// shut makes the server refuse connections and returns those that are open.
func (s *Server) shut() []*Conn {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		if len(s.conns) == 0 {
			close(s.empty)
		}
	}
	s.mu.Unlock()
	return s.open()
}

func (s *Server) open() []*Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]*Conn, 0, len(s.conns))
	for c := range s.conns {
		all = append(all, c)
	}
	return all
}
