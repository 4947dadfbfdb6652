package server

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/valyala/fasthttp"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/limit"
	"github.com/orchestrix/orchestrix/platform/logging"
)

const headerRequestID = "X-Request-Id"

// handle answers every request. c is nil for methods that Fiber does not know,
// which no route has.
func (s *Server[A]) handle(rctx *fasthttp.RequestCtx, c *fiber.Ctx) {
	start := time.Now()
	markBusy(rctx)
	id := s.dress(rctx)
	pattern, err := s.dispatch(rctx, c, id, start)
	if err != nil {
		s.fail(rctx, pattern, id, err)
	}
	s.record(rctx, pattern, id, start)
}

// dress sets the headers that every answer carries.
func (s *Server[A]) dress(rctx *fasthttp.RequestCtx) (id string) {
	id = requestID(rctx)
	rctx.Response.Header.Set(headerRequestID, id)
	s.cors.dress(rctx)
	return id
}

// dispatch finds the route and answers with it. The pattern, "" when no route
// matches, stands for the path in the log.
func (s *Server[A]) dispatch(rctx *fasthttp.RequestCtx, c *fiber.Ctx, id string, start time.Time) (pattern string, err error) {
	defer recovered(&err)
	if rctx.IsOptions() {
		s.cors.preflight(rctx)
		return "", nil
	}
	if err := s.limit(rctx); err != nil {
		return "", err
	}
	path := rawPath(rctx.RequestURI())
	m, values, err := s.match(string(rctx.Method()), path)
	if err != nil {
		return "", err
	}
	if m == nil {
		s.notFound(rctx, path)
		return "", nil
	}
	pattern = m.route.Path
	if m.gated {
		if err := s.gate.enter(s.base, start); err != nil {
			return pattern, err
		}
		defer s.gate.leave()
	}
	ctx := logging.WithRequest(s.base, id)
	ctx, owner, err := s.enter(ctx, rctx, m.route.Auth)
	if err != nil {
		return pattern, err
	}
	in := &input{rctx: rctx, proxies: s.opts.TrustedProxies, owner: owner, names: m.names, values: values, limit: m.limit}
	if m.raw != nil {
		// The connection may outlive the call, so its context has no deadline.
		c.SetUserContext(ctx)
		c.Locals(paramsKey{}, in)
		return pattern, m.raw(c, s.opts.App)
	}
	ctx, cancel := context.WithTimeout(ctx, m.timeout)
	defer cancel()
	result, err := m.route.Serve(ctx, s.opts.App, in)
	if err == nil {
		err = s.leave(ctx, m.route.Auth)
	}
	if err != nil {
		return pattern, err
	}
	respond(rctx, m.route.Success, result)
	return pattern, nil
}

// limit turns away who asks too often.
func (s *Server[A]) limit(rctx *fasthttp.RequestCtx) error {
	if s.opts.Requests == nil {
		return nil
	}
	if retry := s.opts.Requests.Take(limit.AddressKey(proxies(s.opts.TrustedProxies).client(rctx))); retry > 0 {
		return apierr.TooMany("Too many requests", retry)
	}
	return nil
}

// record tells of an answer, and writes the access log: the route's pattern, never the path or query,
// which may hold personal data.
func (s *Server[A]) record(rctx *fasthttp.RequestCtx, pattern, id string, start time.Time) {
	took := time.Since(start)
	if s.opts.Observe != nil {
		s.opts.Observe(string(rctx.Method()), pattern, rctx.Response.StatusCode(), took)
	}
	s.access.Info("request",
		zap.ByteString("method", rctx.Method()),
		zap.String("route", pattern),
		zap.Int("status", rctx.Response.StatusCode()),
		zap.Duration("duration", took),
		zap.String("requestId", id))
}

type paramsKey struct{}

// Param is a path parameter of a raw route.
func Param(c *fiber.Ctx, name string) string {
	if in, ok := c.Locals(paramsKey{}).(*input); ok {
		return in.Param(name)
	}
	return ""
}

// requestID is the caller's, when it can be logged and echoed as it is, or a
// new one.
func requestID(rctx *fasthttp.RequestCtx) string {
	id := rctx.Request.Header.Peek(headerRequestID)
	if len(id) == 0 || len(id) > 128 {
		return uuid.NewString()
	}
	for _, b := range id {
		if b < ' ' || b > '~' {
			return uuid.NewString()
		}
	}
	return string(id)
}
