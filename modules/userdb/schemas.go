package userdb

import (
	"context"
	"net/http"
	"reflect"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:       "userdb.schemas",
		Method:   http.MethodGet,
		Path:     "/user/db/schemas",
		Tag:      "Own database",
		Summary:  "Lists the collections of an owner's own database, with the fields of some of their documents.",
		Auth:     registry.Owned,
		Limits:   limits,
		Required: "ownerId required",
		Errors:   []int{http.StatusBadRequest, http.StatusUnprocessableEntity},
		Handler:  registry.Handle(schemas),
	})
}

type schemasRequest struct {
	OwnerID string `query:"ownerId" validate:"required" owner:"caller" description:"Whose." example:"user_default"`
}

type schemasResponse struct {
	OK      bool       `json:"ok"`
	Schemas doc.Object `json:"schemas" example:"{\"orders\":[\"sku\",\"qty\"]}"`
}

// Describe is for the documentation.
func (schemasResponse) Describe() map[string]reflect.Type {
	return map[string]reflect.Type{"schemas": reflect.TypeFor[map[string][]string]()}
}

func schemas(ctx context.Context, a *app.App, req *schemasRequest) (*schemasResponse, error) {
	all, err := a.Connections.Schemas(ctx, req.OwnerID)
	if err != nil {
		return nil, err
	}
	return &schemasResponse{OK: true, Schemas: all}, nil
}
