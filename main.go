// Orchestrix serves workflows as live REST endpoints.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/orchestrix/orchestrix/modules/command"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := command.Run(ctx, os.Args[1:], command.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
	stop()
	if err == nil {
		return
	}
	if !errors.Is(err, command.ErrReported) {
		fmt.Fprintln(os.Stderr, "orchestrix:", err)
	}
	os.Exit(1)
}
