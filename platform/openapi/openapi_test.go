package openapi_test

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/openapi"
	"github.com/orchestrix/orchestrix/platform/openapi/openapitest"
	"github.com/orchestrix/orchestrix/platform/registry"
)

type none struct{}

type page struct {
	Limit int  `query:"limit" default:"50" minimum:"1" maximum:"200" description:"Most of them."`
	All   bool `query:"all"`
}

type makeRequest struct {
	ID    string     `param:"id" example:"a"`
	Owner string     `json:"ownerId" validate:"required" owner:"caller"`
	Name  string     `json:"name" validate:"required,max=10" example:"Ada"`
	Kind  string     `json:"kind" enum:"x,y"`
	Parts doc.Array  `json:"parts"`
	Any   any        `json:"any" required:"true" example:"{\"a\":1}"`
	Extra doc.Object `json:"extra"`
	Token string     `header:"Authorization"`
	Agent string     `header:"User-Agent"`
	page
}

// Describe says what the parts are.
func (makeRequest) Describe() map[string]reflect.Type {
	return map[string]reflect.Type{"parts": reflect.TypeFor[[]tree]()}
}

type tree struct {
	Name  string            `json:"name"`
	Inner []tree            `json:"inner,omitempty"`
	Text  map[string]string `json:"text,omitzero"`
}

type made struct {
	base
	Count  *int    `json:"count"`
	Left   *int    `json:"left,omitempty"`
	Top    *tree   `json:"top"`
	Ratio  float64 `json:"ratio"`
	Secret string  `json:"-"`
	hidden int
	None   struct {
		A int64 `json:"a"`
	} `json:"none"`
}

type base struct {
	OK bool   `json:"ok"`
	At string `json:"at" format:"date-time"`
}

func routes() *registry.Registry[none] {
	r := registry.New[none]()
	r.Describe("Things", "What there is.")
	r.Register(registry.Route[none]{
		ID: "thing.make", Method: http.MethodPost, Path: "/things/:id", Aliases: []string{"/thing/:id"}, Tag: "Things", Summary: "Makes a thing.",
		Auth: registry.Owned, Success: http.StatusCreated, Errors: []int{http.StatusConflict},
		Answers: map[int]reflect.Type{http.StatusConflict: reflect.TypeFor[tree](), http.StatusNoContent: nil},
		Handler: registry.Handle(func(context.Context, none, *makeRequest) (*made, error) { return &made{hidden: 1}, nil }),
	})
	r.Register(registry.Route[none]{
		ID: "thing.page", Method: http.MethodGet, Path: "/things/:id/page", Tag: "Things", Summary: "Shows it.", Auth: registry.Session, Produces: "text/html",
		Handler: registry.Raw[none](func() {}).Reading(reflect.TypeFor[struct {
			ID string `param:"id"`
		}]()),
	})
	r.Register(registry.Route[none]{ID: "thing.raw", Method: http.MethodGet, Path: "/raw/:x", Tag: "Raw", Summary: "Is raw.", Handler: registry.Raw[none](func() {})})
	return r
}

func describe(t *testing.T, opts openapi.Options) *openapitest.Document {
	t.Helper()
	opts.Info = openapi.Info{Title: "Test", Version: "1", Cookie: "sid"}
	r := routes()
	require.NoError(t, r.Check())
	text := openapi.FromRoutes(r, opts).JSON()
	assert.Equal(t, string(text), string(openapi.FromRoutes(routes(), opts).JSON()), "the same again")
	return openapitest.Parse(t, text)
}

func at(t *testing.T, d *openapitest.Document, pointer string) string {
	t.Helper()
	text, err := json.Marshal(d.Get(pointer))
	require.NoError(t, err)
	return string(text)
}

const makes = "#/paths/~1things~1{id}/post"

