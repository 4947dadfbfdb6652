package server

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/registry"
)

// node is one segment of the mounted paths. Fiber's own router unescapes before
// it splits, redirects and depends on the order of registration, so matching is
// done here: static segments first, then the parameter, per method.
type node[A any] struct {
	static map[string]*node[A]
	param  *node[A]
	routes map[string]*mounted[A] // by method
}

// mounted is a route at one of its paths.
type mounted[A any] struct {
	*endpoint[A]
	names []string // of the parameters, in order
}

func (n *node[A]) add(path string, m *mounted[A]) {
	for _, segment := range registry.Segments(path) {
		if name, ok := strings.CutPrefix(segment, ":"); ok {
			m.names = append(m.names, name)
			if n.param == nil {
				n.param = &node[A]{}
			}
			n = n.param
			continue
		}
		if n.static == nil {
			n.static = map[string]*node[A]{}
		}
		if n.static[segment] == nil {
			n.static[segment] = &node[A]{}
		}
		n = n.static[segment]
	}
	if n.routes == nil {
		n.routes = map[string]*mounted[A]{}
	}
	n.routes[m.route.Method] = m
}

// find returns the route of a path and the parameters' values, or nil.
func (n *node[A]) find(method string, segments, values []string) (*mounted[A], []string) {
	if len(segments) == 0 {
		if m := n.routes[method]; m != nil {
			return m, values
		}
		return nil, nil
	}
	if next := n.static[segments[0]]; next != nil {
		if m, found := next.find(method, segments[1:], values); m != nil {
			return m, found
		}
	}
	if n.param != nil && segments[0] != "" {
		return n.param.find(method, segments[1:], append(values, segments[0]))
	}
	return nil, nil
}

// match finds the route of a raw path. HEAD is served where GET is.
func (s *Server[A]) match(method, path string) (*mounted[A], []string, error) {
	segments, err := split(path)
	if err != nil {
		return nil, nil, err
	}
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if segments == nil && path != "/" {
		return nil, nil, nil
	}
	m, values := s.root.find(method, segments, nil)
	return m, values, nil
}

// split cuts a path at its slashes and then unescapes each part, so that an
// escaped slash is part of a parameter. One trailing slash is ignored. A path
// that no route can have is nil.
func split(path string) ([]string, error) {
	if !strings.HasPrefix(path, "/") || strings.Count(path, "/") > 32 {
		return nil, nil
	}
	segments := registry.Segments(path)
	for i, segment := range segments {
		if strings.IndexByte(segment, '%') >= 0 {
			plain, err := url.PathUnescape(segment)
			if err != nil {
				return nil, errPath
			}
			segments[i] = plain
		}
		if !utf8.ValidString(segments[i]) {
			return nil, errPath
		}
	}
	return segments, nil
}

var errPath = apierr.New(http.StatusBadRequest, "Bad Request").WithMessage("the path is not percent-encoded UTF-8")

// rawPath is the path of a request line as it was sent, without the query. The
// library's own parser takes "//x" for a host.
func rawPath(uri []byte) string {
	if i := bytes.IndexAny(uri, "?#"); i >= 0 {
		uri = uri[:i]
	}
	if len(uri) > 0 && uri[0] != '/' {
		if _, rest, ok := bytes.Cut(uri, []byte("://")); ok {
			if i := bytes.IndexByte(rest, '/'); i >= 0 {
				return string(rest[i:])
			}
			return "/"
		}
	}
	return string(uri)
}
