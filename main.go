// Orchestrix serves workflows as live REST endpoints.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/config"
	"github.com/orchestrix/orchestrix/modules"
	"github.com/orchestrix/orchestrix/platform/logging"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "orchestrix:", err)
		os.Exit(1)
	}
}

// gcPercent lets the heap grow to a few times what lives in it: the program keeps
// little and makes much, so that collecting as often as by default would be a
// tenth of its work. GOGC and GOMEMLIMIT still rule.
const gcPercent = 300

func run(args []string) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	settings, err := config.Load(args)
	if errors.Is(err, config.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	madeSecret, err := settings.EnsureJWTSecret()
	if err != nil {
		return err
	}
	log, err := logging.New(logging.Options{Level: settings.LogLevel, Production: settings.Production(), Secrets: settings.Secrets()})
	if err != nil {
		return err
	}
	defer log.Sync() //nolint:errcheck // nothing can be done about a closed terminal
	announce(log, settings, madeSecret)

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	program, err := modules.Build(ctx, settings, log)
	if err != nil {
		return err
	}
	return serve(ctx, program, settings, log)
}

func announce(log *zap.Logger, s *config.Settings, madeSecret bool) {
	log.Info("settings", s.Fields()...)
	for _, warning := range s.Warnings() {
		log.Warn(warning)
	}
	if madeSecret {
		log.Warn("JWT_SECRET is not set: a secret was made and is kept in the data directory")
	}
}

// serve runs until a signal comes or the listener fails, then closes in order
// within the time that the settings allow.
func serve(ctx context.Context, p *modules.Program, s *config.Settings, log *zap.Logger) error {
	listener, err := net.Listen("tcp", s.Addr())
	if err != nil {
		return errors.Join(err, p.Close(ctx))
	}
	failed := make(chan error, 1)
	go func() { failed <- p.Server.Serve(listener) }()
	log.Info("listening", zap.Stringer("address", listener.Addr()), zap.Stringer("store", p.Store))

	select {
	case err = <-failed:
	case <-ctx.Done():
		log.Info("shutting down")
	}
	closing, cancel := context.WithTimeout(context.Background(), s.ShutdownTimeout)
	defer cancel()
	return errors.Join(err, p.Close(closing))
}
