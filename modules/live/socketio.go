// Package live has the endpoints at which clients watch runs as they happen.
package live

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"github.com/orchestrix/orchestrix/modules/core/accounts"
	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Describe("Live", "Runs as they happen, over Socket.IO and WebSockets.")
	for id, method := range map[string]string{"live.socketio": http.MethodGet, "live.socketioPost": http.MethodPost} {
		app.Routes.Register(app.Route{
			ID:      id,
			Method:  method,
			Path:    "/socket.io/",
			Tag:     "Live",
			Summary: "Socket.IO: join-execution brings the log of a run as execution-log events.",
			Auth:    registry.Handshake,
			Errors:  []int{http.StatusBadRequest, http.StatusServiceUnavailable},
			Handler: registry.Raw[*app.App](socketIO),
		})
	}
}

// socketIO hands over whom the handshake speaks for; without one the client's
// connect packet says it.
func socketIO(c *fiber.Ctx, a *app.App) error {
	if caller := accounts.From(c.UserContext()); caller != nil {
		viewer := caller.Viewer()
		return a.Gateway.SocketIO(c, &viewer)
	}
	return a.Gateway.SocketIO(c, nil)
}
