// Package userdb has the endpoints by which people connect a database of their own.
package userdb

import (
	"context"
	"net/http"
	"time"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Describe("Own database", "A MongoDB database of somebody's own, on which their workflows work.")
	app.Routes.Register(app.Route{
		ID:       "userdb.connect",
		Method:   http.MethodPost,
		Path:     "/user/db/connect",
		Tag:      "Own database",
		Summary:  "Tries a MongoDB connection string out and keeps it, sealed: the owner's workflows work on that database from then on.",
		Auth:     registry.Owned,
		Limits:   limits,
		Required: "ownerId and uri are required",
		Errors:   []int{http.StatusBadRequest, http.StatusUnprocessableEntity},
		Handler:  registry.Handle(connect),
	})
}

// limits leave a test of a database its time.
var limits = registry.Limits{Timeout: 20 * time.Second}

type connectRequest struct {
	OwnerID string `json:"ownerId" validate:"required" owner:"caller" description:"Whose." example:"user_default"`
	URI     string `json:"uri" validate:"required" description:"A mongodb:// or mongodb+srv:// connection string." example:"mongodb+srv://ada:secret@cluster.example.com/shop"`
	Label   string `json:"label" default:"My Database" validate:"max=100"`
}

type connectResponse struct {
	OK        bool   `json:"ok"`
	Label     string `json:"label" example:"My Database"`
	URIMasked string `json:"uriMasked" example:"mongodb+srv://ada:***@cluster.example.com/shop"`
}

func connect(ctx context.Context, a *app.App, req *connectRequest) (*connectResponse, error) {
	made, err := a.Connections.Connect(ctx, req.OwnerID, req.URI, req.Label)
	if err != nil {
		return nil, err
	}
	return &connectResponse{OK: true, Label: made.Label, URIMasked: made.Masked}, nil
}
