package docs

import (
	"context"
	"embed"
	"io/fs"
	"net/http"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/assets"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:       "docs.page",
		Method:   http.MethodGet,
		Path:     "/docs",
		Tag:      "Docs",
		Summary:  "Shows the endpoints, and the APIs of saved workflows, as a page.",
		Produces: "text/html",
		Handler:  registry.Handle(showPage),
	})
}

//go:embed page
var embedded embed.FS

var site = assets.Must(fs.Sub(embedded, "page"))

func showPage(_ context.Context, _ *app.App, req *cached) (*registry.Reply, error) {
	return site.Reply("index.html", req.IfNoneMatch)
}
