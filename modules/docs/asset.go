package docs

import (
	"context"
	"net/http"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:       "docs.asset",
		Method:   http.MethodGet,
		Path:     "/docs/:file",
		Tag:      "Docs",
		Summary:  "Sends a script or a style of the page.",
		Errors:   []int{http.StatusNotFound},
		Produces: "*/*",
		Handler:  registry.Handle(sendAsset),
	})
}

type assetRequest struct {
	File string `param:"file" example:"docs.css"`
	cached
}

func sendAsset(_ context.Context, _ *app.App, req *assetRequest) (*registry.Reply, error) {
	return site.Reply(req.File, req.IfNoneMatch)
}
