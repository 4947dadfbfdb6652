package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/logging"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// panicked is a panic of a handler.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("panic: %v", p.value) }

func recovered(err *error) {
	if r := recover(); r != nil {
		*err = &panicked{value: r, stack: debug.Stack()}
	}
}

// fail answers with an error, and logs it when it is the server's fault.
func (s *Server[A]) fail(rctx *fasthttp.RequestCtx, pattern, id string, err error) {
	e := classify(err, s.base.Err() != nil)
	turnedAway := e.RetryAfter > 0 && e.Cause == nil // there may be many: the record of the request is enough
	if e.Status >= http.StatusInternalServerError && !turnedAway {
		stack := zap.StackSkip("stack", 1)
		if p := (*panicked)(nil); errors.As(err, &p) {
			stack = zap.String("stack", string(p.stack))
		}
		s.log.Error("request failed", zap.Error(err), zap.Int("status", e.Status), zap.ByteString("method", rctx.Method()),
			zap.String("route", pattern), zap.String("requestId", id), stack)
	}
	body := doc.Object{{Key: "error", Value: e.Title}}
	if e.Message != "" {
		body = append(body, doc.Field{Key: "message", Value: e.Message})
	}
	if e.Code != "" {
		body = append(body, doc.Field{Key: "code", Value: e.Code})
	}
	for _, f := range e.Fields {
		body = append(body, doc.Field{Key: f.Key, Value: f.Value})
	}
	if e.Status >= http.StatusInternalServerError && !s.opts.Production {
		body = append(body, doc.Field{Key: "details", Value: logging.Mask(err.Error())})
	}
	if e.RetryAfter > 0 {
		seconds := int((e.RetryAfter + time.Second - 1) / time.Second)
		rctx.Response.Header.Set(fiber.HeaderRetryAfter, strconv.Itoa(seconds))
	}
	sendJSON(rctx, e.Status, append(body, doc.Field{Key: "requestId", Value: id}, s.timestamp()))
}

// classify finds the answer for any error. A cause that says more than "500"
// wins over it.
func classify(err error, closing bool) *apierr.Error {
	var own *apierr.Error
	isOwn := errors.As(err, &own)
	var host *fiber.Error
	switch {
	case isOwn && own.Status != http.StatusInternalServerError:
		return own
	case errors.Is(err, mongo.ErrUnavailable):
		return apierr.Unavailable("The database is unavailable").Because(err)
	case errors.Is(err, context.DeadlineExceeded):
		return apierr.New(http.StatusGatewayTimeout, "The request took too long").Because(err)
	case closing && errors.Is(err, context.Canceled):
		return apierr.Unavailable("The server is shutting down").Because(err)
	case isOwn:
		return own
	case errors.As(err, &host) && host.Code >= 400 && host.Code < 500:
		return apierr.New(host.Code, host.Message)
	}
	return apierr.Internal(err)
}

// notFound answers for a path or method that no route has (http.md, "System").
func (s *Server[A]) notFound(rctx *fasthttp.RequestCtx, path string) {
	sendJSON(rctx, http.StatusNotFound, doc.Object{
		{Key: "error", Value: "Not Found"},
		{Key: "message", Value: fmt.Sprintf("Route %s %s not found", rctx.Method(), path)},
		s.timestamp(),
	})
}

func (s *Server[A]) timestamp() doc.Field {
	return doc.Field{Key: "timestamp", Value: doc.Time(s.opts.Clock())}
}

// failBelow answers for requests that could not be read, before any route.
func (s *Server[A]) failBelow(c *fiber.Ctx, err error) error {
	e := apierr.BadRequest("Malformed HTTP request")
	var host *fiber.Error
	if errors.As(err, &host) {
		switch host.Code {
		case http.StatusRequestEntityTooLarge:
			e = errTooLarge(s.opts.BodyLimit)
		case http.StatusRequestHeaderFieldsTooLarge:
			e = apierr.New(host.Code, fmt.Sprintf("The request headers are over %d bytes", maxHeader))
		case http.StatusRequestTimeout:
			e = apierr.New(host.Code, "The request did not arrive in time")
		}
	}
	rctx := c.Context()
	lingerOnClose(rctx)
	id := s.dress(rctx)
	s.fail(rctx, "", id, e)
	s.record(rctx, "", id, time.Now())
	return nil
}
