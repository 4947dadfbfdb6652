package registry

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

var methods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// Check reports every mistake and every conflict at once, each with the files
// that registered the routes. Hosts refuse to start when it fails.
func (r *Registry[A]) Check() error {
	var errs []error
	ids, paths := map[string]string{}, map[string]string{}
	for _, id := range r.unknown {
		errs = append(errs, fmt.Errorf("no route has the id %q", id))
	}
	for _, route := range r.Routes() {
		for _, problem := range route.problems() {
			errs = append(errs, fmt.Errorf("route %q (%s): %s", route.ID, route.source, problem))
		}
		if other, ok := ids[route.ID]; ok && route.ID != "" {
			errs = append(errs, fmt.Errorf("route id %q is registered twice: %s and %s", route.ID, other, route.source))
		} else {
			ids[route.ID] = route.source
		}
		for _, path := range route.Paths() {
			key := route.Method + " " + shape(path)
			if other, ok := paths[key]; ok {
				errs = append(errs, fmt.Errorf("%s %s is served twice: %s and %s", route.Method, path, other, route.source))
			} else {
				paths[key] = route.source
			}
		}
	}
	return errors.Join(errs...)
}

// problems are the mistakes of one route on its own.
func (r *Route[A]) problems() (found []string) {
	add := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	if r.ID == "" {
		add("an id is missing (%s %s)", r.Method, r.Path)
	}
	if r.Summary == "" {
		add("a summary is missing")
	}
	if !slices.Contains(methods, r.Method) {
		add("%q is not one of %s", r.Method, strings.Join(methods, ", "))
	}
	if r.Success != 0 && (r.Success < 200 || r.Success > 399) {
		add("success status %d is none", r.Success)
	}
	if r.Handler.missing() {
		add("a handler is missing")
	}
	if r.Handler.err != nil {
		add("%v", r.Handler.err)
	}
	if plan := r.Handler.plan; plan != nil && r.Handler.err == nil && plan.owned != (r.Auth == Owned) {
		add("a route is Owned exactly when its request has a field `owner:\"caller\"`")
	}
	declared := r.declared()
	for _, path := range r.Paths() {
		names, err := Params(path)
		if err != nil {
			add("%v", err)
			continue
		}
		if r.Handler.raw != nil {
			continue // raw functions read the parameters themselves
		}
		for _, name := range names {
			if !slices.Contains(declared, name) {
				add("path parameter :%s of %s has no field `param:%q`", name, path, name)
			}
		}
		for _, name := range declared {
			if !slices.Contains(names, name) {
				add("field `param:%q` has no :%s in %s", name, name, path)
			}
		}
	}
	return found
}

func (r *Route[A]) declared() (names []string) {
	if r.Handler.plan == nil {
		return nil
	}
	for _, f := range r.Handler.plan.fields {
		if f.source == fromParam {
			names = append(names, f.name)
		}
	}
	return names
}

// Segments splits a path as hosts match it: one trailing slash is ignored.
func Segments(path string) []string {
	path = strings.TrimPrefix(path, "/")
	path = strings.TrimSuffix(path, "/")
	if path == "" {
		return nil
	}
	return strings.Split(path, "/")
}

// Params are the parameter names of a route path, in order, or what is wrong
// with the path.
func Params(path string) ([]string, error) {
	if !strings.HasPrefix(path, "/") {
		return nil, fmt.Errorf("path %q does not start with a slash", path)
	}
	var names []string
	for _, segment := range Segments(path) {
		name, isParam := strings.CutPrefix(segment, ":")
		switch {
		case segment == "" || isParam && name == "":
			return nil, fmt.Errorf("path %q has an empty segment", path)
		case strings.ContainsAny(segment, "*?%# ") || strings.Contains(name, ":"):
			return nil, fmt.Errorf("path %q: segment %q holds a character that has no meaning here", path, segment)
		case isParam && slices.Contains(names, name):
			return nil, fmt.Errorf("path %q names :%s twice", path, name)
		case isParam:
			names = append(names, name)
		}
	}
	return names, nil
}

// shape is a path without its parameters' names and trailing slash: paths of
// one shape cannot be told apart.
func shape(path string) string {
	segments := Segments(path)
	for i, segment := range segments {
		if strings.HasPrefix(segment, ":") {
			segments[i] = ":"
		}
	}
	return "/" + strings.Join(segments, "/")
}
