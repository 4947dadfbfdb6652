package wire

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

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

func (p *program) post(path, body string) (int, http.Header, string) {
	p.Helper()
	req, err := http.NewRequestWithContext(p.Context(), http.MethodPost, p.url+path, strings.NewReader(body))
	require.NoError(p, err)
	req.Header.Set("Content-Type", "application/json")
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

	line.cut()
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
