package system

import (
	"context"
	"net/http"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func init() {
	app.Routes.Register(app.Route{
		ID:      "system.readyz",
		Method:  http.MethodGet,
		Path:    "/readyz",
		Tag:     "System",
		Summary: "Tells whether the server can do its work now, and if not, why.",
		Errors:  []int{http.StatusServiceUnavailable},
		Handler: registry.Handle(readyz),
	})
}

type readyzRequest struct{}

type readyzResponse struct {
	Status string        `json:"status"`
	Checks []readyzCheck `json:"checks"`
}

type readyzCheck struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Reason string `json:"reason,omitempty"`
}

func readyz(ctx context.Context, a *app.App, _ *readyzRequest) (*registry.Reply, error) {
	results, ok := a.Health.Run(ctx)
	body := readyzResponse{Status: "ready"}
	reply := &registry.Reply{Status: http.StatusOK}
	if !ok {
		body.Status, reply.Status = "not ready", http.StatusServiceUnavailable
	}
	for _, r := range results {
		body.Checks = append(body.Checks, readyzCheck{Name: r.Name, OK: r.Problem == "", Reason: r.Problem})
	}
	reply.Body = body
	return reply, nil
}
