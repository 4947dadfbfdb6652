package contract_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/openapi/openapitest"
)

// holds holds a recorded exchange's answer against what the document says of it.
func (r *replay) holds(t *testing.T, method, path string, status int, body []byte) {
	t.Helper()
	path, _, _ = strings.Cut(path, "?")
	template := describedAs(r.document, method, path)
	if template == "" || len(body) == 0 {
		return // no route has it
	}
	responses := r.document.Get("#/paths/" + strings.ReplaceAll(template, "/", "~1") + "/" + strings.ToLower(method) + "/responses").(map[string]any)
	key := strconv.Itoa(status)
	if _, declared := responses[key]; !declared {
		assert.True(t, status >= 500 || template == "/workflow/run/{workflowId}/{apiName}", "%s %s does not declare %d", method, template, status)
		key = "default"
	}
	schema := r.document.Response(method, template, key)
	require.NotEmpty(t, schema, "%s %s %s", method, template, key)
	assert.NoError(t, r.document.Validate(t, schema, body), "%s", body)
}

// describedAs finds a path's template; what is written out goes before parameters.
func describedAs(d *openapitest.Document, method, path string) (best string) {
	parts := strings.Split(strings.TrimSuffix(path, "/"), "/")
	fewest := len(parts) + 1
	for template, item := range d.Get("#/paths").(map[string]any) {
		want := strings.Split(strings.TrimSuffix(template, "/"), "/")
		if item.(map[string]any)[strings.ToLower(method)] == nil || len(want) != len(parts) {
			continue
		}
		parameters, fits := 0, true
		for i := range want {
			if strings.HasPrefix(want[i], "{") {
				parameters++
			} else if want[i] != parts[i] {
				fits = false
			}
		}
		if fits && parameters < fewest {
			best, fewest = template, parameters
		}
	}
	return best
}

// holdsOwn holds the answer of a published API against the document of its own, if
// what was sent is as that demands; then it was a call that must be understood.
func (r *replay) holdsOwn(t *testing.T, path string, sent []byte, status int, body []byte) {
	t.Helper()
	code, _, text := r.send(t, http.MethodGet, path+"/openapi.json", nil, nil)
	require.Equal(t, http.StatusOK, code, "%s", text)
	d := openapitest.Parse(t, text)
	at := "#/paths/" + strings.ReplaceAll(path, "/", "~1") + "/post"
	require.NotNil(t, d.Get(at), path)
	if len(sent) == 0 {
		sent = []byte("{}")
	}
	if err := d.Validate(t, at+"/requestBody/content/application~1json/schema", sent); err != nil {
		t.Logf("not as documented: %s", sent)
		return
	}
	schema := d.Response(http.MethodPost, path, strconv.Itoa(status))
	require.NotEmpty(t, schema, "%d is not declared", status)
	assert.NoError(t, d.Validate(t, schema, body), "%s", body)
}
