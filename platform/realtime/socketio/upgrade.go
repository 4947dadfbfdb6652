package socketio

import (
	"errors"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/gofiber/fiber/v2"
	"go.uber.org/zap"
)

// upgrade makes the connection a websocket: of a new session, or of one that
// polls.
func (srv *Server) upgrade(c *fiber.Ctx, s *session, handshake any) error {
	query := ""
	if s == nil {
		query = queryOf(c)
	}
	// A refusal has been answered, so the error says nothing more.
	_ = srv.upgrader.Upgrade(c.Context(), func(conn *websocket.Conn) {
		defer srv.recoverReader()
		ws := newWSConn(conn, srv.opts.WriteTimeout)
		conn.SetReadLimit(int64(srv.opts.MaxPayload))
		if s != nil {
			s.serveUpgrade(ws)
			return
		}
		if s, err := srv.newSession(query, ws); err == nil && s.hold() {
			s.shook = handshake // nothing of the client is read before
			s.read(ws)
		}
	})
	return nil
}

// recoverReader is for panics below the handlers, which have their own guard.
func (srv *Server) recoverReader() {
	if p := recover(); p != nil {
		srv.opts.Logger.Error("websocket panicked", zap.Any("panic", p), zap.Stack("stack"))
	}
}

// read handles what comes in until the connection ends. The session was held
// for it.
func (s *session) read(ws *wsConn) {
	defer s.release()
	reason := "transport error"
	defer func() {
		s.end(ending{reason: reason, code: closeProtocol})
		// The writer ends first: the connection is the library's again after this.
		s.timer.Reset(closeGrace)
		s.waitIdle()
		s.timer.Stop()
		ws.cut()
	}()
	ws.conn.SetPingHandler(func(data string) error {
		s.send(nil, packetOf(controlFrame(opPong, data)))
		return nil
	})
	ws.conn.SetCloseHandler(func(int, string) error { return nil }) // end answers
	for {
		kind, data, err := ws.conn.ReadMessage()
		if err != nil {
			if closed := (*websocket.CloseError)(nil); errors.As(err, &closed) {
				reason = "transport close"
			}
			return
		}
		if !s.receive(kind == websocket.BinaryMessage, data) {
			reason = "parse error"
			return
		}
	}
}

// serveUpgrade moves a polling session to a websocket, by the probe that the
// client sends first.
func (s *session) serveUpgrade(ws *wsConn) {
	if !s.hold() {
		return
	}
	if !s.beginProbe(ws) {
		s.release()
		return
	}
	_ = ws.conn.SetReadDeadline(time.Now().Add(s.srv.opts.UpgradeTimeout))
	ok := ws.expect("2probe") && s.answerProbe(ws) && ws.expect("5")
	_ = ws.conn.SetReadDeadline(time.Time{})
	if !s.endProbe(ws, ok) {
		s.release()
		return
	}
	s.read(ws)
}

// beginProbe allows one probe at a time.
func (s *session) beginProbe(ws *wsConn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.probe != nil || s.ws != nil {
		return false
	}
	s.probe = ws
	return true
}

// answerProbe lets polls return from now on: the client waits for that.
func (s *session) answerProbe(ws *wsConn) bool {
	if ws.write([]frame{frameProbed}, func(int) {}) != nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.probed = true
	s.kickLocked()
	return true
}

func (s *session) endProbe(ws *wsConn, ok bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.probe, s.probed = nil, false
	if !ok || s.closed {
		return false
	}
	if s.polling { // a client that did not wait
		s.kickLocked()
	}
	s.ws = ws
	if len(s.out) > 0 {
		s.kickLocked()
	}
	return true
}
