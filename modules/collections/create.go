package collections

import (
	"context"
	"net/http"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/modules/core/schemas"
	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:      "collections.create",
		Method:  http.MethodPost,
		Path:    "/collections",
		Aliases: []string{"/db/schemas"},
		Tag:     "Collections",
		Summary: "Defines a collection, new or not; it can hold documents at once.",
		Auth:    registry.Owned,
		Success: http.StatusCreated,
		Errors:  []int{http.StatusBadRequest, http.StatusConflict},
		Handler: registry.Handle(create),
	})
}

type createRequest struct {
	Name    string    `json:"collectionName"`
	Fields  any       `json:"fields" description:"name to type"`
	Indexes doc.Array `json:"indexes" description:"[{fields: [...], unique?: bool}]"`
	OwnerID string    `json:"ownerId" default:"user_default" owner:"caller"`
}

// Validate speaks as http.md does.
func (r *createRequest) Validate() error {
	if _, ok := r.Fields.(doc.Object); r.Name == "" || !ok {
		return apierr.BadRequest("collectionName and fields are required")
	}
	return nil
}

func create(ctx context.Context, a *app.App, req *createRequest) (*definitionResponse, error) {
	d, err := a.Schemas.Define(ctx, req.OwnerID, a.Data.For(req.OwnerID), req.Name, req.Fields.(doc.Object), req.Indexes, false)
	if err != nil {
		return nil, problem(err)
	}
	return shown(d), nil
}

type definitionResponse struct {
	OK         bool       `json:"ok"`
	Collection definition `json:"collection"`
}

type definition struct {
	Name    string     `json:"collectionName"`
	Fields  doc.Object `json:"fields"`
	Indexes doc.Array  `json:"indexes,omitempty"`
}

func shown(d *schemas.Definition) *definitionResponse {
	return &definitionResponse{OK: true, Collection: definition{Name: d.Collection, Fields: d.Fields, Indexes: d.IndexList()}}
}
