package docs

import (
	"context"
	"net/http"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/assets"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:      "docs.published",
		Method:  http.MethodGet,
		Path:    "/workflow/run/:workflowId/:apiName/openapi.json",
		Tag:     "Docs",
		Summary: "Describes the API of a saved workflow as an OpenAPI 3.1 document, made of its steps.",
		Errors:  []int{http.StatusNotFound},
		Answers: documents,
		Handler: registry.Handle(publishedDocument),
	})
}

type publishedRequest struct {
	WorkflowID string `param:"workflowId" example:"greet"`
	APIName    string `param:"apiName" example:"greet-people"`
	cached
}

// publishedDocument is for whoever may call the API, and that is anyone: it says
// what callers send and get, and nothing of what the steps do.
func publishedDocument(ctx context.Context, a *app.App, req *publishedRequest) (*registry.Reply, error) {
	w, err := a.Workflows.Definition(ctx, req.WorkflowID, req.APIName)
	if err != nil {
		return nil, err
	}
	text, err := describe(w, req.APIName, a.Settings)
	if err != nil {
		return nil, err
	}
	return assets.NewFile("openapi.json", text).Reply(req.IfNoneMatch), nil
}
