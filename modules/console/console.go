// Package console serves the page on which people make, run and watch workflows.
// The page uses the public API and Socket.IO only, like any other client.
package console

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
	app.Routes.Describe("Console", "The page on which people make, run and watch workflows.")
	app.Routes.Register(app.Route{
		ID:       "console.page",
		Method:   http.MethodGet,
		Path:     "/console",
		Tag:      "Console",
		Summary:  "The console, as a page for browsers.",
		Produces: "text/html",
		Handler:  registry.Handle(page),
	})
	app.Routes.Register(app.Route{
		ID:       "console.file",
		Method:   http.MethodGet,
		Path:     "/console/:file",
		Tag:      "Console",
		Summary:  "A file of the console: a script, its style, its icon.",
		Errors:   []int{http.StatusNotFound},
		Produces: "*/*",
		Handler:  registry.Handle(file),
	})
}

//go:embed page
var embedded embed.FS

// site is read once: the files are part of the program.
var site = assets.Must(fs.Sub(embedded, "page"))

type pageRequest struct {
	IfNoneMatch string `header:"If-None-Match"`
}

func page(_ context.Context, _ *app.App, req *pageRequest) (*registry.Reply, error) {
	return site.Reply("index.html", req.IfNoneMatch)
}

type fileRequest struct {
	File        string `param:"file"`
	IfNoneMatch string `header:"If-None-Match"`
}

func file(_ context.Context, _ *app.App, req *fileRequest) (*registry.Reply, error) {
	return site.Reply(req.File, req.IfNoneMatch)
}
