// Command profiled is the program with profiles of its whole life, which it
// leaves in the directory PROFILE: the program itself has no such door.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"syscall"
	"time"

	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/config"
	"github.com/orchestrix/orchestrix/modules"
	"github.com/orchestrix/orchestrix/platform/logging"
)

const (
	gcPercent   = 300     // the program's own (modules/command)
	blockRate   = 100_000 // one sample for so many nanoseconds of waiting
	mutexRate   = 100     // one of so many
	closingTime = 10 * time.Second
)

func main() {
	debug.SetGCPercent(gcPercent)
	if err := run(os.Getenv("PROFILE")); err != nil {
		fmt.Fprintln(os.Stderr, "profiled:", err)
		os.Exit(1)
	}
}

func run(dir string) (err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	cpu, err := os.Create(filepath.Join(dir, "cpu"))
	if err != nil {
		return err
	}
	runtime.SetBlockProfileRate(blockRate)
	runtime.SetMutexProfileFraction(mutexRate)
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return err
	}
	err = serve()
	pprof.StopCPUProfile()
	return errors.Join(err, cpu.Close(), write(dir, "allocs"), write(dir, "block"), write(dir, "mutex"))
}

func write(dir, name string) error {
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	return errors.Join(pprof.Lookup(name).WriteTo(f, 0), f.Close())
}

// serve is what the program does.
func serve() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	settings, err := config.Load(nil)
	if err != nil {
		return err
	}
	log, err := logging.New(logging.Options{Level: settings.LogLevel, Production: settings.Production(), Secrets: settings.Secrets()})
	if err != nil {
		return err
	}
	program, err := modules.Build(ctx, settings, log)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", settings.Addr())
	if err != nil {
		return err
	}
	failed := make(chan error, 1)
	go func() { failed <- program.Server.Serve(listener) }()
	log.Info("listening", zap.Stringer("address", listener.Addr()))
	<-ctx.Done()
	closing, cancel := context.WithTimeout(context.Background(), closingTime)
	defer cancel()
	return errors.Join(program.Close(closing), <-failed)
}
