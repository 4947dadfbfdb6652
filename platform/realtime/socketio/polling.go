package socketio

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// servePoll answers a GET when there is something to send. Whoever polls twice
// at a time broke the protocol.
func (s *session) servePoll(c *fiber.Ctx) error {
	if !s.hold() {
		unknownSession.write(c.Context())
		return nil
	}
	defer s.release()
	frames, r := s.poll()
	if r != accepted {
		s.end(ending{reason: "transport error"})
		r.write(c.Context())
		return nil
	}
	s.settle() // this may have been the farewell
	size := 0
	for _, f := range frames {
		size += f.pollSize()
	}
	c.Set(fiber.HeaderContentType, "text/plain; charset=UTF-8")
	return c.Send(appendPoll(make([]byte, 0, size), frames))
}

// poll waits for frames; the heartbeat ends the wait at the latest.
func (s *session) poll() ([]frame, refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.polling:
		return nil, badRequest
	case s.closed && !s.lingers:
		return nil, unknownSession
	}
	s.polling = true
	for len(s.out) == 0 && !s.closed && !s.probed && s.ws == nil {
		s.mu.Unlock()
		<-s.wake
		s.mu.Lock()
	}
	s.polling = false
	if s.ws != nil { // the queue is the websocket's now
		return []frame{frameNoop}, accepted
	}
	frames := s.takeLocked()
	switch {
	case s.closed && len(s.out) == 0:
		frames = append(frames, frameEnd)
		s.lingers = false
	case len(frames) == 0:
		frames = append(frames, frameNoop)
	}
	return frames, accepted
}

// takeLocked takes frames for one answer, at least one when there are any.
func (s *session) takeLocked() []frame {
	n, size, taken := 0, 0, 0
	for n < len(s.out) {
		size += s.out[n].pollSize()
		if n > 0 && size > s.srv.opts.MaxPayload {
			break
		}
		taken += len(s.out[n].wire)
		n++
	}
	frames := s.out[:n:n]
	s.out = s.out[n:]
	if len(s.out) == 0 {
		s.out = nil
	}
	s.wroteLocked(taken)
	return frames
}

// servePost reads the packets of one POST. Two at a time would have no order.
func (s *session) servePost(c *fiber.Ctx) error {
	if !s.hold() {
		unknownSession.write(c.Context())
		return nil
	}
	defer s.release()
	if encoding := c.Get(fiber.HeaderContentEncoding); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return c.SendStatus(http.StatusUnsupportedMediaType)
	}
	body := c.Request().Body()
	if len(body) > s.srv.opts.MaxPayload {
		s.end(ending{reason: "transport error"})
		return c.SendStatus(http.StatusRequestEntityTooLarge)
	}
	if !s.beginPost() || !s.receiveAll(body) {
		s.end(ending{reason: "parse error"})
		badRequest.write(c.Context())
		return nil
	}
	s.endPost()
	c.Set(fiber.HeaderContentType, "text/html")
	return c.SendString("ok")
}

func (s *session) beginPost() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.posting {
		return false
	}
	s.posting = true
	return true
}

func (s *session) endPost() {
	s.mu.Lock()
	s.posting = false
	s.mu.Unlock()
}

// receiveAll handles a polling payload. The packets are copied: the library
// reuses its buffers.
func (s *session) receiveAll(body []byte) bool {
	if bytes.Count(body, []byte{separator}) >= maxPackets {
		return false
	}
	for part := range bytes.SplitSeq(body, []byte{separator}) {
		binary := len(part) > 0 && part[0] == 'b'
		if !binary {
			if !s.receive(false, bytes.Clone(part)) {
				return false
			}
			continue
		}
		data, err := base64.StdEncoding.AppendDecode(nil, part[1:])
		if err != nil || !s.receive(true, data) {
			return false
		}
	}
	return true
}
