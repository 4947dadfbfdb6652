// Package server is the HTTP host: it serves the routes of a registry with
// Fiber, exactly as http.md says, and is the only place that knows HTTP.
package server

import (
	"net/netip"
	"time"

	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/limit"
	"github.com/orchestrix/orchestrix/platform/registry"
)

// DefaultBodyLimit is the most a body may hold, in bytes, on the wire and
// inflated (http.md).
const DefaultBodyLimit = 10_485_760

// maxHeader is the most that the request line and headers may hold together,
// in bytes; more is a 431 (http.md).
const maxHeader = 16 << 10

// Options of a Server. Only Registry is needed; zero values take the defaults.
type Options[A any] struct {
	Registry   *registry.Registry[A]
	App        A           // handed to every handler
	Logger     *zap.Logger // none: nothing is logged
	Production bool        // hide what a 5xx was about
	Origins    []string    // CORS; none: any localhost in development, nobody in production

	BodyLimit   int64 // bytes, DefaultBodyLimit
	Connections int   // open at the same time, 32,768; more are turned away
	InFlight    int   // requests worked on at a time, 512; more wait for their turn, then they are turned away

	Patience       time.Duration // of a request that waits for its turn, 1 s
	HeaderTimeout  time.Duration // for a request to arrive, headers and body, 30 s
	IdleTimeout    time.Duration // between two requests of a connection, 75 s
	WriteTimeout   time.Duration // for one write to make progress, 30 s; streams may last longer
	RequestTimeout time.Duration // of a handler's context when the route sets none, 30 s

	Guard          Guard          // of routes that are not public; none: every route is open
	Requests       *limit.Limiter // by the client's address; none: no limit
	TrustedProxies []netip.Prefix // whose X-Forwarded-For counts

	Clock func() time.Time // of timestamps in answers, time.Now

	// Observe hears of every answer; none: nobody does. The route is its pattern,
	// "" for none. It must not wait.
	Observe func(method, route string, status int, took time.Duration)
}

func (o Options[A]) withDefaults() Options[A] {
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	fallback(&o.BodyLimit, DefaultBodyLimit)
	fallback(&o.Connections, 32_768)
	fallback(&o.InFlight, 512)
	fallback(&o.Patience, time.Second)
	fallback(&o.HeaderTimeout, 30*time.Second)
	fallback(&o.IdleTimeout, 75*time.Second)
	fallback(&o.WriteTimeout, 30*time.Second)
	fallback(&o.RequestTimeout, 30*time.Second)
	return o
}

func fallback[T ~int | ~int64](v *T, def T) {
	if *v <= 0 {
		*v = def
	}
}
