// Package registry holds what the product serves, as data: each route with its
// path, its typed handler and its rules. It knows no HTTP library; a host reads
// the routes, and documentation is generated from the same declaration.
package registry

import (
	"context"
	"reflect"
	"time"
)

// Auth says who may call a route.
type Auth int

const (
	// Public routes take anyone.
	Public Auth = iota
	// Caller routes take any valid token, including ones a workflow minted.
	Caller
	// Session routes take only a live login session, by its token or cookie.
	Session
	// Owned routes are about somebody's own things. Where no login is required
	// they are public; where it is, they are Session routes, and the owner is
	// the caller whatever the request says (`owner:"caller"`).
	Owned
	// Handshake routes are Owned ones whose clients may show who they are only
	// once they are connected: the protocol asks them.
	Handshake
)

func (a Auth) String() string {
	return [...]string{"public", "caller", "session", "owned", "handshake"}[a]
}

// Limits of one route. Zero values take the host's defaults.
type Limits struct {
	Body    int64         // bytes, inflated; never above the host's own limit
	Timeout time.Duration // deadline of the handler's context
	Always  bool          // answered even when the host turns others away; for probes
}

// Route is one operation: what it is called, where it is and what it does.
type Route[A any] struct {
	ID      string   // unique, "<domain>.<verb>", e.g. "workflow.save"
	Method  string   // GET, POST, PUT, PATCH or DELETE; HEAD follows GET
	Path    string   // "/workflows/:workflowId"
	Aliases []string // further paths with the same parameters
	Summary string   // one sentence for the documentation
	Tag     string   // documentation group; the domain's name
	Auth    Auth
	Limits  Limits
	Success int   // status of a typed answer; 200 when zero
	Errors  []int // statuses it may fail with, besides the 401 that Auth brings; for the documentation

	// Answers are the bodies of statuses that are not (only) the handler's response
	// type or the envelope of errors, 0 being any other; nil is no body. For the
	// documentation.
	Answers  map[int]reflect.Type
	Produces string // content type of a success, JSON when empty; for the documentation

	// Required is the body's "error" text when a field marked
	// `validate:"required"` is missing or falsy; "<field> is required" when empty.
	Required string

	Handler Handler[A]

	source string
}

// Paths is the path and its aliases.
func (r *Route[A]) Paths() []string { return append([]string{r.Path}, r.Aliases...) }

// Source is the file and line that registered the route.
func (r *Route[A]) Source() string { return r.source }

// Serve binds the input to the handler's request type, checks it and calls the
// handler. It must not be called on a raw route.
func (r *Route[A]) Serve(ctx context.Context, app A, in Input) (any, error) {
	return r.Handler.call(ctx, app, in, r.Required)
}

// Header is one header of a Reply.
type Header struct{ Name, Value string }

// Headers is what a response implements that sets headers beside its body.
type Headers interface{ Headers() []Header }

// Reply is the response type of handlers that choose their own status, such as
// published APIs. Status 0 is the route's own. A Body of type []byte is sent as
// it is (give a Content-Type), anything else as JSON, nil being null. 204 and 304
// have no body.
type Reply struct {
	Status int
	Header []Header
	Body   any
}
