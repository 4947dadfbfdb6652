package collections

import (
	"context"
	"net/http"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:      "collections.get",
		Method:  http.MethodGet,
		Path:    "/collections/:id",
		Aliases: []string{"/db/schemas/:id"},
		Tag:     "Collections",
		Summary: "Shows the definition of a collection.",
		Auth:    registry.Owned,
		Errors:  []int{http.StatusNotFound},
		Handler: registry.Handle(get),
	})
}

type getRequest struct {
	Name    string `param:"id" description:"The collection's name." example:"orders"`
	OwnerID string `query:"ownerId" default:"user_default" owner:"caller" description:"Whose."`
}

func get(ctx context.Context, a *app.App, req *getRequest) (*definitionResponse, error) {
	d, err := a.Schemas.Get(ctx, req.OwnerID, req.Name)
	if err != nil {
		return nil, err
	}
	return shown(d), nil
}
