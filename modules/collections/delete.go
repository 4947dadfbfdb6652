package collections

import (
	"context"
	"net/http"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:      "collections.delete",
		Method:  http.MethodDelete,
		Path:    "/collections/:id",
		Aliases: []string{"/db/schemas/:id"},
		Tag:     "Collections",
		Summary: "Deletes the definition of a collection; its documents stay.",
		Auth:    registry.Owned,
		Errors:  []int{http.StatusNotFound},
		Handler: registry.Handle(remove),
	})
}

type deleteRequest struct {
	Name    string `param:"id" description:"The collection's name." example:"orders"`
	OwnerID string `query:"ownerId" default:"user_default" owner:"caller" description:"Whose."`
}

type deleteResponse struct {
	OK      bool   `json:"ok"`
	Message string `json:"message" example:"Collection deleted successfully"`
}

func remove(ctx context.Context, a *app.App, req *deleteRequest) (*deleteResponse, error) {
	if err := a.Schemas.Delete(ctx, req.OwnerID, req.Name); err != nil {
		return nil, err
	}
	return &deleteResponse{OK: true, Message: "Collection deleted successfully"}, nil
}
