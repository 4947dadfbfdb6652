package registry_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/doc"
)

// request is an Input made of maps.
type request struct {
	params, headers map[string]string
	query           map[string][]string
	body            string
	err             error
	reads           int
	owner           string
}

func (r *request) Param(name string) string   { return r.params[name] }
func (r *request) Query(name string) []string { return r.query[name] }
func (r *request) Header(name string) string  { return r.headers[name] }
func (r *request) Address() string            { return "192.0.2.1" }
func (r *request) Owner() string              { return r.owner }
func (r *request) Body() (doc.Object, error) {
	r.reads++
	if r.err != nil || r.body == "" {
		return doc.Object{}, r.err
	}
	v, err := doc.Decode([]byte(r.body))
	if err != nil {
		return nil, err
	}
	return v.(doc.Object), nil
}

type common struct {
	Owner string `query:"ownerId" default:"user_default"`
}

type everything struct {
	common
	ID     string     `param:"id"`
	Agent  string     `header:"User-Agent"`
	Limit  int        `query:"limit" default:"20" validate:"min=1,max=100"`
	Deep   bool       `query:"deep"`
	Name   string     `json:"name" validate:"required"`
	Count  int64      `json:"count"`
	Ratio  float64    `json:"ratio"`
	On     bool       `json:"on"`
	Steps  doc.Array  `json:"steps" validate:"required"`
	Object doc.Object `json:"object"`
	Any    any        `json:"any"`
}

func serve[Req any](t testing.TB, in *request, required string) (*Req, error) {
	t.Helper()
	r := route{ID: "a", Method: http.MethodPost, Path: "/a", Summary: "s", Required: required, Handler: handler[Req]()}
	got, err := r.Serve(context.Background(), nil, in)
	if err != nil {
		return nil, err
	}
	return got.(*Req), nil
}

func TestBindFillsEveryField(t *testing.T) {
	in := &request{
		params:  map[string]string{"id": "i"},
		headers: map[string]string{"User-Agent": "me"},
		query:   map[string][]string{"limit": {"5"}, "deep": {"true"}, "ownerId": {"o"}},
		body:    `{"name":"n","count":1e3,"ratio":2,"on":true,"steps":[],"object":{"b":1,"a":2},"any":[1],"more":1}`,
	}
	got, err := serve[everything](t, in, "")
	require.NoError(t, err)
	assert.Equal(t, &everything{common: common{Owner: "o"}, ID: "i", Agent: "me", Limit: 5, Deep: true, Name: "n", Count: 1000,
		Ratio: 2, On: true, Steps: doc.Array{}, Object: doc.Object{{Key: "b", Value: int64(1)}, {Key: "a", Value: int64(2)}},
		Any: doc.Array{int64(1)}}, got)
	assert.Equal(t, 1, in.reads)
}

