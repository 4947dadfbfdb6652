package wire

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/config"
	"github.com/orchestrix/orchestrix/modules"
)

// program is the whole server on a MongoDB wire server.
type program struct {
	*testing.T
	url string
}

func startProgram(t *testing.T, uri string) *program {
	t.Helper()
	t.Setenv("MONGODB_URI", uri)
	t.Setenv("JWT_SECRET", "a secret for tests")
	t.Setenv("DATA_DIR", t.TempDir())
	s, err := config.Load(nil)
	require.NoError(t, err)
	p, err := modules.Build(t.Context(), s, zap.NewNop())
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go p.Server.Serve(listener) //nolint:errcheck // it ends with Close
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		require.NoError(t, p.Close(ctx))
	})
	return &program{T: t, url: "http://" + listener.Addr().String()}
}

// post sends JSON with headers, names and values in turn.
func (p *program) post(path, body string, headers ...string) (int, http.Header, string) {
	p.Helper()
	req, err := http.NewRequestWithContext(p.Context(), http.MethodPost, p.url+path, strings.NewReader(body))
	require.NoError(p, err)
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(p, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(p, err)
	return res.StatusCode, res.Header, string(text)
}

const saveSignup = `{"workflowId":"w","ownerId":"o","apiName":"Sign up","steps":[
	{"type":"dbInsert","collection":"people","data":{"email":"{{input.email}}"}},
	{"type":"dbFind","collection":"people","filters":{"_id":"{{created._id}}"}},
	{"type":"response","status":201,"body":{"email":"found.email"}}]}`

func TestTheProgramLosesItsDatabaseAndRecovers(t *testing.T) {
	uri, err := url.Parse(Start(t))
	require.NoError(t, err)
	line := startProxy(t, uri.Host)
	uri.Host = line.address
	p := startProgram(t, uri.String())

	status, _, body := p.post("/workflows", saveSignup)
	require.Equal(t, http.StatusOK, status, body)
	status, _, body = p.post("/workflow/run/w/sign-up", `{"email":"a@b.c"}`)
	require.Equal(t, http.StatusCreated, status, body)
	assert.Equal(t, `{"email":"a@b.c"}`, body)

	assert.Contains(t, p.get("/readyz"), `"status":"ready"`)
	line.cut()
	require.Eventually(t, func() bool { // what was asked a moment ago holds for a moment
		return strings.Contains(p.get("/readyz"), `{"name":"store","ok":false,"reason":"The store does not answer"}`)
	}, 20*time.Second, 100*time.Millisecond)
	assert.Contains(t, p.get("/livez"), `"status":"ok"`)
	status, headers, body := p.post("/workflows", saveSignup)
	assert.Equal(t, http.StatusServiceUnavailable, status, body)
	assert.NotEmpty(t, headers.Get("Retry-After"))
	assert.NotContains(t, body, "127.0.0.1", "the reason names no address")
	status, _, body = p.post("/workflow/run/w/sign-up", `{"email":"a@b.c"}`)
	assert.Equal(t, http.StatusServiceUnavailable, status, body)

	line.restore()
	require.Eventually(t, func() bool {
		status, _, _ := p.post("/workflow/run/w/sign-up", `{"email":"a@b.c"}`)
		return status == http.StatusCreated
	}, 20*time.Second, 100*time.Millisecond)
	require.Eventually(t, func() bool {
		return strings.Contains(p.get("/readyz"), `"status":"ready"`)
	}, 20*time.Second, 100*time.Millisecond)
}

func TestTwoProgramsSeeEachOthersSaves(t *testing.T) {
	uri := Start(t)
	one, other := startProgram(t, uri), startProgram(t, uri)
	for _, answer := range []string{"first", "second"} {
		status, _, body := one.post("/workflows", `{"workflowId":"w","ownerId":"o","apiName":"x","steps":[{"type":"response","body":"`+answer+`"}]}`)
		require.Equal(t, http.StatusOK, status, body)
		saved := time.Now()
		require.Eventually(t, func() bool {
			_, _, body := other.post("/workflow/run/w/x", `{}`)
			return body == `"`+answer+`"`
		}, 10*time.Second, 20*time.Millisecond)
		t.Logf("seen after %s", time.Since(saved).Round(time.Millisecond))
	}
}

func (p *program) get(path string) string {
	p.Helper()
	res, err := http.Get(p.url + path)
	require.NoError(p, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(p, err)
	return string(text)
}

// A run of one program is watched at another, which finds its entries in the
// store; a call of a published API is recorded.
func TestTwoProgramsShareTheirRuns(t *testing.T) {
	uri := Start(t)
	one, other := startProgram(t, uri), startProgram(t, uri)
	status, _, body := one.post("/workflows/run", `{"steps":[{"type":"delay","duration":"300ms"},{"type":"dbInsert","collection":"things","data":{"a":1}},{"type":"response","body":"created"}],"ownerId":"o"}`)
	require.Equal(t, http.StatusOK, status, body)
	var run struct{ ExecutionID string }
	require.NoError(t, json.Unmarshal([]byte(body), &run))

	conn, res, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(other.url, "http")+"/ws/executions/"+run.ExecutionID, nil)
	require.NoError(t, err)
	defer conn.Close()
	defer res.Body.Close()
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(20*time.Second)))
	var types []string
	for len(types) == 0 || types[len(types)-1] != "workflow_complete" {
		var entry struct {
			Seq  int
			Type string
		}
		require.NoError(t, conn.ReadJSON(&entry))
		require.Equal(t, len(types), entry.Seq)
		types = append(types, entry.Type)
	}
	assert.Len(t, types, 8)
	require.Eventually(t, func() bool {
		return strings.Contains(other.get("/executions/"+run.ExecutionID), `"status":"succeeded"`)
	}, 10*time.Second, 20*time.Millisecond)

	status, _, body = one.post("/workflows", saveSignup)
	require.Equal(t, http.StatusOK, status, body)
	status, header, body := one.post("/workflow/run/w/sign-up", `{"email":"a@b.c"}`)
	require.Equal(t, http.StatusCreated, status, body)
	published := header.Get("X-Execution-Id")
	require.Eventually(t, func() bool {
		return strings.Contains(other.get("/executions/"+published+"/logs"), `"workflow_complete"`)
	}, 10*time.Second, 20*time.Millisecond)
	assert.Contains(t, other.get("/executions?ownerId=o&status=succeeded&limit=1"), published, "the newest first")
	assert.Contains(t, other.get("/executions?ownerId=o&before="+published), run.ExecutionID)
}

