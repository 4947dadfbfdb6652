package live

import (
	"errors"
	"net/http"
	"reflect"

	"github.com/gofiber/fiber/v2"

	"github.com/orchestrix/orchestrix/modules/core/accounts"
	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:      "live.stream",
		Method:  http.MethodGet,
		Path:    "/",
		Tag:     "Live",
		Summary: "Upgrades to the log stream: joins and leaves in, sync and create frames out.",
		Auth:    registry.Owned,
		Errors:  []int{http.StatusForbidden, http.StatusNotFound, http.StatusServiceUnavailable},
		Answers: map[int]reflect.Type{http.StatusSwitchingProtocols: nil},
		Handler: registry.Raw[*app.App](stream),
	})
}

// stream answers what is no upgrade as any unknown path.
func stream(c *fiber.Ctx, a *app.App) error {
	err := a.Gateway.LogStream(c, accounts.From(c.UserContext()).Viewer())
	if errors.Is(err, fiber.ErrUpgradeRequired) {
		return apierr.NotFound("Not Found").WithMessage("Route GET / not found")
	}
	return err
}
