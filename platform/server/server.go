package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/logging"
	"github.com/orchestrix/orchestrix/platform/registry"
)

// workerCheck is how often the library looks for idle workers. It also takes
// that long to notice that it was stopped; its own default is 10 s.
const workerCheck = 200 * time.Millisecond

// Server serves the routes of one registry.
type Server[A any] struct {
	opts   Options[A]
	log    *zap.Logger
	access *zap.Logger
	cors   cors
	root   *node[A]
	gate   *gate
	fiber  *fiber.App

	base   context.Context // of every handler
	cancel context.CancelFunc

	mu       sync.Mutex // guards conns and the order of Serve and Shutdown
	conns    *conns     // nil before Serve
	draining atomic.Bool
	serving  atomic.Bool
	stopping sync.Once
	stopped  error
}

// New makes a server of everything in the registry. All conflicts of the
// registry are reported together.
func New[A any](opts Options[A]) (*Server[A], error) {
	s := &Server[A]{opts: opts.withDefaults(), root: &node[A]{}}
	s.log, s.access = s.opts.Logger, logging.Gathered(s.opts.Logger)
	s.cors = newCORS(s.opts.Origins, s.opts.Production)
	s.gate = newGate(s.opts.InFlight, s.opts.Patience)
	s.base, s.cancel = context.WithCancel(context.Background())
	s.fiber = fiber.New(fiber.Config{
		BodyLimit:                    int(s.opts.BodyLimit),
		Concurrency:                  s.opts.Connections,
		ReduceMemoryUsage:            true, // idle connections hold no buffers: ten thousand must not matter
		ReadBufferSize:               maxHeader,
		ReadTimeout:                  s.opts.HeaderTimeout,
		IdleTimeout:                  s.opts.IdleTimeout,
		DisablePreParseMultipartForm: true,
		DisableStartupMessage:        true,
		DisableDefaultContentType:    true,
		ErrorHandler:                 s.failBelow,
	})
	s.fiber.Use(func(c *fiber.Ctx) error { s.handle(c.Context(), c); return nil })
	host := s.fiber.Server()
	host.CloseOnShutdown = true
	host.ConnState = trackState
	host.MaxIdleWorkerDuration = workerCheck
	// Fiber answers methods that it does not know itself, without an envelope.
	known := host.Handler
	host.Handler = func(rctx *fasthttp.RequestCtx) {
		if slices.Contains(fiber.DefaultMethods, string(rctx.Method())) {
			known(rctx)
			return
		}
		s.handle(rctx, nil)
	}
	if opts.Registry != nil {
		if err := s.Mount(opts.Registry); err != nil {
			s.cancel()
			return nil, err
		}
	}
	return s, nil
}

// Mount adds the routes of a registry. It must not be called while serving.
func (s *Server[A]) Mount(r *registry.Registry[A]) error {
	if err := r.Check(); err != nil {
		return fmt.Errorf("routes: %w", err)
	}
	var errs []error
	for _, route := range r.Routes() {
		e, err := s.endpoint(route)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		for _, path := range route.Paths() {
			s.root.add(path, &mounted[A]{endpoint: e})
		}
	}
	return errors.Join(errs...)
}

// endpoint is what every request of a route needs to know.
type endpoint[A any] struct {
	route   registry.Route[A]
	raw     func(*fiber.Ctx, A) error
	limit   int64
	timeout time.Duration
	gated   bool // it waits for its turn
}

func (s *Server[A]) endpoint(route registry.Route[A]) (*endpoint[A], error) {
	e := &endpoint[A]{route: route, limit: s.opts.BodyLimit, timeout: s.opts.RequestTimeout, gated: !route.Limits.Always}
	if raw := route.Handler.Raw(); raw != nil {
		fn, ok := raw.(func(*fiber.Ctx, A) error)
		if !ok {
			return nil, fmt.Errorf("route %q (%s): a raw handler is a func(*fiber.Ctx, %T) error, not a %T",
				route.ID, route.Source(), s.opts.App, raw)
		}
		e.raw, e.gated = fn, false // it may last as long as its connection
	}
	if route.Limits.Body > 0 {
		e.limit = min(e.limit, route.Limits.Body)
	}
	if route.Limits.Timeout > 0 {
		e.timeout = route.Limits.Timeout
	}
	return e, nil
}

// Serve serves on a listener until Shutdown, and owns it. It is called once.
func (s *Server[A]) Serve(ln net.Listener) error {
	s.mu.Lock()
	if s.draining.Load() || s.conns != nil {
		s.mu.Unlock()
		return errors.Join(errors.New("the server was shut down or serves already"), ln.Close())
	}
	s.conns = &conns{Listener: ln, writeTimeout: s.opts.WriteTimeout, open: map[*conn]struct{}{}}
	s.mu.Unlock()
	s.serving.Store(true)
	if err := s.fiber.Listener(s.conns); err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// Ready reports whether the server takes new requests: true from Serve until
// Shutdown begins.
func (s *Server[A]) Ready() bool { return s.serving.Load() && !s.draining.Load() }

// Shutdown stops taking requests, lets those in flight finish until ctx ends,
// then cancels their contexts and cuts what is left. Further calls wait for the
// first and return its result.
func (s *Server[A]) Shutdown(ctx context.Context) error {
	s.stopping.Do(func() {
		defer s.cancel()
		s.mu.Lock()
		s.draining.Store(true)
		open := s.conns
		s.mu.Unlock()
		if open == nil {
			return
		}
		_ = open.Close() // before the library knows it, maybe; it closes it again
		open.drain()
		if err := s.fiber.ShutdownWithContext(ctx); err != nil {
			s.stopped = fmt.Errorf("shutdown: %w", err)
		}
		s.cancel()
		open.cut()
	})
	return s.stopped
}
