package collections

import (
	"context"
	"net/http"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/data"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:      "collections.data",
		Method:  http.MethodGet,
		Path:    "/collections/:id/data",
		Aliases: []string{"/db/schemas/:id/data"},
		Tag:     "Collections",
		Summary: "Finds documents of a collection.",
		Auth:    registry.Owned,
		Errors:  []int{http.StatusBadRequest, http.StatusNotFound},
		Handler: registry.Handle(find),
	})
}

type findRequest struct {
	Name     string `param:"id" description:"The collection's name." example:"orders"`
	OwnerID  string `query:"ownerId" default:"user_default" owner:"caller" description:"Whose."`
	Filters  string `query:"filters" description:"A MongoDB filter as JSON; it may not name password." example:"{\"qty\":{\"$gte\":2}}"`
	FindType string `query:"findType" default:"many" enum:"many,one"`
	Limit    int64  `query:"limit" default:"100" minimum:"1" maximum:"1000"`
	Skip     int64  `query:"skip" minimum:"0" maximum:"1000000"`
	Sort     string `query:"sort" description:"Names of up to five fields between commas, those with a minus descending; or an object as JSON." example:"sku,-qty"`
}

// maxSkip keeps paging from walking through everything for one answer.
const maxSkip = 1_000_000

// query reads and checks the parameters.
func (r *findRequest) query() (q engine.Query, err error) {
	if q.Filter, err = parseFilters(r.Filters); err != nil {
		return q, err
	}
	if q.Sort, err = parseSort(r.Sort); err != nil {
		return q, err
	}
	switch {
	case r.FindType != "many" && r.FindType != "one":
		return q, apierr.BadRequest("findType must be many or one")
	case r.Limit < 1 || r.Limit > data.MaxLimit:
		return q, apierr.BadRequest("limit must be 1 to %d", data.MaxLimit)
	case r.Skip < 0 || r.Skip > maxSkip:
		return q, apierr.BadRequest("skip must be 0 to %d", maxSkip)
	}
	q.Skip, q.Limit = r.Skip, r.Limit
	if r.FindType == "one" {
		q.Limit = 1
	}
	return q, nil
}

type findResponse struct {
	OK    bool   `json:"ok"`
	Data  any    `json:"data" description:"The documents; with findType=one the first of them, or null." example:"[{\"_id\":\"507f1f77bcf86cd799439011\",\"sku\":\"A-1\",\"qty\":2}]"`
	Count int    `json:"count"`
	Total *int64 `json:"total,omitempty" description:"How many there are without limit and skip."`
}

func find(ctx context.Context, a *app.App, req *findRequest) (*findResponse, error) {
	q, err := req.query()
	if err != nil {
		return nil, err
	}
	if err := mustKnow(ctx, a, req.OwnerID, req.Name); err != nil {
		return nil, err
	}
	found, total, err := a.Data.For(req.OwnerID).Page(ctx, req.Name, q)
	if err != nil {
		return nil, problem(err)
	}
	if req.FindType == "many" {
		list := make(doc.Array, len(found))
		for i := range found {
			list[i] = found[i]
		}
		return &findResponse{OK: true, Data: list, Count: len(list), Total: &total}, nil
	}
	if len(found) == 0 {
		return &findResponse{OK: true}, nil
	}
	return &findResponse{OK: true, Data: found[0], Count: 1}, nil
}

// mustKnow is a 404 for a collection that no workflow could use.
func mustKnow(ctx context.Context, a *app.App, owner, name string) error {
	known, err := a.Schemas.Knows(ctx, owner, name)
	if err == nil && !known {
		return apierr.NotFound("Model not found: " + name)
	}
	return err
}
