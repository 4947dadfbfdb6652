// Package collections has the endpoints of collections: what they are, and the
// documents in them. They are served below /collections and /db/schemas.
package collections

import (
	"context"
	"net/http"
	"reflect"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Describe("Collections", "What workflows keep their data in: definitions and documents.")
	app.Routes.Register(app.Route{
		ID:      "collections.list",
		Method:  http.MethodGet,
		Path:    "/collections",
		Aliases: []string{"/db/schemas"},
		Tag:     "Collections",
		Summary: "Lists every collection that workflows can use, with its fields.",
		Auth:    registry.Owned,
		Handler: registry.Handle(list),
	})
}

type listRequest struct {
	OwnerID string `query:"ownerId" default:"user_default" owner:"caller" description:"Whose."`
	Refresh bool   `query:"refresh" description:"true reads everything anew."`
}

type listResponse struct {
	OK      bool       `json:"ok"`
	Schemas doc.Object `json:"schemas" description:"Names of fields by the name of their collection." example:"{\"orders\":[\"sku\",\"qty\"]}"`
}

// Describe is for the documentation.
func (listResponse) Describe() map[string]reflect.Type {
	return map[string]reflect.Type{"schemas": reflect.TypeFor[map[string][]string]()}
}

func list(ctx context.Context, a *app.App, req *listRequest) (*listResponse, error) {
	all, err := a.Schemas.Schemas(ctx, req.OwnerID, req.Refresh)
	if err != nil {
		return nil, err
	}
	return &listResponse{OK: true, Schemas: all}, nil
}