// A run that waits is cancelled at another program than the one that would run it.
func TestARunIsCancelledAtAnotherProgram(t *testing.T) {
	uri := Start(t)
	t.Setenv("RUN_WORKERS", "1")
	one, other := startProgram(t, uri), startProgram(t, uri)
	const long = `{"steps":[{"type":"delay","seconds":60}]}`
	var ids [2]string
	for i := range ids {
		_, _, body := one.post("/workflows/run", long)
		var run struct{ ExecutionID string }
		require.NoError(t, json.Unmarshal([]byte(body), &run))
		ids[i] = run.ExecutionID
	}
	require.Eventually(t, func() bool {
		return strings.Contains(other.get("/executions/"+ids[0]), `"status":"running"`)
	}, 10*time.Second, 20*time.Millisecond)
	status, _, body := other.post("/executions/"+ids[1]+"/cancel", ``)
	assert.Equal(t, http.StatusOK, status, body)
	assert.Equal(t, `{"ok":true,"status":"cancelled"}`, body)
	assert.Contains(t, other.get("/executions/"+ids[1]+"/logs"), `"workflow_failed"`)
	status, _, body = other.post("/executions/"+ids[0]+"/cancel", ``)
	assert.Equal(t, http.StatusOK, status, body)
	assert.Equal(t, `{"ok":true,"status":"running"}`, body, "its own program will see to it")
	require.Eventually(t, func() bool {
		return strings.Contains(other.get("/executions/"+ids[0]), `"status":"cancelled"`)
	}, 20*time.Second, 100*time.Millisecond)
}
