package server_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/logging"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/registry"
	"github.com/orchestrix/orchestrix/platform/server"
)

// fixture is the services of the test routes.
type fixture struct {
	entered chan struct{} // a handler of /slow is running
	release chan struct{} // it may answer
}

func newFixture() *fixture {
	return &fixture{entered: make(chan struct{}, 1), release: make(chan struct{})}
}

type (
	none   struct{}
	idOnly struct {
		ID string `param:"id"`
	}
	anyBody struct {
		Body doc.Object `body:"*"`
	}
	entry struct {
		Name  string    `json:"name"`
		Count int       `json:"count,omitempty"`
		Tags  doc.Array `json:"tags,omitzero"`
	}
	nested struct {
		Object  doc.Object     `json:"object"`
		Entries []entry        `json:"entries"`
		Any     any            `json:"any"`
		Pointer *entry         `json:"pointer,omitempty"`
		At      time.Time      `json:"at"`
		Map     map[string]int `json:"map"`
		hidden  int
	}
)

// failures are the errors that /fail/:id returns.
var failures = map[string]error{
	"apierr": &apierr.Error{Status: 409, Title: "Conflict", Message: "taken", Code: "TAKEN",
		Fields: []apierr.Field{{Key: "field", Value: "name"}}, Cause: errors.New("cause")},
	"deadline":    fmt.Errorf("find: %w", context.DeadlineExceeded),
	"unavailable": fmt.Errorf("find at db.internal: %w", mongo.ErrUnavailable),
	"wrapped":     apierr.Internal(fmt.Errorf("find: %w", mongo.ErrUnavailable)),
	"plain":       errors.New("private detail"),
}

func routes() *registry.Registry[*fixture] {
	r := registry.New[*fixture]()
	add := func(id, method, path string, h registry.Handler[*fixture], aliases ...string) {
		r.Register(registry.Route[*fixture]{ID: id, Method: method, Path: path, Aliases: aliases, Summary: id, Handler: h})
	}
	add("item.get", http.MethodGet, "/items/:id", registry.Handle(func(_ context.Context, _ *fixture, req *idOnly) (*doc.Object, error) {
		return &doc.Object{{Key: "id", Value: req.ID}}, nil
	}), "/things/:id")
	add("item.fixed", http.MethodGet, "/items/fixed", registry.Handle(func(context.Context, *fixture, *none) (*doc.Object, error) {
		return &doc.Object{{Key: "fixed", Value: true}}, nil
	}))
	add("item.delete", http.MethodDelete, "/items/:id", registry.Handle(func(_ context.Context, _ *fixture, req *idOnly) (*doc.Object, error) {
		return &doc.Object{{Key: "deleted", Value: req.ID}}, nil
	}))
	add("fail", http.MethodGet, "/fail/:id", registry.Handle(func(_ context.Context, _ *fixture, req *idOnly) (*none, error) {
		if req.ID == "panic" {
			panic("private detail")
		}
		return nil, failures[req.ID]
	}))
	add("requestid", http.MethodGet, "/requestid", registry.Handle(func(ctx context.Context, _ *fixture, _ *none) (*doc.Object, error) {
		return &doc.Object{{Key: "id", Value: logging.RequestID(ctx)}}, nil
	}))
	add("echo", http.MethodPost, "/echo", registry.Handle(func(_ context.Context, _ *fixture, req *anyBody) (*doc.Object, error) {
		return &req.Body, nil
	}))
	add("size", http.MethodPost, "/size", registry.Handle(func(_ context.Context, _ *fixture, req *anyBody) (*doc.Object, error) {
		return &doc.Object{{Key: "size", Value: len(doc.String(req.Body, "pad"))}}, nil
	}))
	add("ignores", http.MethodPost, "/ignores", registry.Handle(func(context.Context, *fixture, *none) (*none, error) {
		return &none{}, nil
	}))
	add("nested", http.MethodGet, "/nested", registry.Handle(func(context.Context, *fixture, *none) (*nested, error) {
		return &nested{
			Object:  doc.Object{{Key: "z", Value: "<&>"}, {Key: "a", Value: doc.Array{1, nil}}},
			Entries: []entry{{Name: "one", Tags: doc.Array{}}, {Name: "two", Count: 2}},
			Any:     doc.Object{{Key: "y", Value: int64(1)}, {Key: "b", Value: 1.5}},
			At:      time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC),
			Map:     map[string]int{"b": 2, "a": 1},
			hidden:  1,
		}, nil
	}))
	add("reply", http.MethodGet, "/reply", registry.Handle(func(context.Context, *fixture, *none) (*registry.Reply, error) {
		return &registry.Reply{Status: 201, Header: []registry.Header{{Name: "X-Execution-Id", Value: "e1"}},
			Body: doc.Object{{Key: "b", Value: 1}, {Key: "a", Value: 2}}}, nil
	}))
	add("text", http.MethodGet, "/text", registry.Handle(func(context.Context, *fixture, *none) (*registry.Reply, error) {
		return &registry.Reply{Header: []registry.Header{{Name: "Content-Type", Value: "text/plain"}}, Body: []byte("hi")}, nil
	}))
	add("empty", http.MethodGet, "/empty", registry.Handle(func(context.Context, *fixture, *none) (*registry.Reply, error) {
		return &registry.Reply{Status: 204}, nil
	}))
	add("slow", http.MethodGet, "/slow", registry.Handle(func(ctx context.Context, f *fixture, _ *none) (*none, error) {
		f.entered <- struct{}{}
		select {
		case <-f.release:
			return &none{}, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}))
	r.Register(registry.Route[*fixture]{ID: "brief", Method: http.MethodGet, Path: "/brief", Summary: "brief",
		Limits: registry.Limits{Timeout: 10 * time.Millisecond},
		Handler: registry.Handle(func(ctx context.Context, _ *fixture, _ *none) (*none, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		})})
	r.Register(registry.Route[*fixture]{ID: "raw", Method: http.MethodGet, Path: "/raw/:id", Summary: "raw",
		Handler: registry.Raw[*fixture](func(c *fiber.Ctx, _ *fixture) error {
			if server.Param(c, "id") == "bad" {
				return fiber.NewError(http.StatusUpgradeRequired, "upgrade")
			}
			return c.SendString(server.Param(c, "id") + " " + logging.RequestID(c.UserContext()))
		})})
	return r
}
