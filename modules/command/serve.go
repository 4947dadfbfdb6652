package command

import (
	"context"
	"errors"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/config"
	"github.com/orchestrix/orchestrix/modules"
)

func serveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Start the server; what happens without a command",
		Args:  noArguments,
	}
	flags := settingsFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		settings, err := config.Load(flags)
		if err != nil {
			return err
		}
		return serve(cmd, settings)
	}
	return cmd
}

// gcPercent lets the heap grow to a few times what lives in it: the program keeps
// little and makes much, so that collecting as often as by default would be a
// tenth of its work. GOGC and GOMEMLIMIT still rule.
const gcPercent = 300

func serve(cmd *cobra.Command, s *config.Settings) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	madeSecret, err := s.EnsureJWTSecret()
	if err != nil {
		return err
	}
	log, err := logger(cmd, s)
	if err != nil {
		return err
	}
	defer log.Sync() //nolint:errcheck // nothing can be done about a closed terminal
	announce(log, s, madeSecret)
	program, err := modules.Build(cmd.Context(), s, log)
	if err != nil {
		return err
	}
	return listen(cmd.Context(), program, s, log)
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

// listen serves until ctx ends or the listener fails, then closes in order within
// the time that the settings allow.
func listen(ctx context.Context, p *modules.Program, s *config.Settings, log *zap.Logger) error {
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
		log.Info("shutting down", zap.Duration("delay", s.ShutdownDelay))
		again, stop := signal.NotifyContext(context.WithoutCancel(ctx), os.Interrupt, syscall.SIGTERM)
		p.Drain(again) // a second signal cuts it short
		stop()
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.ShutdownTimeout)
	defer cancel()
	return errors.Join(err, p.Close(closing))
}
