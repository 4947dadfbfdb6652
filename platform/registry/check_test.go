package registry_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/registry"
)

type (
	app   struct{}
	route = registry.Route[*app]
	none  struct{}
	byID  struct {
		ID string `param:"id"`
	}
)

// handler makes a handler that answers with its own request.
func handler[Req any]() registry.Handler[*app] {
	return registry.Handle(func(_ context.Context, _ *app, req *Req) (*Req, error) { return req, nil })
}

func good(id, method, path string) route {
	r := route{ID: id, Method: method, Path: path, Summary: "s", Handler: handler[none]()}
	if names, _ := registry.Params(path); len(names) > 0 {
		r.Handler = handler[byID]()
	}
	return r
}

func TestCheckAcceptsWhatCanBeToldApart(t *testing.T) {
	r := registry.New[*app]()
	r.Register(good("list", http.MethodGet, "/items"))
	r.Register(good("get", http.MethodGet, "/items/:id"))
	r.Register(good("fixed", http.MethodGet, "/items/fixed"))
	r.Register(good("delete", http.MethodDelete, "/items/:id"))
	raw := good("raw", http.MethodGet, "/raw/:id")
	raw.Handler = registry.Raw[*app](func() {})
	r.Register(raw)
	require.NoError(t, r.Check())
}

func TestCheckReportsEveryConflictAtOnce(t *testing.T) {
	r := registry.New[*app]()
	r.Register(good("a", http.MethodGet, "/items/:id"))
	r.Register(good("a", http.MethodPost, "/other"))
	same := good("b", http.MethodGet, "/b")
	same.Aliases = []string{"/items/:name/"}
	same.Handler = registry.Raw[*app](func() {})
	r.Register(same)
	r.Register(good("c", http.MethodPost, "/other/"))
	err := r.Only("a", "b", "c", "gone").Check()
	require.Error(t, err)
	for _, want := range []string{
		`no route has the id "gone"`,
		`route id "a" is registered twice: `,
		`GET /items/:id is served twice: `,
		`POST /other/ is served twice: `,
		"platform/registry/check_test.go:",
	} {
		assert.ErrorContains(t, err, want)
	}
}

func TestCheckReportsMistakesOfARoute(t *testing.T) {
	for want, change := range map[string]func(*route){
		"an id is missing":                   func(r *route) { r.ID = "" },
		"a summary is missing":               func(r *route) { r.Summary = "" },
		"a handler is missing":               func(r *route) { r.Handler = registry.Handler[*app]{} },
		`"HEAD" is not one of GET, POST`:     func(r *route) { r.Method = http.MethodHead },
		"success status 404":                 func(r *route) { r.Success = 404 },
		"does not start with a slash":        func(r *route) { r.Path = "items" },
		"has an empty segment":               func(r *route) { r.Path = "/a//b" },
		"a character that has no meaning":    func(r *route) { r.Path = "/a/*" },
		"names :id twice":                    func(r *route) { r.Path = "/:id/:id" },
		"has no field `param:\"id\"`":        func(r *route) { r.Path = "/:id" },
		"field `param:\"id\"` has no :id in": func(r *route) { r.Handler = handler[byID]() },
		"is not a struct":                    func(r *route) { r.Handler = handler[string]() },
		"is not exported": func(r *route) {
			r.Handler = handler[struct {
				a string `query:"a"`
			}]()
		},
		"needs one of the tags": func(r *route) { r.Handler = handler[struct{ A string }]() },
		"its json tag is empty": func(r *route) {
			r.Handler = handler[struct {
				A string `json:""`
			}]()
		},
		"unknown tag \"jsn\"": func(r *route) {
			r.Handler = handler[struct {
				A string `jsn:"a"`
			}]()
		},
		"body takes": func(r *route) {
			r.Handler = handler[struct {
				A doc.Object `body:"a"`
			}]()
		},
		"a path parameter is a string": func(r *route) {
			r.Path, r.Handler = "/:id", handler[struct {
				ID int `param:"id"`
			}]()
		},
		"cannot be bound": func(r *route) {
			r.Handler = handler[struct {
				A []string `json:"a"`
			}]()
		},
		"a query cannot hold": func(r *route) {
			r.Handler = handler[struct {
				A doc.Array `query:"a"`
			}]()
		},
		"its default \"x\" must be a number": func(r *route) {
			r.Handler = handler[struct {
				A int `query:"a" default:"x"`
			}]()
		},
		"Undefined validation function": func(r *route) {
			r.Handler = handler[struct {
				A string `json:"a" validate:"requird"`
			}]()
		},
	} {
		t.Run(want, func(t *testing.T) {
			bad := good("a", http.MethodGet, "/a")
			change(&bad)
			r := registry.New[*app]()
			r.Register(bad)
			assert.ErrorContains(t, r.Check(), want)
		})
	}
}

func TestRoutesAreSorted(t *testing.T) {
	r := registry.New[*app]()
	r.Register(good("3", http.MethodPost, "/b"))
	r.Register(good("2", http.MethodGet, "/b"))
	r.Register(good("1", http.MethodGet, "/a"))
	var ids []string
	for _, route := range r.Routes() {
		ids = append(ids, route.ID)
	}
	assert.Equal(t, []string{"1", "2", "3"}, ids)
}

func TestSegments(t *testing.T) {
	for path, want := range map[string][]string{
		"/": nil, "/a": {"a"}, "/a/": {"a"}, "//a": {"", "a"}, "/a//": {"a", ""}, "/a/:b": {"a", ":b"},
	} {
		assert.Equal(t, want, registry.Segments(path), path)
	}
}