func TestBindRules(t *testing.T) {
	for _, c := range []struct {
		name, body, required string
		query                map[string][]string
		want                 string // the error's title; "" for none
	}{
		{name: "good", body: `{"name":"n","steps":[1]}`},
		{name: "null is absent", body: `{"name":"n","steps":[],"count":null,"any":null}`},
		{name: "falsy of another type is absent", body: `{"name":"n","steps":[],"count":"","object":false,"on":0}`},
		{name: "missing", body: `{"steps":[]}`, want: "name is required"},
		{name: "empty", body: `{"name":"","steps":[]}`, want: "name is required"},
		{name: "falsy", body: `{"name":0,"steps":[]}`, want: "name is required"},
		{name: "the route's own text", body: `{}`, required: "name and steps required", want: "name and steps required"},
		{name: "missing is told before wrong", body: `{"count":"x"}`, required: "all required", want: "all required"},
		{name: "wrong is not missing", body: `{"name":1,"steps":[]}`, required: "all required", want: "name must be a string"},
		{name: "array due", body: `{"name":"n","steps":{}}`, want: "steps must be an array"},
		{name: "object due", body: `{"name":"n","steps":[],"object":[]}`, want: "object must be an object"},
		{name: "number due", body: `{"name":"n","steps":[],"count":"7"}`, want: "count must be a number"},
		{name: "whole number due", body: `{"name":"n","steps":[],"count":1.5}`, want: "count must be a number"},
		{name: "too large for exact", body: `{"name":"n","steps":[],"count":1e300}`, want: "count must be a number"},
		{name: "boolean due", body: `{"name":"n","steps":[],"on":"yes"}`, want: "on must be a boolean"},
		{name: "first field wins", body: `{"name":"n","steps":1,"count":"x"}`, want: "count must be a number"},
		{name: "query number", body: `{"name":"n","steps":[]}`, query: map[string][]string{"limit": {"x"}}, want: "limit must be a number"},
		{name: "query rule", body: `{"name":"n","steps":[]}`, query: map[string][]string{"limit": {"101"}}, want: "limit must be at most 100"},
		{name: "query empty", body: `{"name":"n","steps":[]}`, query: map[string][]string{"limit": {""}}},
		{name: "query twice", body: `{"name":"n","steps":[]}`, query: map[string][]string{"limit": {"1", "2"}}, want: "limit must be a number"},
		{name: "query no UTF-8", body: `{"name":"n","steps":[]}`, query: map[string][]string{"ownerId": {"\xff"}}, want: "ownerId must be UTF-8 text"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := serve[everything](t, &request{body: c.body, query: c.query}, c.required)
			if c.want != "" {
				var e *apierr.Error
				require.ErrorAs(t, err, &e)
				assert.Equal(t, http.StatusBadRequest, e.Status)
				assert.Equal(t, c.want, e.Title)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, "user_default", got.Owner)
			assert.Equal(t, 20, got.Limit)
		})
	}
}

func TestBodyIsReadOnlyWhenWanted(t *testing.T) {
	broken := errors.New("broken")
	in := &request{err: broken, query: map[string][]string{"ownerId": {"a", "b"}}}
	got, err := serve[common](t, in, "")
	require.NoError(t, err)
	assert.Equal(t, "a,b", got.Owner, "a value sent twice matches nothing")
	assert.Zero(t, in.reads)
	assert.False(t, handler[common]().ReadsBody())

	_, err = serve[everything](t, in, "")
	assert.ErrorIs(t, err, broken)
	assert.True(t, handler[everything]().ReadsBody())
}

type selfChecked struct {
	Body doc.Object `body:"*"`
}

func (s *selfChecked) Validate() error {
	switch doc.String(s.Body, "mode") {
	case "plain":
		return errors.New("mode is plain")
	case "conflict":
		return apierr.Conflict("mode is taken")
	}
	return nil
}

func TestRequestsCheckThemselves(t *testing.T) {
	for body, want := range map[string]struct {
		status int
		title  string
	}{
		`{"mode":"plain"}`:    {http.StatusBadRequest, "mode is plain"},
		`{"mode":"conflict"}`: {http.StatusConflict, "mode is taken"},
	} {
		_, err := serve[selfChecked](t, &request{body: body}, "")
		var e *apierr.Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, want.status, e.Status)
		assert.Equal(t, want.title, e.Title)
	}
	got, err := serve[selfChecked](t, &request{body: `{"z":1,"a":2}`}, "")
	require.NoError(t, err)
	assert.Equal(t, doc.Object{{Key: "z", Value: int64(1)}, {Key: "a", Value: int64(2)}}, got.Body)
}

func BenchmarkServe(b *testing.B) {
	r := route{ID: "a", Method: http.MethodPost, Path: "/a", Handler: handler[everything]()}
	in := &request{body: `{"name":"n","steps":[{"id":"1"}],"count":3}`, query: map[string][]string{"limit": {"5"}}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Serve(b.Context(), nil, in); err != nil {
			b.Fatal(err)
		}
	}
}
