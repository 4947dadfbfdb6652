package collections_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/modulestest"
	"github.com/orchestrix/orchestrix/platform/doc"
)

// trees are the two places where the endpoints are served.
var trees = []string{"/collections", "/db/schemas"}

func start(t testing.TB) *modulestest.Host {
	t.Helper()
	return modulestest.Start(t, "collections.list", "collections.create", "collections.get", "collections.update",
		"collections.delete", "collections.data", "collections.insert", "workflow.save")
}

// row is one request and what its answer must be, hold and not hold. Its path is
// below a tree.
type row struct {
	name, method, path, body string
	status                   int
	contains, lacks          []string
}

// play sends the rows in order to one host, once for each tree.
func play(t *testing.T, rows []row) {
	for _, tree := range trees {
		t.Run(tree, func(t *testing.T) { playAt(t, start(t), tree, rows) })
	}
}

func playAt(t *testing.T, host *modulestest.Host, tree string, rows []row) {
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			got := host.Call(r.method, tree+r.path, r.body)
			assert.Equal(t, r.status, got.Status, "%s", got.Body)
			for _, text := range r.contains {
				assert.Contains(t, got.Body, text)
			}
			for _, text := range r.lacks {
				assert.NotContains(t, got.Body, text)
			}
		})
	}
}

// define defines a collection; fields and indexes are JSON.
func define(t testing.TB, host *modulestest.Host, name, fields string, indexes ...string) {
	t.Helper()
	body := `{"collectionName":` + quote(name) + `,"fields":` + fields
	for _, list := range indexes {
		body += `,"indexes":` + list
	}
	got := host.Call(http.MethodPost, "/collections", body+"}")
	require.Equal(t, http.StatusCreated, got.Status, got.Body)
}

// insert stores a document and returns it as the answer has it.
func insert(t testing.TB, host *modulestest.Host, name, document string) map[string]any {
	t.Helper()
	got := host.Call(http.MethodPost, "/collections/"+url.PathEscape(name)+"/data", `{"data":`+document+`}`)
	require.Equal(t, http.StatusCreated, got.Status, got.Body)
	var body struct{ Data map[string]any }
	require.NoError(t, json.Unmarshal([]byte(got.Body), &body))
	return body.Data
}

// page is an answer of documents.
type page struct {
	Data  []map[string]any
	Count int
	Total int
}

// find asks for documents with parameters, names and values in turn.
func find(t testing.TB, host *modulestest.Host, name string, parameters ...string) page {
	t.Helper()
	got := host.Call(http.MethodGet, "/collections/"+url.PathEscape(name)+"/data"+query(parameters...), "")
	require.Equal(t, http.StatusOK, got.Status, got.Body)
	var p page
	require.NoError(t, json.Unmarshal([]byte(got.Body), &p), got.Body)
	return p
}

func query(parameters ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(parameters); i += 2 {
		q.Set(parameters[i], parameters[i+1])
	}
	return "?" + q.Encode()
}

// listed are the schemas.
func listed(t testing.TB, host *modulestest.Host, parameters ...string) map[string][]string {
	t.Helper()
	got := host.Call(http.MethodGet, "/db/schemas"+query(parameters...), "")
	require.Equal(t, http.StatusOK, got.Status, got.Body)
	var body struct{ Schemas map[string][]string }
	require.NoError(t, json.Unmarshal([]byte(got.Body), &body), got.Body)
	return body.Schemas
}

func save(t testing.TB, host *modulestest.Host, id, steps string) {
	t.Helper()
	got := host.Call(http.MethodPost, "/workflows/save", `{"workflowId":`+quote(id)+`,"ownerId":"o","apiName":`+quote(id)+`,"steps":`+steps+`}`)
	require.Equal(t, http.StatusOK, got.Status, got.Body)
}

func quote(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func long(n int) string { return strings.Repeat("x", n) }

// quoteAsIs writes a text as JSON as the server does, which escapes no HTML.
func quoteAsIs(text string) string { return string(doc.MarshalJSON(text)) }
