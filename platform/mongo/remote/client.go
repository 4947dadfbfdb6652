package remote

import (
	"context"
	"net"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/event"
	"go.mongodb.org/mongo-driver/mongo/description"
	"go.mongodb.org/mongo-driver/mongo/options"
	"go.mongodb.org/mongo-driver/mongo/writeconcern"
	"go.uber.org/zap"
)

// clientOptions are the driver's settings. The URI's own win where they keep
// the store's promises. why is empty, or says what is wrong without repeating
// any of the URI: the driver's parse errors quote pieces of passwords.
func clientOptions(ctx context.Context, opts Options, watch *outlook) (settings *options.ClientOptions, why string) {
	if opts.Dialer != nil {
		if err := CheckForeign(opts.URI); err != nil {
			return nil, err.Error()
		}
	}
	if why := lookupSRV(ctx, opts.URI); why != "" {
		return nil, why
	}
	settings = options.Client().ApplyURI(opts.URI)
	if settings.Validate() != nil {
		return nil, "the URI is not a valid MongoDB connection string"
	}
	if settings.AppName == nil {
		settings.SetAppName("orchestrix")
	}
	if settings.ServerSelectionTimeout == nil {
		settings.SetServerSelectionTimeout(selectionTimeout)
	}
	if settings.ConnectTimeout == nil {
		settings.SetConnectTimeout(selectionTimeout)
	}
	// A write that returned is durable, also on a server without replicas,
	// whose own default is to answer before the journal is written.
	if settings.WriteConcern == nil || !settings.WriteConcern.Acknowledged() {
		journal := true
		concern := writeconcern.Majority()
		concern.Journal = &journal
		settings.SetWriteConcern(concern)
	}
	settings.SetBSONOptions(&options.BSONOptions{DefaultDocumentD: true})
	settings.SetServerMonitor(monitor(opts.Logger, watch))
	if opts.MaxPool > 0 {
		settings.SetMaxPoolSize(atMost(settings.MaxPoolSize, opts.MaxPool))
		settings.SetMinPoolSize(0)
	}
	if opts.Dialer != nil {
		restrain(settings, opts.Dialer)
	}
	return settings, ""
}

// foreignHeartbeat is how soon it is known that somebody else's server is back.
const foreignHeartbeat = 2 * time.Second

// restrain keeps the bounds of this program for a client of somebody else's
// servers.
func restrain(settings *options.ClientOptions, dialer Dialer) {
	settings.SetDialer(metered{dialer})
	// The OCSP responders that a server's certificate names would be asked past the
	// dialer.
	settings.SetDisableOCSPEndpointCheck(true)
	settings.SetServerSelectionTimeout(atMost(settings.ServerSelectionTimeout, selectionTimeout))
	settings.SetConnectTimeout(atMost(settings.ConnectTimeout, selectionTimeout))
	settings.SetHeartbeatInterval(foreignHeartbeat)
}

// atMost is the value, or the limit when there is none, 0 being none.
func atMost[T time.Duration | uint64](value *T, limit T) T {
	if value == nil || *value <= 0 {
		return limit
	}
	return min(*value, limit)
}

// lookupSRV looks the servers up once with ctx, since the driver's own look-up
// cannot be ended.
func lookupSRV(ctx context.Context, uri string) (why string) {
	p, ok := splitURI(uri)
	if !ok || p.scheme != "mongodb+srv" {
		return ""
	}
	if len(p.hosts) != 1 || !shownHost.MatchString(p.hosts[0]) || strings.Contains(p.hosts[0], ":") {
		return "the URI is not a valid MongoDB connection string"
	}
	// srvServiceName, a rare option, moves the records; then the driver looks.
	if strings.Contains(strings.ToLower(p.rest), "srvservicename=") {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if _, _, err := net.DefaultResolver.LookupSRV(ctx, "mongodb", "tcp", p.hosts[0]); err != nil {
		return "the host name cannot be resolved"
	}
	return ""
}

// monitor logs when a server is lost and when it is found again.
func monitor(logger *zap.Logger, watch *outlook) *event.ServerMonitor {
	return &event.ServerMonitor{
		TopologyDescriptionChanged: func(e *event.TopologyDescriptionChangedEvent) { watch.see(e.NewDescription) },
		ServerDescriptionChanged: func(e *event.ServerDescriptionChangedEvent) {
			was, is := e.PreviousDescription.Kind != description.Unknown, e.NewDescription.Kind != description.Unknown
			switch {
			case was && !is && e.NewDescription.LastError != nil:
				logger.Warn("MongoDB server lost", zap.String("server", e.Address.String()),
					zap.String("reason", reason(e.NewDescription.LastError)))
			case !was && is:
				logger.Info("MongoDB server reached", zap.String("server", e.Address.String()))
			}
		},
	}
}
