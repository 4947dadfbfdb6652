// Package modules puts the program together. This file is the only list of the
// domains; everything else finds them through the registries.
package modules

import (
	_ "github.com/orchestrix/orchestrix/modules/ai"          // /ai, /workflow/generate
	_ "github.com/orchestrix/orchestrix/modules/auth"        // /auth
	_ "github.com/orchestrix/orchestrix/modules/collections" // /collections, /db/schemas
	_ "github.com/orchestrix/orchestrix/modules/console"     // /console
	_ "github.com/orchestrix/orchestrix/modules/docs"        // /docs, /openapi.json
	_ "github.com/orchestrix/orchestrix/modules/execution"   // /workflow/run/..., /workflows/run, /executions
	_ "github.com/orchestrix/orchestrix/modules/live"        // /socket.io/, WebSockets
	_ "github.com/orchestrix/orchestrix/modules/steps"       // step types
	_ "github.com/orchestrix/orchestrix/modules/system"      // /health, /livez, /readyz, /hello
	_ "github.com/orchestrix/orchestrix/modules/userdb"      // /user/db
	_ "github.com/orchestrix/orchestrix/modules/workflow"    // /workflows
)
