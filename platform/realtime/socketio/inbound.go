package socketio

import (
	"encoding/json"
	"unicode/utf8"

	"go.uber.org/zap"
)

// Engine.IO packet types that a client sends.
const (
	engineClose   = '1'
	enginePong    = '3'
	engineMessage = '4'
	engineUpgrade = '5'
	engineNoop    = '6'
)

// receive handles one Engine.IO packet, and keeps it. It returns false when the
// client broke the protocol. What comes after the end is ignored.
func (s *session) receive(binary bool, data []byte) bool {
	s.inMu.Lock()
	defer s.inMu.Unlock()
	if s.isClosed() {
		return true
	}
	if binary {
		return s.attach(data)
	}
	if len(data) == 0 || !utf8.Valid(data) {
		return false
	}
	switch data[0] {
	case enginePong:
		s.pong()
	case engineMessage:
		return s.message(data[1:])
	case engineClose:
		s.end(ending{reason: "transport close"})
	case engineUpgrade, engineNoop:
	default:
		return false
	}
	return true
}

func (s *session) message(text []byte) bool {
	p, err := decodePacket(text)
	if err != nil || s.pending.kind != 0 {
		return false
	}
	if p.attachments > 0 {
		s.pending = p
		return true
	}
	return s.dispatch(p, nil)
}

// attach takes an attachment of the pending packet, which is complete with the
// last.
func (s *session) attach(data []byte) bool {
	s.received += len(data)
	if s.pending.kind == 0 || s.received > s.srv.opts.MaxPayload {
		return false
	}
	s.attachments = append(s.attachments, data)
	if len(s.attachments) < s.pending.attachments {
		return true
	}
	p, attachments := s.pending, s.attachments
	s.pending, s.attachments, s.received = packet{}, nil, 0
	return s.dispatch(p, attachments)
}

func (s *session) dispatch(p packet, attachments [][]byte) bool {
	if p.kind == typeConnect {
		return s.connect(p)
	}
	sock := s.socket()
	if sock == nil || p.namespace != "/" {
		return s.isClosed() // an event may cross with the server's disconnect
	}
	switch p.kind {
	case typeDisconnect: // the client closes the session itself, or connects again
		s.detach("client namespace disconnect")
		return true
	case typeEvent, typeBinEvent:
		return s.event(sock, p, attachments)
	case typeAck, typeBinAck:
		return s.answer(sock, p, attachments)
	}
	return false
}

func (s *session) event(sock *Socket, p packet, attachments [][]byte) bool {
	args, ok := decodeArgs(p.data)
	var name string
	if !ok || len(args) == 0 || json.Unmarshal(args[0], &name) != nil {
		return false
	}
	if handle := s.srv.handlers[name]; handle != nil {
		s.guard(name, func() {
			handle(sock, &Event{sock: sock, id: p.id, args: args[1:], attachments: attachments})
		})
	}
	return true
}

func (s *session) answer(sock *Socket, p packet, attachments [][]byte) bool {
	args, ok := decodeArgs(p.data)
	if !ok || p.id < 0 {
		return false
	}
	if fn := sock.takeAck(p.id); fn != nil {
		s.guard("acknowledgement", func() { fn(&Event{sock: sock, id: -1, args: args, attachments: attachments}) })
	}
	return true
}

func decodeArgs(data []byte) (args []json.RawMessage, ok bool) {
	err := json.Unmarshal(data, &args)
	return args, err == nil && len(args) <= maxArguments
}

// connect answers the client's wish for a socket.
func (s *session) connect(p packet) bool {
	if p.namespace != "/" {
		s.send(nil, connectError(p.namespace, "Invalid namespace"))
		return true
	}
	if s.socket() != nil || len(p.data) > 0 && !json.Valid(p.data) {
		return false
	}
	sock := &Socket{id: newID(), session: s}
	if authorize := s.srv.opts.Authorize; authorize != nil {
		allowed := false
		s.guard("authorize", func() {
			err := authorize(sock, json.RawMessage(p.data))
			if allowed = err == nil; !allowed {
				s.send(nil, connectError("/", err.Error()))
			}
		})
		if !allowed {
			return true
		}
	}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return true
	}
	s.sock = sock
	s.pushLocked(textFrame(`40{"sid":"` + sock.id + `"}`))
	s.mu.Unlock()
	if onConnect := s.srv.opts.OnConnect; onConnect != nil {
		s.guard("connect", func() { onConnect(sock) })
	}
	return true
}

func (s *session) socket() *Socket {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sock
}

// guard calls a handler. A panic costs its client the session, nobody else
// anything.
func (s *session) guard(what string, call func()) {
	defer func() {
		if p := recover(); p != nil {
			s.srv.opts.Logger.Error("socket handler panicked", zap.String("handler", what), zap.Any("panic", p), zap.Stack("stack"))
			s.end(ending{reason: "server error", code: closeInternal})
		}
	}()
	call()
}
