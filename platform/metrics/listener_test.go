package metrics_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/metrics"
)

func TestTheListenerServesNothingElse(t *testing.T) {
	url := "http://" + listen(t, busy()).Addr().String()
	for name, c := range map[string]struct {
		method, path string
		status       int
	}{
		"metrics":        {http.MethodGet, "/metrics", http.StatusOK},
		"their head":     {http.MethodHead, "/metrics", http.StatusOK},
		"the root":       {http.MethodGet, "/", http.StatusNotFound},
		"a profile":      {http.MethodGet, "/debug/pprof/", http.StatusNotFound},
		"another method": {http.MethodPost, "/metrics", http.StatusMethodNotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), c.method, url+c.path, nil)
			require.NoError(t, err)
			res, err := http.DefaultClient.Do(req)
			require.NoError(t, err)
			defer res.Body.Close()
			assert.Equal(t, c.status, res.StatusCode)
		})
	}
}

func TestATakenAddressIsAnError(t *testing.T) {
	taken := listen(t, busy()).Addr().String()
	_, err := busy().Listen(t.Context(), taken, zap.NewNop())
	require.ErrorContains(t, err, "address already in use")
}

// slow answers when it is let go on.
type slow struct{ entered, release chan struct{} }

func (s slow) value() int {
	close(s.entered)
	<-s.release
	return 1
}

func TestCloseLetsAScrapeFinish(t *testing.T) {
	before := goleak.IgnoreCurrent()
	s := slow{make(chan struct{}), make(chan struct{})}
	m := metrics.New()
	m.Watch(sources(s.value))
	l, err := m.Listen(t.Context(), "127.0.0.1:0", zap.NewNop())
	require.NoError(t, err)
	scraped := make(chan string, 1)
	go func() {
		res, err := http.Get("http://" + l.Addr().String() + "/metrics")
		if err != nil {
			scraped <- err.Error()
			return
		}
		defer res.Body.Close()
		text, _ := io.ReadAll(res.Body)
		scraped <- string(text)
	}()
	<-s.entered

	expired, cancel := context.WithCancel(context.Background())
	closed := make(chan error, 1)
	go func() { closed <- l.Close(context.Background()) }()
	require.Eventually(t, func() bool {
		c, err := net.DialTimeout("tcp", l.Addr().String(), time.Second)
		if err == nil {
			c.Close()
		}
		return err != nil
	}, 10*time.Second, time.Millisecond, "new connections are refused")
	close(s.release)
	assert.Contains(t, <-scraped, "orchestrix_run_queue_waiting 1")
	require.NoError(t, <-closed)
	cancel()
	require.NoError(t, l.Close(expired), "closing twice is harmless")
	http.DefaultClient.CloseIdleConnections()
	goleak.VerifyNone(t, before)
}

// A scrape that does not end is cut.
func TestCloseIsBounded(t *testing.T) {
	s := slow{make(chan struct{}), make(chan struct{})}
	m := metrics.New()
	m.Watch(sources(s.value))
	l, err := m.Listen(t.Context(), "127.0.0.1:0", zap.NewNop())
	require.NoError(t, err)
	failed := make(chan error, 1)
	go func() {
		res, err := http.Get("http://" + l.Addr().String() + "/metrics")
		if err == nil {
			res.Body.Close()
		}
		failed <- err
	}()
	<-s.entered
	expired, cancel := context.WithCancel(context.Background())
	cancel()
	require.ErrorIs(t, l.Close(expired), context.Canceled)
	require.Error(t, <-failed)
	close(s.release)
}

func TestANilListenerHasNothingToClose(t *testing.T) {
	var l *metrics.Listener
	require.NoError(t, l.Close(t.Context()))
}

func TestHeadersAreBounded(t *testing.T) {
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+listen(t, busy()).Addr().String()+"/metrics", nil)
	require.NoError(t, err)
	req.Header.Set("X-Long", strings.Repeat("x", 64<<10))
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	assert.Equal(t, http.StatusRequestHeaderFieldsTooLarge, res.StatusCode)
}
