package collections

import (
	"context"
	"net/http"
	"reflect"

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
	Name    string    `json:"collectionName" required:"true" example:"orders"`
	Fields  any       `json:"fields" required:"true" description:"Name to type: string, number, boolean, Date, ObjectId, array, object, or Mixed for anything." example:"{\"sku\":\"string\",\"qty\":\"number\"}"`
	Indexes doc.Array `json:"indexes" description:"Indexes to add."`
	OwnerID string    `json:"ownerId" default:"user_default" owner:"caller" description:"Whose."`
}

// Describe is for the documentation.
func (createRequest) Describe() map[string]reflect.Type { return shapes }

// shapes are the types of what a definition holds.
var shapes = map[string]reflect.Type{"fields": reflect.TypeFor[map[string]string](), "indexes": reflect.TypeFor[[]index]()}

// index is an index as clients see it.
type index struct {
	Fields []string `json:"fields" example:"[\"sku\"]"`
	Unique bool     `json:"unique,omitempty" example:"true"`
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
	Name    string     `json:"collectionName" example:"orders"`
	Fields  doc.Object `json:"fields" example:"{\"sku\":\"string\",\"qty\":\"number\"}"`
	Indexes doc.Array  `json:"indexes,omitempty"`
}

// Describe is for the documentation.
func (definition) Describe() map[string]reflect.Type { return shapes }

func shown(d *schemas.Definition) *definitionResponse {
	return &definitionResponse{OK: true, Collection: definition{Name: d.Collection, Fields: d.Fields, Indexes: d.IndexList()}}
}
