package command_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHealthcheck(t *testing.T) {
	for name, c := range map[string]struct {
		answers map[string]int
		args    []string
		want    string // of the error; "" is none
	}{
		"up":                      {answers: map[string]int{"/livez": 200, "/readyz": 503}},
		"ready":                   {answers: map[string]int{"/livez": 503, "/readyz": 200}, args: []string{"--ready"}},
		"not ready":               {answers: map[string]int{"/livez": 200, "/readyz": 503}, args: []string{"--ready"}, want: "/readyz answers 503"},
		"not up":                  {answers: map[string]int{"/livez": 500}, want: "the server is not well: /livez answers 500"},
		"an earlier version":      {answers: map[string]int{"/health": 200}},
		"an earlier version, bad": {answers: map[string]int{"/health": 500}, want: "/health answers 500"},
		"another server":          {want: "another server"},
	} {
		t.Run(name, func(t *testing.T) {
			alone(t)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				status, known := c.answers[r.URL.Path]
				if !known {
					status = http.StatusNotFound
				}
				w.WriteHeader(status)
			}))
			defer server.Close()
			t.Setenv("HTTP_PROXY", "http://203.0.113.1:1")
			got := run(t, t.Context(), "", append([]string{"healthcheck", "--port", portOf(t, server.URL)}, c.args...)...)
			if c.want == "" {
				require.NoError(t, got.failed)
				return
			}
			require.ErrorContains(t, got.failed, c.want)
		})
	}
}

func TestHealthcheckOfNobody(t *testing.T) {
	alone(t)
	ctx, stop := context.WithCancel(t.Context())
	hangs := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		stop() // as the time limit does
		<-r.Context().Done()
	}))
	defer hangs.Close()
	got := run(t, ctx, "", "healthcheck", "--host", "0.0.0.0", "--port", portOf(t, hangs.URL))
	require.ErrorContains(t, got.failed, "the server does not answer")

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	t.Setenv("PORT", portOf(t, "http://"+listener.Addr().String()))
	require.ErrorContains(t, run(t, t.Context(), "", "healthcheck").failed, "the server does not answer")
	assert.ErrorContains(t, run(t, t.Context(), "", "healthcheck", "--port", "0").failed, "PORT is 0")
}

func portOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	return u.Port()
}
