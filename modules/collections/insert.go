package collections

import (
	"context"
	"net/http"
	"reflect"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:      "collections.insert",
		Method:  http.MethodPost,
		Path:    "/collections/:id/data",
		Aliases: []string{"/db/schemas/:id/data"},
		Tag:     "Collections",
		Summary: "Stores a document in a collection, which must fit its definition.",
		Auth:    registry.Owned,
		Success: http.StatusCreated,
		Errors:  []int{http.StatusBadRequest, http.StatusNotFound, http.StatusConflict},
		Handler: registry.Handle(insert),
	})
}

type insertRequest struct {
	Name    string `param:"id" description:"The collection's name." example:"orders"`
	OwnerID string `json:"ownerId" default:"user_default" owner:"caller" description:"Whose."`
	Data    any    `json:"data" required:"true" example:"{\"sku\":\"A-1\",\"qty\":2}"`
}

// Describe is for the documentation.
func (insertRequest) Describe() map[string]reflect.Type {
	return map[string]reflect.Type{"data": reflect.TypeFor[doc.Object]()}
}

// Validate speaks as http.md does.
func (r *insertRequest) Validate() error {
	switch data, ok := r.Data.(doc.Object); {
	case !ok:
		return apierr.BadRequest("data object is required")
	case len(data) == 0:
		return apierr.BadRequest("data object cannot be empty")
	}
	return nil
}

type insertResponse struct {
	OK         bool       `json:"ok"`
	Data       doc.Object `json:"data" description:"The document as it is stored." example:"{\"_id\":\"507f1f77bcf86cd799439011\",\"sku\":\"A-1\",\"qty\":2}"`
	InsertedID any        `json:"insertedId" example:"\"507f1f77bcf86cd799439011\""`
}

func insert(ctx context.Context, a *app.App, req *insertRequest) (*insertResponse, error) {
	if err := mustKnow(ctx, a, req.OwnerID, req.Name); err != nil {
		return nil, err
	}
	document := req.Data.(doc.Object)
	if err := engine.CheckKeys("data", document); err != nil {
		return nil, problem(err)
	}
	stored, err := a.Data.For(req.OwnerID).Insert(ctx, req.Name, document)
	if err != nil {
		return nil, problem(err)
	}
	id, _ := doc.Get(stored, "_id")
	return &insertResponse{OK: true, Data: stored, InsertedID: id}, nil
}
