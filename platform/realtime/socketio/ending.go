package socketio

import (
	"time"

	"github.com/fasthttp/websocket"
)

const (
	closePolicy   = websocket.ClosePolicyViolation
	closeProtocol = websocket.CloseProtocolError
	closeInternal = websocket.CloseInternalServerErr
)

// ending is how a session ends.
type ending struct {
	reason string // for OnDisconnect, and for the client in the close frame
	code   int    // of the close frame; 0: a normal closure
	drain  bool   // what is queued is written first
	leave  bool   // and then a disconnect packet
}

// end closes the session; only the first does anything.
func (s *session) end(e ending) {
	s.mu.Lock()
	first := s.endLocked(e)
	s.mu.Unlock()
	if first {
		s.finish(e.reason)
	}
}

// endLocked is the part of end that calls nobody back. When it returns true,
// finish must follow.
func (s *session) endLocked(e ending) bool {
	if s.closed {
		return false
	}
	s.closed = true
	s.timer.Stop()
	s.signalLocked()
	if s.probe != nil {
		s.probe.cut()
	}
	if !e.drain {
		for _, f := range s.out {
			s.queued -= len(f.wire)
		}
		s.out = nil
	}
	if e.leave && s.sock != nil {
		s.pushLocked(frameLeave)
	}
	if e.code == 0 {
		e.code = websocket.CloseNormalClosure
	}
	if s.ws == nil {
		if s.lingers = s.polling || len(s.out) > 0; s.lingers {
			s.timer.Reset(s.srv.opts.PingTimeout)
			s.kickLocked()
		}
		return true
	}
	s.pushLocked(closeFrame(e.code, e.reason))
	if !e.drain { // the writer may hang on a client that does not read
		s.timer.Reset(closeGrace)
	}
	return true
}

// finish tells the socket's owner, and lets go of the session.
func (s *session) finish(reason string) {
	s.detach(reason)
	s.srv.ended()
	s.mu.Lock()
	s.finished = true
	s.mu.Unlock()
	s.settle()
}

// forget ends the wait for a poll that fetches the farewell.
func (s *session) forget() {
	s.mu.Lock()
	s.lingers = false
	s.mu.Unlock()
	s.settle()
}

// settle gives up the session's own hold on itself, once.
func (s *session) settle() {
	s.mu.Lock()
	over := s.finished && !s.lingers && !s.settled
	s.settled = s.settled || over
	s.mu.Unlock()
	if over {
		s.release()
	}
}

// cut breaks off what hangs on the client.
func (s *session) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ws != nil {
		s.ws.cut()
	}
	if s.probe != nil {
		s.probe.cut()
	}
}

// detach disconnects the socket, if there is one.
func (s *session) detach(reason string) {
	s.mu.Lock()
	sock := s.sock
	s.sock = nil
	s.signalLocked()
	if sock != nil && !s.closed {
		s.connectBy = time.Now().Add(s.srv.opts.ConnectTimeout)
		s.armLocked(time.Now())
	}
	s.mu.Unlock()
	if sock != nil {
		sock.leave(reason)
	}
}
