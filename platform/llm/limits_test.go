package llm_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/llm"
)

func zapStatus(status int) zap.Field { return zap.Int("status", status) }

// silence is a network on which no answer ever comes.
type silence struct{ attempts int }

func (s *silence) RoundTrip(r *http.Request) (*http.Response, error) {
	s.attempts++
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestTimeLimits(t *testing.T) {
	tests := []struct {
		name     string
		caller   time.Duration // 0: its context has no end
		took     time.Duration
		attempts int
	}{
		{"of all attempts", 0, time.Minute, 2},
		{"whatever the caller allows", time.Hour, time.Minute, 2},
		{"of the caller", 10 * time.Second, 10 * time.Second, 1},
		{"no wait beyond it", 30*time.Second + 100*time.Millisecond, 30 * time.Second, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			eachWire(t, func(t *testing.T, w wire) {
				network := &silence{}
				f := &fake{wire: w}
				f.open(t, func(s *llm.Settings) { s.Transport, s.Wait = network, nil })
				synctest.Test(t, func(t *testing.T) {
					ctx, start := t.Context(), time.Now()
					if tt.caller > 0 {
						var cancel context.CancelFunc
						ctx, cancel = context.WithTimeout(ctx, tt.caller)
						defer cancel()
					}
					_, err := f.Generate(ctx, hello)
					var failure *llm.Error
					require.ErrorAs(t, err, &failure)
					assert.Equal(t, llm.TimedOut, failure.Kind)
					assert.Equal(t, "MODEL_TIMEOUT", failure.Code)
					assert.Equal(t, tt.took, time.Since(start))
					assert.Equal(t, tt.attempts, network.attempts)
				})
				f.silent(t, "")
			})
		})
	}
}

func TestSlowBodyIsATimeout(t *testing.T) {
	f := &fake{wire: wires[0]}
	f.open(t, func(s *llm.Settings) { s.Transport, s.Wait = slowBody{}, nil })
	synctest.Test(t, func(t *testing.T) {
		f.fails(t, llm.TimedOut, "MODEL_TIMEOUT")
	})
}

type slowBody struct{}

func (slowBody) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: waiting{r.Context()}, ContentLength: -1}, nil
}

type waiting struct{ ctx context.Context }

func (w waiting) Read([]byte) (int, error) {
	<-w.ctx.Done()
	return 0, fmt.Errorf("read: %w", w.ctx.Err())
}
func (waiting) Close() error { return nil }

func TestCallerGoesAway(t *testing.T) {
	eachWire(t, func(t *testing.T, w wire) {
		ctx, cancel := context.WithCancel(t.Context())
		f := serve(t, w, func(_ int, _ http.ResponseWriter, r *http.Request) {
			cancel()
			<-r.Context().Done()
		})
		a, err := f.Generate(ctx, hello)
		assert.Equal(t, context.Canceled, err)
		assert.Zero(t, a)
		assert.Len(t, f.seen, 1)

		_, err = f.Generate(ctx, hello)
		assert.Equal(t, context.Canceled, err)
	})
}

func TestCallerGoesAwayWhileWaiting(t *testing.T) {
	eachWire(t, func(t *testing.T, w wire) {
		f := serve(t, w, func(_ int, rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusServiceUnavailable) })
		ctx, cancel := context.WithCancel(t.Context())
		f.before = func(int, http.ResponseWriter) bool { cancel(); return false }
		_, err := f.Generate(ctx, hello)
		assert.Equal(t, context.Canceled, err)
		assert.Len(t, f.seen, 1)
	})
}

func TestLongPromptIsNotSent(t *testing.T) {
	half := strings.Repeat("x", 100<<10)
	tests := []struct {
		name string
		llm.Request
		fits bool
	}{
		{"all that fits", llm.Request{System: half, Messages: []llm.Message{{llm.User, half}}}, true},
		{"messages", llm.Request{Messages: []llm.Message{{llm.User, half}, {llm.Assistant, half}, {llm.User, "x"}}}, false},
		{"system", llm.Request{System: half + half, Messages: hello.Messages}, false},
		{"schema", llm.Request{Messages: hello.Messages, Schema: &llm.Schema{Name: "x", JSON: []byte(`"` + half + half + `"`)}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			eachWire(t, func(t *testing.T, w wire) {
				f := serve(t, w, func(_ int, rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, w.good("ok")) })
				_, err := f.Generate(t.Context(), tt.Request)
				if tt.fits {
					require.NoError(t, err)
					return
				}
				var failure *llm.Error
				require.True(t, errors.As(err, &failure))
				assert.Equal(t, llm.Failed, failure.Kind)
				assert.Equal(t, "MODEL_TOO_LARGE", failure.Code)
				assert.Empty(t, f.seen)
			})
		})
	}
}
