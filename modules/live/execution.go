package live

import (
	"net/http"
	"reflect"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/orchestrix/orchestrix/modules/core/accounts"
	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/registry"
	"github.com/orchestrix/orchestrix/platform/server"
)

func init() {
	app.Routes.Register(app.Route{
		ID:      "live.execution",
		Method:  http.MethodGet,
		Path:    "/ws/executions/:id",
		Tag:     "Live",
		Summary: "Upgrades to a WebSocket with the log of one run, one JSON entry in a frame; afterSeq skips entries.",
		Auth:    registry.Owned,
		Errors:  []int{http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusUpgradeRequired, http.StatusServiceUnavailable},
		Answers: map[int]reflect.Type{http.StatusSwitchingProtocols: nil},
		Handler: registry.Raw[*app.App](execution).Reading(reflect.TypeFor[executionRequest]()),
	})
}

// executionRequest is for the documentation.
type executionRequest struct {
	ID       string `param:"id" description:"The executionId."`
	AfterSeq int64  `query:"afterSeq" default:"-1" description:"Only entries after the one with this seq."`
	Token    string `query:"token" description:"A bearer token, where the client cannot send a header."`
}

func execution(c *fiber.Ctx, a *app.App) error {
	after := int64(-1)
	if text := c.Query("afterSeq"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return apierr.BadRequest("afterSeq must be a whole number")
		}
		after = n
	}
	return a.Gateway.Execution(c, accounts.From(c.UserContext()).Viewer(), server.Param(c, "id"), after)
}
