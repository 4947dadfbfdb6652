package plainws

import (
	"time"

	"go.uber.org/zap"
)

// Options of a Server. Zero values take the defaults.
type Options struct {
	PingInterval time.Duration // between two pings to a client, 25 s
	PongTimeout  time.Duration // a client that is silent for longer is dropped, 60 s
	WriteTimeout time.Duration // for a client to take one write, 10 s
	CloseTimeout time.Duration // for a client to take the close frame and answer it, 3 s

	MaxMessage    int64 // bytes of a message from a client, 64 KiB; more closes the connection with 1009
	MaxQueueBytes int   // that may wait for one client, 4 MiB; more closes the connection with 1013
	MaxConns      int   // open at the same time, 20,000; more are answered with 503

	// AllowOrigin decides by the Origin header; none allows all. A request
	// without that header, which no browser sends, is never asked about.
	AllowOrigin func(origin, host string) bool

	Logger *zap.Logger // none: nothing is logged
}

func (o Options) withDefaults() Options {
	fallback(&o.PingInterval, 25*time.Second)
	fallback(&o.PongTimeout, 60*time.Second)
	fallback(&o.WriteTimeout, 10*time.Second)
	fallback(&o.CloseTimeout, 3*time.Second)
	fallback(&o.MaxMessage, 64<<10)
	fallback(&o.MaxQueueBytes, 4<<20)
	fallback(&o.MaxConns, 20_000)
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	return o
}

func fallback[T ~int | ~int64](v *T, def T) {
	if *v <= 0 {
		*v = def
	}
}
