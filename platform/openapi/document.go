// Package openapi writes OpenAPI 3.1 documents from what is declared elsewhere: the
// routes of a registry, with the Go types that their handlers speak. It knows no
// HTTP library. The same declarations always give the same bytes.
package openapi

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// Info is what a document says of itself.
type Info struct {
	Title, Version, Description string
	Cookie                      string // name of the cookie that holds a session; "" when the API has none
}

// Document is a document in the making.
type Document struct {
	info      Info
	tags      doc.Array
	paths     map[string][]doc.Field // operations by path
	schemas   *schemas
	responses doc.Object // shared ones, in the order of their statuses
}

// New begins a document.
func New(info Info) *Document {
	return &Document{info: info, paths: map[string][]doc.Field{}, schemas: newSchemas()}
}

// Tag describes a group of operations. Groups are shown in this order.
func (d *Document) Tag(name, description string) {
	tag := doc.Object{{"name", name}}
	d.tags = append(d.tags, appendText(tag, "description", description))
}

// Access says what an operation wants to know of its caller.
type Access int

// The kinds of access.
const (
	Anyone   Access = iota
	MayShow         // a bearer token counts, but none is needed
	Bearer          // a bearer token
	SignedIn        // a bearer token or the cookie of a session
)

// Operation is what happens at a method and a path.
type Operation struct {
	ID, Summary, Description, Tag string

	AliasOf    string // the path of which this one is another name
	Access     Access
	Parameters []Parameter
	Body       *Body
	Responses  []Response
}

// Parameter is one value beside the body.
type Parameter struct {
	Name, In string // path, query or header
	Required bool
	Schema   doc.Object
}

// Body is what a request holds, as JSON.
type Body struct {
	Required bool
	Schema   doc.Object
}

// Response is one answer. A failure without a schema is the shared one of its
// status.
type Response struct {
	Status      int // 0 is any other
	Description string
	Type        string     // of its content, JSON when empty
	Schema      doc.Object // nil is no content
	Headers     doc.Object
}

// Add adds an operation. Parameters stand in the path as :name.
func (d *Document) Add(method, path string, op Operation) {
	o := doc.Object{{"operationId", op.ID}}
	if op.Tag != "" {
		o = append(o, doc.Field{Key: "tags", Value: doc.Array{op.Tag}})
	}
	o = appendText(o, "summary", op.Summary)
	o = appendText(o, "description", op.Description)
	o = appendText(o, "x-alias-of", op.AliasOf)
	if security := op.Access.security(d.info.Cookie != ""); security != nil {
		o = append(o, doc.Field{Key: "security", Value: security})
	}
	if len(op.Parameters) > 0 {
		o = append(o, doc.Field{Key: "parameters", Value: d.parameters(op.Parameters)})
	}
	if op.Body != nil {
		content := d.content("", op.Body.Schema)
		o = append(o, doc.Field{Key: "requestBody", Value: doc.Object{{"required", op.Body.Required}, {"content", content}}})
	}
	o = append(o, doc.Field{Key: "responses", Value: d.responsesOf(op.Responses)})
	d.paths[path] = append(d.paths[path], doc.Field{Key: strings.ToLower(method), Value: o})
}

func (a Access) security(cookie bool) doc.Array {
	bearer := doc.Object{{"bearer", doc.Array{}}}
	switch {
	case a == MayShow:
		return doc.Array{doc.Object{}, bearer}
	case a == SignedIn && cookie:
		return doc.Array{bearer, doc.Object{{"cookie", doc.Array{}}}}
	case a != Anyone:
		return doc.Array{bearer}
	}
	return nil
}

func (d *Document) parameters(all []Parameter) doc.Array {
	list := make(doc.Array, len(all))
	for i, p := range all {
		description, _ := doc.Get(p.Schema, "description")
		text, _ := description.(string)
		parameter := doc.Object{{"name", p.Name}, {"in", p.In}, {"required", p.Required || p.In == "path"}}
		parameter = appendText(parameter, "description", text)
		list[i] = append(parameter, doc.Field{Key: "schema", Value: doc.Without(p.Schema, "description")})
	}
	return list
}

// content is a body of one type, with an example of it.
func (d *Document) content(kind string, schema doc.Object) doc.Object {
	media := doc.Object{{"schema", schema}}
	if example, ok := d.schemas.example(schema, 0); ok && kind == "" {
		media = append(media, doc.Field{Key: "example", Value: example})
	}
	return doc.Object{{cmp.Or(kind, "application/json"), media}}
}

// JSON is the finished document.
func (d *Document) JSON() []byte {
	info := appendText(doc.Object{{"title", d.info.Title}}, "description", d.info.Description)
	o := doc.Object{
		{"openapi", "3.1.0"},
		{"info", append(info, doc.Field{Key: "version", Value: d.info.Version})},
		{"servers", doc.Array{doc.Object{{"url", "/"}}}},
	}
	if len(d.tags) > 0 {
		o = append(o, doc.Field{Key: "tags", Value: d.tags})
	}
	paths := doc.Object{}
	for _, path := range slices.Sorted(maps.Keys(d.paths)) {
		operations := d.paths[path]
		slices.SortFunc(operations, func(a, b doc.Field) int { return cmp.Compare(a.Key, b.Key) })
		paths = append(paths, doc.Field{Key: template(path), Value: doc.Object(operations)})
	}
	schemes := doc.Object{{"bearer", doc.Object{
		{"type", "http"}, {"scheme", "bearer"}, {"bearerFormat", "JWT"},
	}}}
	if d.info.Cookie != "" {
		schemes = append(schemes, doc.Field{Key: "cookie", Value: doc.Object{
			{"type", "apiKey"}, {"in", "cookie"}, {"name", d.info.Cookie},
		}})
	}
	return doc.MarshalJSON(append(o, doc.Field{Key: "paths", Value: paths}, doc.Field{Key: "components", Value: doc.Object{
		{"schemas", d.schemas.object()}, {"responses", d.responses}, {"securitySchemes", schemes},
	}}))
}

// template writes a path as OpenAPI does: {name} for :name.
func template(path string) string {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if name, ok := strings.CutPrefix(segment, ":"); ok {
			segments[i] = "{" + name + "}"
		}
	}
	return strings.Join(segments, "/")
}

func appendText(o doc.Object, key, text string) doc.Object {
	if text == "" {
		return o
	}
	return append(o, doc.Field{Key: key, Value: text})
}

func statusKey(status int) string {
	if status == 0 {
		return "default"
	}
	return strconv.Itoa(status)
}
