package contract_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/config"
	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/openapi/openapitest"
	"github.com/orchestrix/orchestrix/platform/registry"
)

// document reads the program's own description.
func document(t testing.TB, url string) *openapitest.Document {
	t.Helper()
	got := send(t, http.MethodGet, url+"/openapi.json", "")
	require.Equal(t, http.StatusOK, got.status)
	assert.Equal(t, "application/json; charset=utf-8", got.header.Get("Content-Type"))
	return openapitest.Parse(t, []byte(got.body))
}

var named = regexp.MustCompile(`:(\w+)`)

// Every route is described at every path, in both modes, with what is declared.
func TestEveryRouteIsDescribed(t *testing.T) {
	for name, change := range map[string]func(*config.Settings){"open": func(*config.Settings) {}, "required": loginRequired} {
		t.Run(name, func(t *testing.T) {
			d := document(t, start(t, change))
			described := 0
			for _, path := range d.Get("#/paths").(map[string]any) {
				described += len(path.(map[string]any))
			}
			for _, route := range app.Routes.Routes() {
				for _, path := range route.Paths() {
					described--
					item, _ := d.Get("#/paths/" + pointer(path)).(map[string]any)
					op, _ := item[strings.ToLower(route.Method)].(map[string]any)
					require.NotNil(t, op, "%s %s", route.Method, path)
					holdsDeclaration(t, &route, path, op, name == "required")
				}
			}
			assert.Zero(t, described, "nothing else is described")
		})
	}
}

// pointer is a route's path as a part of a JSON pointer.
func pointer(path string) string {
	return strings.ReplaceAll(named.ReplaceAllString(path, "{$1}"), "/", "~1")
}

func holdsDeclaration(t *testing.T, route *app.Route, path string, op map[string]any, loginRequired bool) {
	t.Helper()
	at := route.Method + " " + path
	assert.Equal(t, []any{route.Tag}, op["tags"], at)
	assert.Equal(t, route.Summary, op["summary"], at)
	assert.Equal(t, path != route.Path, op["x-alias-of"] != nil, at)
	responses := op["responses"].(map[string]any)
	for _, status := range route.Errors {
		assert.Contains(t, responses, strconv.Itoa(status), at)
	}
	needsLogin := route.Auth == registry.Caller || route.Auth == registry.Session || loginRequired && route.Auth == registry.Owned
	if needsLogin {
		assert.Equal(t, []any{map[string]any{"bearer": []any{}}, map[string]any{"cookie": []any{}}}, op["security"], at)
		assert.Contains(t, responses, "401", at)
	} else if op["security"] != nil {
		assert.Contains(t, op["security"], map[string]any{}, "%s: none is needed", at)
	}
	assert.Equal(t, route.Handler.ReadsBody(), op["requestBody"] != nil, at)
	if route.Handler.ReadsBody() {
		assert.Contains(t, responses, "413", at)
		assert.Contains(t, responses, "415", at)
	}
	var inPath []string
	parameters, _ := op["parameters"].([]any)
	for _, p := range parameters {
		parameter := p.(map[string]any)
		if parameter["in"] == "path" {
			inPath = append(inPath, parameter["name"].(string))
		}
		assert.False(t, loginRequired && needsLogin && parameter["name"] == "ownerId", "%s: the caller is the owner", at)
	}
	names, err := registry.Params(path)
	require.NoError(t, err)
	assert.ElementsMatch(t, names, inPath, at)
}

// The same program describes itself in the same bytes, and sends them once.
func TestTheDescriptionIsStable(t *testing.T) {
	first, second := start(t), start(t)
	a, b := send(t, http.MethodGet, first+"/openapi.json", ""), send(t, http.MethodGet, second+"/openapi.json", "")
	assert.Equal(t, a.body, b.body)
	again := send(t, http.MethodGet, first+"/openapi.json", "", "If-None-Match", a.header.Get("ETag"))
	assert.Equal(t, http.StatusNotModified, again.status)
	assert.Empty(t, again.body)
}

// The examples of the document are as its schemas say.
func TestExamplesFitTheirSchemas(t *testing.T) {
	d := document(t, start(t))
	for path, item := range d.Get("#/paths").(map[string]any) {
		for method, op := range item.(map[string]any) {
			at := "#/paths/" + strings.ReplaceAll(path, "/", "~1") + "/" + method
			places := []string{at + "/requestBody/content/application~1json"}
			for status := range op.(map[string]any)["responses"].(map[string]any) {
				if schema := d.Response(method, path, status); schema != "" {
					places = append(places, strings.TrimSuffix(schema, "/schema"))
				}
			}
			for _, place := range places {
				media, _ := d.Get(place).(map[string]any)
				example, shown := media["example"]
				if !shown {
					continue
				}
				text, err := json.Marshal(example)
				require.NoError(t, err)
				assert.NoError(t, d.Validate(t, place+"/schema", text), "%s: %s", place, text)
			}
		}
	}
}
