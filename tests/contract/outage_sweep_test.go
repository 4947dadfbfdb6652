package contract_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/config"
	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/registry"
)

// withoutStore is what a good request of each route says while the database is
// away, and its body. A route that is not here may say 503, or need no database.
var withoutStore = map[string]struct {
	status int
	body   string
}{
	"ai.explain":          {503, `{"workflowId":"sweep","ownerId":"ann"}`},
	"ai.generate":         {503, `{"prompt":"add a field name","workflowId":"sweep","ownerId":"ann"}`},
	"ai.intent":           {503, `{"prompt":"add a field","workflowId":"sweep","ownerId":"ann"}`},
	"ai.mutate":           {503, `{"prompt":"add a field name","workflowId":"sweep","ownerId":"ann"}`},
	"auth.login":          {503, `{"email":"sweep@example.com","password":"` + password + `"}`},
	"auth.logout":         {503, ``},
	"auth.me":             {503, ``},
	"auth.password":       {503, `{"currentPassword":"` + password + `","newPassword":"another horse"}`},
	"auth.register":       {503, `{"email":"other@example.com","password":"` + password + `"}`},
	"auth.revoke":         {503, ``},
	"auth.sessions":       {503, ``},
	"collections.create":  {503, `{"collectionName":"sweep","fields":{"a":"string"}}`},
	"collections.data":    {503, ``},
	"collections.delete":  {503, ``},
	"collections.get":     {503, ``},
	"collections.insert":  {503, `{"data":{"a":"1"}}`},
	"collections.list":    {503, ``},
	"collections.update":  {503, `{"fields":{"a":"string"}}`},
	"execution.cancel":    {503, ``},
	"execution.execute":   {503, `{"steps":[{"type":"response"}]}`},
	"execution.get":       {503, ``},
	"execution.list":      {503, ``},
	"execution.logs":      {503, ``},
	"execution.published": {503, `{}`},
	"execution.run":       {503, `{"steps":[{"type":"response"}]}`},
	"execution.runSaved":  {503, `{"ownerId":"ann"}`},
	"live.execution":      {426, ``},
	"live.socketio":       {400, ``},
	"live.socketioPost":   {400, ``},
	"live.stream":         {404, ``},
	"system.health":       {200, ``},
	"system.livez":        {200, ``},
	"system.hello":        {200, ``},
	"userdb.connect":      {422, `{"ownerId":"ann","uri":"mongodb://127.0.0.1:1/x"}`},
	"userdb.disconnect":   {503, `{"ownerId":"ann"}`},
	"userdb.schemas":      {503, ``},
	"userdb.status":       {503, ``},
	"workflow.delete":     {503, ``},
	"workflow.get":        {503, ``},
	"workflow.list":       {503, ``},
	"workflow.save":       {503, workflow("sweep", "ann", "sweep", respond(`"x"`))},
	"workflow.update":     {503, workflow("sweep", "ann", "sweep", respond(`"x"`))},
}

// Every route says that the database is away, in either mode, and says no more;
// nothing is acknowledged then, and all is well afterwards.
func TestEveryRouteWithoutADatabase(t *testing.T) {
	for mode, change := range map[string]func(*config.Settings){"open": func(*config.Settings) {}, "required": loginRequired} {
		t.Run(mode, func(t *testing.T) {
			s := settings(t)
			change(s)
			s.Environment, s.EncryptionKey, s.AllowPrivateDB = "production", []byte(strings.Repeat("k", 32)), true
			url, gone := launchFlaky(t, s)
			bearer := "Bearer " + register(t, url, "sweep@example.com")
			saved := send(t, http.MethodPost, url+"/workflows", workflow("sweep", "ann", "sweep", respond(`"x"`)), "Authorization", bearer)
			require.Equal(t, http.StatusOK, saved.status, saved.body)

			gone.Store(true)
			rows := maps.Clone(withoutStore)
			for _, route := range app.Routes.Routes() {
				row := withoutStore[route.ID]
				delete(rows, route.ID)
				if route.Auth != registry.Public && s.LoginRequired() { // who calls cannot be known
					row.status = http.StatusServiceUnavailable
				}
				for _, path := range route.Paths() {
					path = parameter.ReplaceAllString(path, "sweep") + "?ownerId=ann"
					t.Run(route.Method+" "+path, func(t *testing.T) {
						got := send(t, route.Method, url+path, row.body, "Authorization", bearer)
						if row.status == 0 {
							assert.True(t, got.status < 500 || got.status == http.StatusServiceUnavailable, "%d %s", got.status, got.body)
						} else {
							assert.Equal(t, row.status, got.status, "%s", got.body)
						}
						assert.NotContains(t, got.body, "canary-user")
						assert.NotContains(t, got.body, "db.internal")
						if row.status == http.StatusServiceUnavailable {
							assert.Equal(t, "1", got.header.Get("Retry-After"))
							assert.NotContains(t, got.body, `"executionId"`)
						}
					})
				}
			}
			assert.Empty(t, slices.Sorted(maps.Keys(rows)), "there are no such routes")

			gone.Store(false)
			me := send(t, http.MethodGet, url+"/auth/me", "", "Authorization", bearer)
			assert.Equal(t, http.StatusOK, me.status, "the login is still one: %s", me.body)
			called := send(t, http.MethodPost, url+"/workflow/run/sweep/sweep", `{}`)
			assert.Equal(t, http.StatusOK, called.status, called.body)
			again := send(t, http.MethodPost, url+"/auth/login", `{"email":"sweep@example.com","password":"`+password+`"}`)
			assert.Equal(t, http.StatusOK, again.status, "no try counted against it, and the password is as it was: %s", again.body)
			list := send(t, http.MethodGet, url+"/executions?ownerId=ann", "", "Authorization", bearer)
			assert.Equal(t, http.StatusOK, list.status)
			assert.NotContains(t, list.body, `"queued"`, "nothing that was refused waits")
		})
	}
}
