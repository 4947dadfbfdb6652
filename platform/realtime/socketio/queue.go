package socketio

import (
	"context"
	"errors"
)

// ErrGone is returned for a socket that has disconnected.
var ErrGone = errors.New("socketio: the socket is gone")

// send queues a packet for a socket, or for the session when it is nil. It never
// waits for the client.
func (s *session) send(sock *Socket, p Packet) bool {
	s.mu.Lock()
	if s.closed || sock != nil && s.sock != sock {
		s.mu.Unlock()
		return false
	}
	if s.queued > 0 && s.queued+p.size > s.srv.opts.MaxQueueBytes {
		s.endLocked(ending{reason: "slow client", code: closePolicy})
		s.mu.Unlock()
		go s.finish("slow client") // may call back: the sender may hold locks
		return false
	}
	s.pushLocked(p.frames...)
	s.mu.Unlock()
	return true
}

// pushLocked queues frames whatever the limit.
func (s *session) pushLocked(frames ...frame) {
	for _, f := range frames {
		s.queued += len(f.wire)
	}
	s.out = append(s.out, frames...)
	s.kickLocked()
}

// kickLocked has what is queued taken: an idle connection has no goroutine that
// would wait for it.
func (s *session) kickLocked() {
	if s.ws == nil {
		select {
		case s.wake <- struct{}{}:
		default:
		}
		return
	}
	if !s.flushing && !s.broken {
		s.flushing = true
		s.refs++
		go s.flush()
	}
}

// flush writes to the websocket until the queue is empty.
func (s *session) flush() {
	defer s.release()
	s.mu.Lock()
	var batch []frame
	for len(s.out) > 0 && !s.broken {
		batch, s.out = s.out, batch[:0]
		ws := s.ws
		s.mu.Unlock()
		err := ws.write(batch, s.wrote)
		clear(batch)
		if cap(batch) > 1024 {
			batch = nil
		}
		s.mu.Lock()
		if err != nil {
			s.broken = true
		}
	}
	s.out = nil
	s.flushing = false
	broken, closed, ws := s.broken, s.closed, s.ws
	s.idle.Broadcast()
	s.mu.Unlock()
	switch {
	case broken:
		ws.cut()
		s.end(ending{reason: "transport error"})
	case closed:
		ws.awaitClose()
	}
}

// wrote notes bytes that have left the queue for good.
func (s *session) wrote(n int) {
	s.mu.Lock()
	s.wroteLocked(n)
	s.mu.Unlock()
}

func (s *session) wroteLocked(n int) {
	s.queued -= n
	s.signalLocked()
}

// signalLocked lets waiters look again.
func (s *session) signalLocked() {
	if s.progress != nil {
		close(s.progress)
		s.progress = nil
	}
}

// waitIdle returns when nothing writes to the websocket.
func (s *session) waitIdle() {
	s.mu.Lock()
	for s.flushing {
		s.idle.Wait()
	}
	s.mu.Unlock()
}

// waitQueued returns when fewer bytes than below are queued.
func (s *session) waitQueued(ctx context.Context, sock *Socket, below int) error {
	for {
		s.mu.Lock()
		if s.closed || s.sock != sock {
			s.mu.Unlock()
			return ErrGone
		}
		if s.queued < max(below, 1) {
			s.mu.Unlock()
			return nil
		}
		if s.progress == nil {
			s.progress = make(chan struct{})
		}
		progress := s.progress
		s.mu.Unlock()
		select {
		case <-progress:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
