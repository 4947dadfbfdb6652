package registry

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"strings"
)

// Registry is a set of routes for the services type A. Registering only
// stores; Check finds every conflict. It is filled before it is used and is
// not safe for registering at the same time as anything else.
type Registry[A any] struct {
	routes  []Route[A]
	tags    map[string]string // their descriptions
	unknown []string          // ids that Only did not find
}

// New makes an empty registry.
func New[A any]() *Registry[A] { return &Registry[A]{tags: map[string]string{}} }

// Register stores a route and where it was registered.
func (r *Registry[A]) Register(route Route[A]) {
	if _, file, line, ok := runtime.Caller(1); ok {
		route.source = fmt.Sprintf("%s:%d", shorten(file), line)
	}
	r.routes = append(r.routes, route)
}

// Routes lists the routes by path, then method, then id.
func (r *Registry[A]) Routes() []Route[A] {
	routes := slices.Clone(r.routes)
	slices.SortStableFunc(routes, func(a, b Route[A]) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method), cmp.Compare(a.ID, b.ID))
	})
	return routes
}

// Only is a registry of the routes with these ids, for tests that mount a
// single module. An unknown id is reported by Check.
func (r *Registry[A]) Only(ids ...string) *Registry[A] {
	only := New[A]()
	only.tags = r.tags
	for _, id := range ids {
		found := false
		for _, route := range r.routes {
			if route.ID == id {
				only.routes, found = append(only.routes, route), true
			}
		}
		if !found {
			only.unknown = append(only.unknown, id)
		}
	}
	return only
}

// shorten keeps the last three elements of a file's path: enough to find it in
// the repository, and the same on every machine.
func shorten(file string) string {
	parts := strings.Split(file, "/")
	return strings.Join(parts[max(0, len(parts)-3):], "/")
}
