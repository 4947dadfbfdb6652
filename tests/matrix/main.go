// Command matrix is the server that the Socket.IO client matrix drives: the
// transport, rooms, and the endpoints that matrix.mjs calls.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/cors"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/realtime/socketio"
)

func main() {
	log := zap.Must(zap.NewDevelopment())
	if err := serve(log); err != nil {
		log.Fatal("matrix server", zap.Error(err))
	}
}

func serve(log *zap.Logger) error {
	rooms := newRooms()
	srv := socketio.New(socketio.Options{
		PingInterval:  millis("PING_INTERVAL"),
		PingTimeout:   millis("PING_TIMEOUT"),
		MaxPayload:    5_000_000,
		MaxQueueBytes: 64 << 20,
		Authorize:     authorize,
		OnConnect:     func(s *socketio.Socket) { burst(s); s.OnDisconnect(func(string) { rooms.leaveAll(s) }) },
		// The matrix restarts the server and wants the clients back.
		SilentClose: true,
		Logger:      log,
	})
	handlers(srv, rooms)

	origin := os.Getenv("CORS_ORIGIN")
	app := fiber.New(fiber.Config{DisableStartupMessage: true, BodyLimit: 16 << 20})
	app.Use(cors.New(cors.Config{AllowOrigins: cmp.Or(origin, "*"), AllowCredentials: origin != ""}))
	app.All("/socket.io/", srv.Handle)
	app.Get("/health", func(c *fiber.Ctx) error { return c.JSON(fiber.Map{"ok": true}) })
	app.Get("/stats", func(c *fiber.Ctx) error {
		return c.JSON(fiber.Map{"conns": srv.Stats(), "rooms": rooms.count(), "goroutines": runtime.NumGoroutine()})
	})
	app.Post("/emit", func(c *fiber.Ctx) error {
		rooms.emit(strings.Clone(c.Query("room")), c.QueryInt("n", 1), c.QueryInt("size", 200))
		return c.JSON(fiber.Map{"ok": true})
	})

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	failed := make(chan error, 1)
	go func() { failed <- app.Listen("127.0.0.1:" + cmp.Or(os.Getenv("PORT"), "3000")) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	deadline, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := srv.Close(deadline)
	// Idle keep-alive connections of the clients do not end by themselves.
	if down := app.ShutdownWithTimeout(100 * time.Millisecond); !errors.Is(down, context.DeadlineExceeded) {
		err = errors.Join(err, down)
	}
	return err
}

func millis(name string) time.Duration {
	n, _ := strconv.Atoi(os.Getenv(name)) // unset: the default
	return time.Duration(n) * time.Millisecond
}

func authorize(_ *socketio.Socket, auth json.RawMessage) error {
	var claim struct{ Token string }
	if len(auth) > 0 && json.Unmarshal(auth, &claim) != nil || claim.Token == "bad" {
		return errors.New("unauthorized")
	}
	return nil
}

// burst sends as many events at once as the client's URL asks for.
func burst(s *socketio.Socket) {
	n, _ := strconv.Atoi(s.Query("burst")) // absent: none
	for i := range n {
		s.Emit("b", i)
	}
}
