package collections

import (
	"context"
	"net/http"
	"reflect"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:      "collections.update",
		Method:  http.MethodPut,
		Path:    "/collections/:id",
		Aliases: []string{"/db/schemas/:id"},
		Tag:     "Collections",
		Summary: "Replaces the fields of a collection that is defined, and adds indexes.",
		Auth:    registry.Owned,
		Errors:  []int{http.StatusBadRequest, http.StatusNotFound, http.StatusConflict},
		Handler: registry.Handle(update),
	})
}

type updateRequest struct {
	Name    string    `param:"id" description:"The collection's name." example:"orders"`
	Fields  any       `json:"fields" required:"true" description:"Name to type: string, number, boolean, Date, ObjectId, array, object, or Mixed for anything." example:"{\"sku\":\"string\",\"qty\":\"number\"}"`
	Indexes doc.Array `json:"indexes" description:"Indexes to add."`
	OwnerID string    `json:"ownerId" default:"user_default" owner:"caller" description:"Whose."`
}

// Describe is for the documentation.
func (updateRequest) Describe() map[string]reflect.Type { return shapes }

// Validate speaks as http.md does.
func (r *updateRequest) Validate() error {
	if _, ok := r.Fields.(doc.Object); !ok {
		return apierr.BadRequest("fields are required")
	}
	return nil
}

func update(ctx context.Context, a *app.App, req *updateRequest) (*definitionResponse, error) {
	d, err := a.Schemas.Define(ctx, req.OwnerID, a.Data.For(req.OwnerID), req.Name, req.Fields.(doc.Object), req.Indexes, true)
	if err != nil {
		return nil, problem(err)
	}
	return shown(d), nil
}
