// Package app is what endpoints are built from: the services that domains
// share, and the registry that their routes register with.
package app

import (
	"time"

	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/config"
	"github.com/orchestrix/orchestrix/modules/core/accounts"
	"github.com/orchestrix/orchestrix/modules/core/connections"
	"github.com/orchestrix/orchestrix/modules/core/runs"
	"github.com/orchestrix/orchestrix/modules/core/schemas"
	"github.com/orchestrix/orchestrix/modules/core/workflows"
	"github.com/orchestrix/orchestrix/platform/assets"
	"github.com/orchestrix/orchestrix/platform/background"
	"github.com/orchestrix/orchestrix/platform/data"
	"github.com/orchestrix/orchestrix/platform/health"
	"github.com/orchestrix/orchestrix/platform/llm"
	"github.com/orchestrix/orchestrix/platform/realtime"
	"github.com/orchestrix/orchestrix/platform/registry"
)

// App holds the services. modules.Build makes it.
type App struct {
	Settings    *config.Settings
	Log         *zap.Logger
	Now         func() time.Time
	Background  *background.Group
	Accounts    *accounts.Service
	Connections *connections.Service
	Data        *data.Provider
	Schemas     *schemas.Service
	Workflows   *workflows.Service
	Runs        *runs.Service
	Model       llm.Provider
	Gateway     *realtime.Gateway
	Health      health.Checks
	OpenAPI     func() *assets.File // describes the routes; made when first asked for
}

// Route is a route whose handler gets an *App.
type Route = registry.Route[*App]

// Routes is the registry that endpoint files register with in init.
var Routes = registry.New[*App]()

// DefaultOwner owns what is asked for without an owner (http.md).
const DefaultOwner = "user_default"
