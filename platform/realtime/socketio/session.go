package socketio

import (
	"crypto/rand"
	"encoding/base64"
	"strconv"
	"sync"
	"time"
)

// session is one Engine.IO session. It outlives the upgrade from polling to
// websocket.
type session struct {
	id    string
	srv   *Server
	query string // of the handshake, encoded
	shook any    // what the caller knew of it

	mu       sync.Mutex
	refs     int // what keeps the session: itself until it is forgotten, and all that runs for it
	out      []frame
	queued   int           // bytes of out and of what is being written
	progress chan struct{} // closed when queued falls or the session ends; nil without a waiter
	ws       *wsConn       // nil while polling
	flushing bool          // a goroutine writes to ws
	idle     sync.Cond     // flushing ended
	broken   bool          // writing to ws failed
	probe    *wsConn       // of an upgrade under way
	probed   bool          // it was answered: polls return at once
	polling  bool          // a GET is held
	posting  bool          // a POST is read
	wake     chan struct{} // for the held GET

	closed    bool
	finished  bool // and its socket's owner was told
	lingers   bool // closed, but a poll may still fetch the farewell
	settled   bool // no longer holds itself
	timer     *time.Timer
	pinged    bool      // a pong is due
	due       time.Time // of the pong, or else of the next ping
	connectBy time.Time // while there is no socket
	sock      *Socket   // nil before connect and after disconnect

	inMu        sync.Mutex // one packet at a time
	pending     packet     // waits for attachments
	attachments [][]byte
	received    int // bytes of attachments
}

// newSession opens a session with the handshake queued; it polls when there is
// no websocket.
func (srv *Server) newSession(query string, ws *wsConn) (*session, error) {
	s := &session{id: newID(), srv: srv, query: query, ws: ws, refs: 1}
	s.idle.L = &s.mu
	if ws == nil {
		s.wake = make(chan struct{}, 1)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := srv.add(s); err != nil {
		return nil, err
	}
	now := time.Now()
	s.due, s.connectBy = now.Add(srv.opts.PingInterval), now.Add(srv.opts.ConnectTimeout)
	s.timer = time.AfterFunc(min(srv.opts.PingInterval, srv.opts.ConnectTimeout), s.tick)
	s.pushLocked(s.handshake())
	return s, nil
}

func newID() string {
	var b [15]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func (s *session) handshake() frame {
	opts := &s.srv.opts
	buf := append(make([]byte, frameRoom, 160), `0{"sid":"`...)
	buf = append(append(buf, s.id...), `","upgrades":[`...)
	if s.ws == nil {
		buf = append(buf, `"websocket"`...)
	}
	buf = strconv.AppendInt(append(buf, `],"pingInterval":`...), opts.PingInterval.Milliseconds(), 10)
	buf = strconv.AppendInt(append(buf, `,"pingTimeout":`...), opts.PingTimeout.Milliseconds(), 10)
	buf = strconv.AppendInt(append(buf, `,"maxPayload":`...), int64(opts.MaxPayload), 10)
	return newFrame(opText, append(buf, '}'))
}

// hold keeps the session for something that is going to run for it. It fails
// when the session is over.
func (s *session) hold() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refs == 0 {
		return false
	}
	s.refs++
	return true
}

func (s *session) release() {
	s.mu.Lock()
	s.refs--
	last := s.refs == 0
	s.mu.Unlock()
	if last {
		s.srv.removed(s)
	}
}

// moved reports whether the session has left polling for a websocket.
func (s *session) moved() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ws != nil
}

func (s *session) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// over reports whether the session has nothing left for its client.
func (s *session) over() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed && !s.lingers
}
