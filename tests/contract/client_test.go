package contract_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/config"
	"github.com/orchestrix/orchestrix/modules"
)

// answer is what the server said.
type answer struct {
	status int
	header http.Header
	body   string
}

// object is the body as JSON.
func (a answer) object(t testing.TB) map[string]any {
	t.Helper()
	var o map[string]any
	require.NoError(t, json.Unmarshal([]byte(a.body), &o), "%s", a.body)
	return o
}

func (a answer) text(t testing.TB, key string) string {
	t.Helper()
	text, ok := a.object(t)[key].(string)
	require.True(t, ok, "%s in %s", key, a.body)
	return text
}

// try sends a request whose path is neither cleaned nor escaped. A body is
// JSON unless the headers (names and values in turn) say something else. It is
// safe in any goroutine.
func try(ctx context.Context, method, url, body string, headers ...string) (answer, error) {
	base, path := url, "/"
	if i := strings.IndexByte(url[len("http://"):], '/'); i >= 0 {
		base, path = url[:len("http://")+i], url[len("http://")+i:]
	}
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, base, reader)
	if err != nil {
		return answer{}, err
	}
	req.URL.Opaque = "//" + req.URL.Host + path
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, string(text)}, err
}

func send(t testing.TB, method, url, body string, headers ...string) answer {
	t.Helper()
	got, err := try(t.Context(), method, url, body, headers...)
	require.NoError(t, err)
	return got
}

// exchange is one row of a table of requests: what is sent, and what the answer
// must be, must hold and must not hold.
type exchange struct {
	name, method, path, body string
	headers                  []string
	status                   int
	contains, lacks          []string
}

// play sends the rows in order to one server.
func play(t *testing.T, url string, rows []exchange) {
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got := send(t, row.method, url+row.path, row.body, row.headers...)
			assert.Equal(t, row.status, got.status, "%s", got.body)
			for _, text := range row.contains {
				assert.Contains(t, got.body, text)
			}
			for _, text := range append(row.lacks, "goroutine ", ".go:") {
				assert.NotContains(t, got.body, text)
			}
			assert.Equal(t, "application/json", strings.Split(got.header.Get("Content-Type"), ";")[0])
			assert.NotEmpty(t, got.header.Get("X-Request-Id"))
		})
	}
}

// workflow is the body of a save; fields are further ones, as JSON text.
func workflow(id, owner, name, steps string, fields ...string) string {
	parts := []string{`"workflowId":` + quote(id), `"ownerId":` + quote(owner), `"apiName":` + quote(name), `"steps":` + steps}
	return "{" + strings.Join(append(parts, fields...), ",") + "}"
}

// quote writes a text as JSON.
func quote(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// respond is a step list whose API answers with the body.
func respond(body string) string {
	return `[{"id":"r","type":"response","data":{"label":"R","fields":{"body":` + body + `}}}]`
}

// save saves a workflow that must be accepted and returns its API's path.
func save(t testing.TB, url, body string) string {
	t.Helper()
	got := send(t, http.MethodPost, url+"/workflows/save", body)
	require.Equal(t, http.StatusOK, got.status, "%s", got.body)
	return got.text(t, "apiPath")
}

// build puts the program together without serving it.
func build(t testing.TB, s *config.Settings) *modules.Program {
	t.Helper()
	program, err := modules.Build(context.Background(), s, zap.NewNop())
	require.NoError(t, err)
	return program
}

// launch serves a program until stop is called or the test ends.
func launch(t testing.TB, program *modules.Program) (url string, stop func()) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- program.Server.Serve(listener) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			assert.NoError(t, program.Close(ctx))
			assert.NoError(t, <-served)
		})
	}
	t.Cleanup(stop)
	return "http://" + listener.Addr().String(), stop
}

// register makes an account and returns its token.
func register(t testing.TB, url, email string) string {
	t.Helper()
	got := send(t, http.MethodPost, url+"/auth/register", `{"email":`+quote(email)+`,"password":"`+password+`"}`)
	require.Equal(t, http.StatusCreated, got.status, "%s", got.body)
	return got.text(t, "token")
}

// password is that of every account that register makes.
const password = "correct horse"
