package contract_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/openapi/openapitest"
)

// golden is one recorded exchange (tests/fixtures/goldens/README.md).
type golden struct {
	Name, Method, Path string
	Request            struct {
		Headers map[string]string
		Body    json.RawMessage
	}
	Status   int
	Headers  map[string]string
	Body     any
	Workflow json.RawMessage
	Mail     []recordedMail
}

func TestGoldens(t *testing.T) {
	for _, group := range []string{"engine", "workflows", "http", "execution", "auth", "collections"} {
		t.Run(group, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("..", "fixtures", "goldens", group+".json"))
			require.NoError(t, err)
			var file struct{ Cases []golden }
			require.NoError(t, json.Unmarshal(text, &file))
			office := postOffice(t)
			r := newReplay(t, start(t, sending(office)))
			for i := range file.Cases {
				g := &file.Cases[i]
				t.Run(g.Name, func(t *testing.T) {
					if group != "auth" { // elsewhere each case counts anew
						clear(r.bound)
					}
					before := len(office.Messages())
					r.run(t, g)
					compareMail(t, g.Mail, office.Messages()[before:])
				})
			}
		})
	}
}

// replay sends recorded requests to one server and compares the answers.
type replay struct {
	url      string
	bound    map[string]string     // placeholder to the value it stands for
	document *openapitest.Document // that answers must be as
}

func newReplay(t *testing.T, url string) *replay {
	return &replay{url: url, bound: map[string]string{}, document: document(t, url)}
}

func (r *replay) run(t *testing.T, g *golden) {
	path := strings.Replace(g.Path, "/workflows/workflow/run/", "/workflow/run/", 1)
	if len(g.Workflow) > 0 {
		id := strings.Split(path, "/")[3]
		body, err := json.Marshal(map[string]any{"workflowId": id, "ownerId": "user_default", "apiName": "run", "steps": g.Workflow})
		require.NoError(t, err)
		status, _, _ := r.send(t, http.MethodPost, "/workflows", map[string]string{"content-type": "application/json"}, r.fill(body))
		require.Equal(t, http.StatusOK, status)
	}
	headers := map[string]string{}
	for name, value := range g.Request.Headers {
		headers[name] = r.jwt(t, value)
	}
	sent := r.requestBody(t, g.Request.Body)
	status, gotHeaders, body := r.send(t, g.Method, path, headers, sent)
	r.holds(t, g.Method, path, status, body)
	if len(g.Workflow) > 0 {
		r.holdsOwn(t, path, sent, status, body)
	}

	expected := *g
	override(&expected)
	assert.Equal(t, expected.Status, status, "%s", body)
	for name, value := range g.Headers {
		assert.Equal(t, value, gotHeaders.Get(name), name)
	}
	if expected.Body == nil {
		return
	}
	var got any
	require.NoError(t, json.Unmarshal(body, &got), "%s", body)
	c := comparison{replay: r, extra: expected.Status >= 400}
	for _, difference := range c.compare("", expected.Body, got) {
		t.Error(difference)
	}
}

func (r *replay) send(t *testing.T, method, path string, headers map[string]string, body []byte) (int, http.Header, []byte) {
	var reader io.Reader
	if body != nil {
		reader = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, r.url, reader)
	require.NoError(t, err)
	req.URL.Opaque = "//" + req.URL.Host + strings.ReplaceAll(path, " ", "%20") // as recorded: not cleaned, not escaped anew
	for name, value := range headers {
		req.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res.StatusCode, res.Header, answer
}

// requestBody makes the bytes of a recorded body.
func (r *replay) requestBody(t *testing.T, recorded json.RawMessage) []byte {
	if recorded == nil {
		return nil
	}
	var special struct {
		Raw    *string `json:"$raw"`
		Base64 *string `json:"$base64"`
		Pad    *struct {
			Field string
			Bytes int
			Base  map[string]any
		} `json:"$pad"`
	}
	if json.Unmarshal(recorded, &special) == nil {
		switch {
		case special.Raw != nil:
			return []byte(*special.Raw)
		case special.Base64 != nil:
			body, err := base64.StdEncoding.DecodeString(*special.Base64)
			require.NoError(t, err)
			return body
		case special.Pad != nil:
			special.Pad.Base[special.Pad.Field] = strings.Repeat("x", special.Pad.Bytes)
			body, err := json.Marshal(special.Pad.Base)
			require.NoError(t, err)
			return body
		}
	}
	return r.fill(recorded)
}

// fill puts the values of this run in the place of placeholders.
func (r *replay) fill(body []byte) []byte {
	for placeholder, value := range r.bound {
		body = bytes.ReplaceAll(body, []byte(placeholder), []byte(value))
	}
	return bytes.ReplaceAll(body, []byte(`"<dur>"`), []byte("0"))
}
