package server

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/valyala/fasthttp"

	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/doc"
)

// input is a request as registry.Input wants it. Every string is a copy: the
// library reuses its buffers.
type input struct {
	rctx    *fasthttp.RequestCtx
	proxies proxies
	owner   string // that the request is bound to
	names   []string
	values  []string
	limit   int64 // of the body
}

func (in *input) Param(name string) string {
	if i := slices.Index(in.names, name); i >= 0 {
		return in.values[i]
	}
	return ""
}

func (in *input) Query(name string) []string {
	raw := in.rctx.URI().QueryArgs().PeekMulti(name)
	values := make([]string, len(raw))
	for i, v := range raw {
		values[i] = string(v)
	}
	return values
}

// Address is read when it is wanted: few routes do.
func (in *input) Address() string { return in.proxies.client(in.rctx).String() }

func (in *input) Owner() string { return in.owner }

func (in *input) Header(name string) string { return string(in.rctx.Request.Header.Peek(name)) }

func (in *input) Body() (doc.Object, error) {
	return decodeBody(in.rctx.Request.Body(), in.Header("Content-Type"), in.Header("Content-Encoding"), in.limit)
}

// decodeBody reads a JSON object from a body as it was sent. No body at all is
// an empty object. The limit, in bytes, holds before and after inflating.
func decodeBody(body []byte, contentType, encoding string, limit int64) (doc.Object, error) {
	if len(body) == 0 {
		return doc.Object{}, nil
	}
	if int64(len(body)) > limit {
		return nil, errTooLarge(limit)
	}
	if !isJSON(contentType) {
		return nil, apierr.New(http.StatusUnsupportedMediaType, "Content-Type must be application/json in UTF-8")
	}
	body, err := inflate(body, encoding, limit)
	if err != nil {
		return nil, err
	}
	v, err := doc.Decode(body)
	if err != nil {
		return nil, apierr.BadRequest("%s", err.Error())
	}
	object, ok := v.(doc.Object)
	if !ok {
		return nil, apierr.BadRequest("the request body must be a JSON object")
	}
	return object, nil
}

// isJSON accepts application/json and *+json, in UTF-8.
func isJSON(contentType string) bool {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "application/json" && !strings.HasSuffix(kind, "+json") {
		return false
	}
	charset := strings.ToLower(params["charset"])
	return charset == "" || charset == "utf-8" || charset == "utf8"
}

// inflate is done here because the library does it without a limit.
func inflate(body []byte, encoding string, limit int64) ([]byte, error) {
	var r io.Reader
	var err error
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "", "identity":
		return body, nil
	case "gzip":
		r, err = gzip.NewReader(bytes.NewReader(body))
	case "deflate":
		r, err = zlib.NewReader(bytes.NewReader(body))
	default:
		return nil, apierr.New(http.StatusUnsupportedMediaType,
			fmt.Sprintf("unsupported content encoding %q", encoding[:min(len(encoding), 64)]))
	}
	if err != nil {
		return nil, errInflate(err)
	}
	plain, err := io.ReadAll(io.LimitReader(r, limit+1))
	switch {
	case err != nil:
		return nil, errInflate(err)
	case int64(len(plain)) > limit:
		return nil, errTooLarge(limit)
	}
	return plain, nil
}

// errInflate words it as the old backend's library did.
func errInflate(err error) error {
	e := apierr.BadRequest("invalid compressed data")
	e.Code = "Z_DATA_ERROR"
	switch {
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, zlib.ErrHeader):
		e.Title = "incorrect header check"
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		e.Title, e.Code = "unexpected end of file", "Z_BUF_ERROR"
	}
	return e.Because(err)
}

func errTooLarge(limit int64) *apierr.Error {
	return apierr.New(http.StatusRequestEntityTooLarge, fmt.Sprintf("The request body is over %d bytes", limit))
}
