// Command server is our side of the fan-out benchmark: the host, the hub and the
// gateway as the program has them, with entries from a source in memory. The
// client drives it over stdin.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/realtime"
	"github.com/orchestrix/orchestrix/platform/registry"
	"github.com/orchestrix/orchestrix/platform/server"
)

// gcPercent is the program's own (main.go of the repository).
const gcPercent = 300

func main() {
	debug.SetGCPercent(gcPercent)
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, "fanout server:", err)
		os.Exit(1)
	}
}

func serve() error {
	source := newSource()
	hub := realtime.NewHub(source, zap.NewNop(), false)
	defer hub.Close()
	gateway := realtime.NewGateway(hub, realtime.GatewayOptions{Logger: zap.NewNop()})
	host, err := server.New(server.Options[*realtime.Gateway]{Registry: routes(), App: gateway})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	failed := make(chan error, 1)
	go func() { failed <- host.Serve(listener) }()
	say("listening " + listener.Addr().String())

	profile := profiler{dir: os.Getenv("PROFILE")}
	err = obey(&publisher{source: source, hub: hub}, &profile)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return errors.Join(err, profile.stop(), gateway.Close(ctx), host.Shutdown(ctx), <-failed)
}

// routes is the route of modules/live.
func routes() *registry.Registry[*realtime.Gateway] {
	r := registry.New[*realtime.Gateway]()
	r.Register(registry.Route[*realtime.Gateway]{
		ID: "live.socketio", Method: http.MethodGet, Path: "/socket.io/", Summary: "Socket.IO",
		Handler: registry.Raw[*realtime.Gateway](func(c *fiber.Ctx, g *realtime.Gateway) error { return g.SocketIO(c, nil) }),
	})
	return r
}

// obey carries out commands until stdin ends.
func obey(p *publisher, profile *profiler) error {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		command := lines.Text()
		if err := profile.start(strings.ReplaceAll(command, " ", "-")); err != nil {
			return err
		}
		p.source.forget()
		if err := p.run(command); err != nil {
			return err
		}
		say("done")
	}
	return lines.Err()
}

// say tells the client something. When it is gone, stdin ends too.
func say(line string) { _, _ = os.Stdout.WriteString(line + "\n") }
