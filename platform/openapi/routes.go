package openapi

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/registry"
)

// Options are what the routes themselves do not know.
type Options struct {
	Info
	LoginRequired bool // routes about somebody's own things need a login
	RateLimited   bool // any route may answer 429
}

// FromRoutes describes every route of a registry at every one of its paths.
func FromRoutes[A any](r *registry.Registry[A], opts Options) *Document {
	d := New(opts.Info)
	for _, tag := range r.Tags() {
		d.Tag(tag.Name, tag.Description)
	}
	for _, route := range r.Routes() {
		op := operation(d, &route, opts)
		d.Add(route.Method, route.Path, op)
		for i, alias := range route.Aliases {
			another := op
			another.AliasOf = template(route.Path)
			another.ID = fmt.Sprintf("%s.alias%d", op.ID, i+1)
			another.Description = "The same as " + route.Method + " " + another.AliasOf + "."
			d.Add(route.Method, alias, another)
		}
	}
	return d
}

func operation[A any](d *Document, route *registry.Route[A], opts Options) Operation {
	op := Operation{ID: route.ID, Summary: route.Summary, Tag: route.Tag, Access: access(route.Auth, opts.LoginRequired)}
	fields := route.Handler.Fields()
	body, mayFail := &objectSchema{}, false
	for _, f := range fields {
		schema := d.schemas.field(f.StructField, f.Parent, f.Key)
		bound := f.Owner && opts.LoginRequired
		switch {
		case bound || f.From == "client" || f.From == "owner":
			continue
		case f.From == "header" && f.Key == "Authorization": // OpenAPI knows it as security only
			op.Access = max(op.Access, MayShow)
			continue
		case f.From == "body":
			body = nil
			op.Body = &Body{Schema: describe(typed("object"), f.Tag)}
		case f.From == "json":
			body.add(f.Key, schema, isRequired(f.Tag))
		default:
			op.Parameters = append(op.Parameters, Parameter{Name: f.Key, In: places[f.From], Required: isRequired(f.Tag), Schema: schema})
		}
		mayFail = mayFail || f.From != "header"
	}
	if body != nil && route.Handler.ReadsBody() { // though it may hold nothing that counts
		op.Body = &Body{Schema: body.named(d, requestType(route)), Required: len(body.required) > 0}
	}
	if fields == nil {
		op.Parameters = pathParameters(route.Path)
	}
	op.Responses = responses(d, route, op, mayFail, opts)
	return op
}

var places = map[string]string{"param": "path", "query": "query", "header": "header"}

func requestType[A any](route *registry.Route[A]) reflect.Type {
	req, _ := route.Handler.Types()
	return req
}

// named keeps the schema of a body under the name of its request type. It holds
// only those of its fields that come in the body.
func (o *objectSchema) named(d *Document, t reflect.Type) doc.Object {
	name, known := d.schemas.names[t]
	if !known {
		name = d.schemas.nameOf(t)
		d.schemas.names[t] = name
	}
	return d.Define(name, o.schema())
}

func access(auth registry.Auth, loginRequired bool) Access {
	owned := auth == registry.Owned || auth == registry.Handshake
	switch {
	case auth == registry.Public || owned && !loginRequired:
		return Anyone
	case auth == registry.Handshake:
		return MayShow // the protocol asks those who did not
	}
	return SignedIn
}

func pathParameters(path string) (all []Parameter) {
	names, err := registry.Params(path)
	if err != nil {
		return nil // the registry has reported it
	}
	for _, name := range names {
		all = append(all, Parameter{Name: name, In: "path", Schema: typed("string")})
	}
	return all
}

// responses are those that the route declares, and those that the host brings.
func responses[A any](d *Document, route *registry.Route[A], op Operation, mayFail bool, opts Options) []Response {
	_, resp := route.Handler.Types()
	all := map[int]Response{0: {}}
	add := func(r Response) { all[r.Status] = r }
	success := Response{Status: route.Success, Type: route.Produces}
	if success.Status == 0 {
		success.Status = http.StatusOK
	}
	switch {
	case resp == nil: // a raw function answers as it likes
	case route.Produces != "" && resp == typeReply:
		success.Schema = typed("string")
	default:
		success.Schema = d.Schema(resp)
	}
	if _, told := route.Answers[success.Status]; resp != nil || route.Answers == nil || told {
		add(success)
	}
	for _, status := range route.Errors {
		add(Response{Status: status})
	}
	if op.Access == SignedIn {
		add(Response{Status: http.StatusUnauthorized})
	}
	if mayFail {
		add(Response{Status: http.StatusBadRequest})
	}
	if op.Body != nil {
		add(Response{Status: http.StatusRequestEntityTooLarge})
		add(Response{Status: http.StatusUnsupportedMediaType})
	}
	if opts.RateLimited {
		add(Response{Status: http.StatusTooManyRequests})
	}
	for status, t := range route.Answers {
		r := Response{Status: status, Type: all[status].Type}
		if t != nil {
			r.Schema = d.Schema(t)
		}
		add(r)
	}
	list := make([]Response, 0, len(all))
	for _, r := range all {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b Response) int { return a.Status - b.Status })
	return list
}

func isRequired(tag reflect.StructTag) bool {
	if tag.Get("required") == "true" {
		return true
	}
	return slices.Contains(strings.Split(tag.Get("validate"), ","), "required")
}
