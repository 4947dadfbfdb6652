package command_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/command"
)

var listening = regexp.MustCompile(`"address": ?"(127\.0\.0\.1:\d+)"`)

func TestServes(t *testing.T) {
	for _, args := range []string{
		"--port 0 --host 127.0.0.1",
		"serve --port 0 --host 127.0.0.1",
		"--port=0 serve --host 127.0.0.1",
		"--port 0 serve --host=127.0.0.1 --log-level debug",
	} {
		t.Run(args, func(t *testing.T) {
			alone(t)
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			address := make(chan string, 1)
			log := &watched{text: "listening", then: func(all string) { address <- all }}
			done := make(chan error, 1)
			go func() {
				done <- command.Run(ctx, strings.Fields(args), command.Streams{In: strings.NewReader(""), Out: log, Err: log})
			}()
			var found []string
			select {
			case text := <-address:
				found = listening.FindStringSubmatch(text)
			case err := <-done:
				require.NoError(t, err)
			}
			require.NotNil(t, found, log.String())
			res, err := http.Get("http://" + found[1] + "/health")
			require.NoError(t, err)
			require.NoError(t, res.Body.Close())
			assert.Equal(t, http.StatusOK, res.StatusCode)
			stop()
			require.NoError(t, <-done)
			assert.Contains(t, log.String(), "shutting down")
			assert.NotContains(t, log.String(), "\x1b[", "no colours where nobody looks")
		})
	}
}

func TestServeFailsWhenItCannotListen(t *testing.T) {
	alone(t)
	got := run(t, t.Context(), "", "--port", "0", "--host", "203.0.113.1")
	require.ErrorContains(t, got.failed, "listen tcp 203.0.113.1:0")
}
