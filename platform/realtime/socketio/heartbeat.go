package socketio

import "time"

// tick is the session's timer: it pings, and ends a session that does not
// answer, or that has no socket for too long. After the end it breaks off what
// is left.
func (s *session) tick() {
	if !s.hold() {
		return
	}
	defer s.release()
	now := time.Now()
	s.mu.Lock()
	reason := ""
	switch {
	case s.closed:
		s.mu.Unlock()
		s.cut()
		s.forget()
		return
	case s.sock == nil && !now.Before(s.connectBy):
		reason = "connect timeout"
	case now.Before(s.due): // woken for connectBy, which has passed or moved
	case s.pinged:
		reason = "ping timeout"
	default:
		s.pinged, s.due = true, now.Add(s.srv.opts.PingTimeout)
		s.pushLocked(framePing)
	}
	if reason == "" {
		s.armLocked(now)
	}
	s.mu.Unlock()
	if reason != "" {
		s.end(ending{reason: reason})
	}
}

// armLocked sets the timer to what comes first.
func (s *session) armLocked(now time.Time) {
	next := s.due
	if s.sock == nil && s.connectBy.Before(next) {
		next = s.connectBy
	}
	s.timer.Reset(next.Sub(now))
}

func (s *session) pong() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || !s.pinged {
		return
	}
	now := time.Now()
	s.pinged, s.due = false, now.Add(s.srv.opts.PingInterval)
	s.armLocked(now)
}
