package openapi

import (
	"cmp"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// Error is the body of every failure. What a route adds to it comes beside.
type Error struct {
	Error     string `json:"error" description:"What is wrong, for people; about a field, it names the field." example:"Workflow not found"`
	Message   string `json:"message,omitempty" description:"More about it."`
	Code      string `json:"code,omitempty" description:"The same for programs, where there is one."`
	Details   string `json:"details,omitempty" description:"The cause of a 5xx; never in production."`
	RequestID string `json:"requestId,omitempty" description:"The X-Request-Id of the answer, by which the log knows the request."`
	Timestamp string `json:"timestamp" format:"date-time" example:"2026-02-12T10:00:00.000Z"`
}

// meanings of the statuses that a client meets.
var meanings = map[int]string{
	0:                                "Any other failure.",
	http.StatusBadRequest:            "The request is malformed, or a field is missing or wrong; `error` names it.",
	http.StatusUnauthorized:          "The caller did not show who it is, or not well enough.",
	http.StatusForbidden:             "The caller may not do this.",
	http.StatusNotFound:              "There is no such thing, or it is somebody else's.",
	http.StatusConflict:              "It contradicts what is there.",
	http.StatusRequestEntityTooLarge: "The request is too large.",
	http.StatusUnsupportedMediaType:  "The body is not JSON in UTF-8.",
	http.StatusUnprocessableEntity:   "It was understood and could not be done.",
	http.StatusUpgradeRequired:       "The request does not ask for an upgrade.",
	http.StatusTooManyRequests:       "Too many requests; Retry-After says when to come again.",
	http.StatusInternalServerError:   "The server's fault.",
	http.StatusBadGateway:            "A service behind the server failed.",
	http.StatusServiceUnavailable:    "The server, or what it needs, is not available now; try again.",
	http.StatusGatewayTimeout:        "It took too long.",
	http.StatusSwitchingProtocols:    "The connection is a WebSocket from here on.",
	http.StatusNotModified:           "The caller has it already (If-None-Match).",
	http.StatusOK:                    "Success.",
	http.StatusCreated:               "Made.",
}

var retryAfter = doc.Object{{"Retry-After", doc.Object{
	{"description", "Seconds to wait."}, {"schema", doc.Object{{"type", "integer"}, {"minimum", 0}}},
}}}

// responsesOf writes the answers of an operation, the default one last.
func (d *Document) responsesOf(all []Response) doc.Object {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b Response) int {
		return cmp.Compare(uint(a.Status-1), uint(b.Status-1)) // 0 comes last
	})
	o := doc.Object{}
	for _, r := range all {
		var v doc.Object
		if isFailure(r.Status) && r.Schema == nil {
			v = d.shared(r.Status)
		} else {
			v = d.response(r)
		}
		o = append(o, doc.Field{Key: statusKey(r.Status), Value: v})
	}
	return o
}

func isFailure(status int) bool { return status == 0 || status >= http.StatusBadRequest }

// Failures of a schema come beside the envelope: the host may answer any of them.
func (d *Document) response(r Response) doc.Object {
	if r.Status == 0 && !isError(r.Schema) {
		r.Description = cmp.Or(r.Description, "Any other answer.")
	}
	o := doc.Object{{"description", cmp.Or(r.Description, meaning(r.Status))}}
	if r.Headers != nil {
		o = append(o, doc.Field{Key: "headers", Value: r.Headers})
	}
	schema := r.Schema
	if schema == nil {
		return o
	}
	if isFailure(r.Status) && !isError(schema) {
		schema = doc.Object{{"anyOf", doc.Array{schema, d.Schema(typeError)}}}
	}
	return append(o, doc.Field{Key: "content", Value: d.content(r.Type, schema)})
}

var typeError = reflect.TypeFor[Error]()

func isError(schema doc.Object) bool { return doc.String(schema, "$ref") == refTo("Error") }

// shared refers to the response that all operations have in common for a status.
func (d *Document) shared(status int) doc.Object {
	name := strings.ReplaceAll(cmp.Or(http.StatusText(status), "Failure"), " ", "")
	if _, known := doc.Get(d.responses, name); !known {
		r := Response{Status: status, Schema: d.Schema(typeError)}
		if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
			r.Headers = retryAfter
		}
		d.responses = append(d.responses, doc.Field{Key: name, Value: d.response(r)})
		slices.SortFunc(d.responses, func(a, b doc.Field) int { return cmp.Compare(a.Key, b.Key) })
	}
	return doc.Object{{"$ref", "#/components/responses/" + name}}
}

func meaning(status int) string {
	return cmp.Or(meanings[status], http.StatusText(status), "An answer.")
}
