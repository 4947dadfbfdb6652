package userdb

import (
	"context"
	"net/http"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:       "userdb.status",
		Method:   http.MethodGet,
		Path:     "/user/db/status",
		Tag:      "Own database",
		Summary:  "Shows which database an owner has connected, if any.",
		Auth:     registry.Owned,
		Required: "ownerId required",
		Errors:   []int{http.StatusBadRequest},
		Handler:  registry.Handle(status),
	})
}

type statusRequest struct {
	OwnerID string `query:"ownerId" validate:"required" owner:"caller" description:"Whose." example:"user_default"`
}

type statusResponse struct {
	Connected   bool   `json:"connected"`
	Label       string `json:"label,omitempty" example:"My Database"`
	URIMasked   string `json:"uriMasked,omitempty" example:"mongodb+srv://ada:***@cluster.example.com/shop"`
	ConnectedAt string `json:"connectedAt,omitempty" format:"date-time"`
	Status      string `json:"status,omitempty" example:"connected"`
}

func status(ctx context.Context, a *app.App, req *statusRequest) (*statusResponse, error) {
	c, err := a.Connections.Status(ctx, req.OwnerID)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return &statusResponse{}, nil
	}
	return &statusResponse{Connected: true, Label: c.Label, URIMasked: c.Masked, ConnectedAt: doc.Time(c.ConnectedAt), Status: c.Status}, nil
}
