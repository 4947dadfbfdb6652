package metrics

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.uber.org/zap"
	"golang.org/x/net/netutil"
)

// Bounds of the listener: it has few clients, and they ask for little.
const (
	headerLimit = 5 * time.Second
	answerLimit = 15 * time.Second
	idleLimit   = 90 * time.Second
	maxHeader   = 8 << 10 // bytes
	maxConns    = 32
	maxScrapes  = 4 // at the same time
)

// Listener shows a Metrics to whoever may reach its address.
type Listener struct {
	address net.Addr
	server  *http.Server
	done    chan struct{}
}

// Listen serves GET /metrics on an address of its own, until Close.
func (m *Metrics) Listen(ctx context.Context, address string, log *zap.Logger) (*Listener, error) {
	var config net.ListenConfig
	tcp, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	std := zap.NewStdLog(log)
	routes := http.NewServeMux()
	routes.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorLog: std, ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: maxScrapes,
	}))
	l := &Listener{address: tcp.Addr(), done: make(chan struct{}), server: &http.Server{
		Handler: routes, ErrorLog: std, MaxHeaderBytes: maxHeader,
		ReadHeaderTimeout: headerLimit, ReadTimeout: headerLimit, WriteTimeout: answerLimit, IdleTimeout: idleLimit,
	}}
	go func() {
		defer close(l.done)
		if err := l.server.Serve(netutil.LimitListener(tcp, maxConns)); !errors.Is(err, http.ErrServerClosed) {
			log.Error("metrics are not served any more", zap.Error(err))
		}
	}()
	log.Info("serving metrics", zap.Stringer("address", tcp.Addr()))
	return l, nil
}

// Addr is where the listener is.
func (l *Listener) Addr() net.Addr { return l.address }

// Close lets answers under way end, within ctx, and cuts what is left. A nil
// Listener has nothing to close.
func (l *Listener) Close(ctx context.Context) error {
	if l == nil {
		return nil
	}
	err := l.server.Shutdown(ctx)
	if err != nil {
		err = fmt.Errorf("closing the metrics: %w", errors.Join(err, l.server.Close()))
	}
	<-l.done
	return err
}