func TestRequestsAndResponses(t *testing.T) {
	d := describe(t, openapi.Options{})
	for pointer, want := range map[string]string{
		"#/tags": `[{"name":"Raw"},{"name":"Things","description":"What there is."}]`,
		makes + "/parameters": `[{"name":"id","in":"path","required":true,"schema":{"type":"string","examples":["a"]}},
			{"name":"User-Agent","in":"header","required":false,"schema":{"type":"string"}},
			{"name":"limit","in":"query","required":false,"description":"Most of them.","schema":{"type":"integer","default":50,"minimum":1,"maximum":200}},
			{"name":"all","in":"query","required":false,"schema":{"type":"boolean"}}]`,
		makes + "/security":                                      `[{},{"bearer":[]}]`,
		makes + "/requestBody/required":                          `true`,
		makes + "/requestBody/content/application~1json/example": `{"ownerId":"text","name":"Ada","any":{"a":1}}`,
		"#/components/schemas/Openapi_testMakeRequest": `{"type":"object","required":["ownerId","name","any"],"properties":{
			"ownerId":{"type":"string","minLength":1},"name":{"type":"string","minLength":1,"maxLength":10,"examples":["Ada"]},"kind":{"type":"string","enum":["x","y"]},
			"parts":{"type":"array","items":{"$ref":"#/components/schemas/Openapi_testTree"}},"any":{"examples":[{"a":1}]},"extra":{"type":"object"}}}`,
		"#/components/schemas/Openapi_testMade": `{"type":"object","required":["ok","at","count","top","ratio","none"],"properties":{
			"ok":{"type":"boolean"},"at":{"type":"string","format":"date-time"},"count":{"type":["integer","null"]},"left":{"type":"integer"},
			"top":{"anyOf":[{"$ref":"#/components/schemas/Openapi_testTree"},{"type":"null"}]},"ratio":{"type":"number"},
			"none":{"type":"object","required":["a"],"properties":{"a":{"type":"integer"}}}}}`,
		"#/components/schemas/Openapi_testTree": `{"type":"object","required":["name"],"properties":{"name":{"type":"string"},
			"inner":{"type":"array","items":{"$ref":"#/components/schemas/Openapi_testTree"}},"text":{"type":"object","additionalProperties":{"type":"string"}}}}`,
		makes + "/responses/409/content/application~1json/schema": `{"anyOf":[{"$ref":"#/components/schemas/Openapi_testTree"},{"$ref":"#/components/schemas/Error"}]}`,
		makes + "/responses/204/content":                          `null`,
		"#/paths/~1thing~1{id}/post/x-alias-of":                   `"/things/{id}"`,
		"#/paths/~1thing~1{id}/post/operationId":                  `"thing.make.alias1"`,
		"#/paths/~1things~1{id}~1page/get/security":               `[{"bearer":[]},{"cookie":[]}]`,
		"#/paths/~1raw~1{x}/get/parameters":                       `[{"name":"x","in":"path","required":true,"schema":{"type":"string"}}]`,
	} {
		assert.JSONEq(t, want, at(t, d, pointer), pointer)
	}
	for _, status := range []string{"201", "400", "409", "413", "415", "default"} {
		assert.Contains(t, d.Get(makes+"/responses"), status)
	}
	for _, status := range []string{"200", "401", "429"} {
		assert.NotContains(t, d.Get(makes+"/responses"), status)
	}
}

func TestWhereALoginIsRequired(t *testing.T) {
	d := describe(t, openapi.Options{LoginRequired: true, RateLimited: true})
	assert.JSONEq(t, `[{"bearer":[]},{"cookie":[]}]`, at(t, d, makes+"/security"))
	assert.JSONEq(t, `["name","any"]`, at(t, d, "#/components/schemas/Openapi_testMakeRequest/required"), "the caller is the owner")
	assert.Nil(t, d.Get("#/components/schemas/Openapi_testMakeRequest/properties/ownerId"))
	for _, path := range []string{makes, "#/paths/~1things~1{id}~1page/get"} {
		assert.Contains(t, d.Get(path+"/responses"), "401")
		assert.Contains(t, d.Get(path+"/responses"), "429")
	}
	assert.NotNil(t, d.Get("#/components/responses/TooManyRequests/headers/Retry-After"))
}
