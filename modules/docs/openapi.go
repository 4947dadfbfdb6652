// Package docs has the endpoints that say how to call all the others: the OpenAPI
// documents, and the page that shows them.
package docs

import (
	"context"
	"net/http"
	"reflect"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Describe("Docs", "How to call all this, for programs and for people.")
	app.Routes.Register(app.Route{
		ID:      "docs.openapi",
		Method:  http.MethodGet,
		Path:    "/openapi.json",
		Tag:     "Docs",
		Summary: "Describes every endpoint as an OpenAPI 3.1 document, made of the routes themselves.",
		Answers: documents,
		Handler: registry.Handle(platformDocument),
	})
}

// documents are the answers of those who send an OpenAPI document.
var documents = map[int]reflect.Type{http.StatusOK: reflect.TypeFor[doc.Object](), http.StatusNotModified: nil}

// cached is what a request says of what it has already.
type cached struct {
	IfNoneMatch string `header:"If-None-Match" description:"The ETag of what the caller has."`
}

func platformDocument(_ context.Context, a *app.App, req *cached) (*registry.Reply, error) {
	return a.OpenAPI().Reply(req.IfNoneMatch), nil
}
