package registry

import (
	"context"
	"reflect"
)

// Handler is a route's function together with the types it speaks. Make one
// with Handle or Raw.
type Handler[A any] struct {
	req, resp reflect.Type
	plan      *plan
	reads     *plan // of a raw function, for the documentation
	call      func(ctx context.Context, app A, in Input, required string) (any, error)
	raw       any
	err       error
}

// Handle wraps a typed function. Req is a struct whose tags say where each
// field comes from (see plan); mistakes in it are reported by Registry.Check.
func Handle[A, Req, Resp any](fn func(ctx context.Context, app A, req *Req) (*Resp, error)) Handler[A] {
	h := Handler[A]{req: reflect.TypeFor[Req](), resp: reflect.TypeFor[Resp]()}
	h.plan, h.err = compile(h.req)
	p := h.plan
	h.call = func(ctx context.Context, app A, in Input, required string) (any, error) {
		req := new(Req)
		if err := p.bind(in, reflect.ValueOf(req).Elem(), required); err != nil {
			return nil, err
		}
		if err := validateSelf(req); err != nil {
			return nil, err
		}
		resp, err := fn(ctx, app, req)
		if err != nil {
			return nil, err
		}
		return resp, nil
	}
	return h
}

// Raw wraps a function of the host's own kind, such as func(*fiber.Ctx, A)
// error for protocol upgrades. The host checks its type when it is mounted.
func Raw[A any](fn any) Handler[A] { return Handler[A]{raw: fn} }

// Reading says what a raw function reads of a request, for the documentation: a
// struct with the tags of a request type.
func (h Handler[A]) Reading(t reflect.Type) Handler[A] {
	h.req = t
	h.reads, h.err = compile(t)
	return h
}

// Raw is the function given to Raw, or nil for a typed handler.
func (h Handler[A]) Raw() any { return h.raw }

// Types are the request and response types of a typed handler. A raw one may have
// a request type.
func (h Handler[A]) Types() (req, resp reflect.Type) { return h.req, h.resp }

// ReadsBody reports whether the handler wants the body at all.
func (h Handler[A]) ReadsBody() bool { return h.plan != nil && h.plan.readsBody }

func (h Handler[A]) missing() bool { return h.call == nil && h.raw == nil }
