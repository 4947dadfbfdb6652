package system

import (
	"context"
	"net/http"
	"reflect"

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
		Limits:  registry.Limits{Always: true},
		Errors:  []int{http.StatusServiceUnavailable},
		Answers: map[int]reflect.Type{http.StatusOK: readiness, http.StatusServiceUnavailable: readiness},
		Handler: registry.Handle(readyz),
	})
}

var readiness = reflect.TypeFor[readyzResponse]()

type readyzRequest struct{}

type readyzResponse struct {
	Status string        `json:"status" enum:"ready,not ready"`
	Checks []readyzCheck `json:"checks"`
}

type readyzCheck struct {
	Name   string `json:"name" example:"store"`
	OK     bool   `json:"ok"`
	Reason string `json:"reason,omitempty" description:"Why it is not."`
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
