package server

import (
	"net/http"

	"github.com/valyala/bytebufferpool"
	"github.com/valyala/fasthttp"

	"github.com/orchestrix/orchestrix/platform/registry"
)

const contentTypeJSON = "application/json; charset=utf-8"

// respond sends a handler's result, with a status and headers of its own when
// it is a registry.Reply.
func respond(rctx *fasthttp.RequestCtx, status int, result any) {
	if status == 0 {
		status = http.StatusOK
	}
	if h, ok := result.(registry.Headers); ok {
		setHeaders(rctx, h.Headers())
	}
	reply, ok := result.(*registry.Reply)
	if !ok {
		sendJSON(rctx, status, result)
		return
	}
	if reply == nil {
		rctx.SetStatusCode(status)
		return
	}
	if reply.Status != 0 {
		status = reply.Status
	}
	switch body, raw := reply.Body.([]byte); {
	case status == http.StatusNoContent || status == http.StatusNotModified:
		rctx.SetStatusCode(status)
	case raw:
		rctx.SetStatusCode(status)
		rctx.SetBody(body)
	default: // nil too: clients parse every answer, so it is a JSON null
		sendJSON(rctx, status, reply.Body)
	}
	setHeaders(rctx, reply.Header)
}

func setHeaders(rctx *fasthttp.RequestCtx, headers []registry.Header) {
	for _, h := range headers {
		rctx.Response.Header.Set(h.Name, h.Value)
	}
}

func sendJSON(rctx *fasthttp.RequestCtx, status int, v any) {
	b := bytebufferpool.Get()
	defer bytebufferpool.Put(b)
	b.B = appendJSON(b.B, v)
	rctx.SetStatusCode(status)
	rctx.SetContentType(contentTypeJSON)
	rctx.SetBody(b.B)
}
