package llm_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/llm"
)

func TestStatus(t *testing.T) {
	tests := []struct {
		status, tries int
		kind          llm.Kind
		code, says    string
	}{
		{401, 1, llm.Unavailable, "MODEL_KEY_REFUSED", "refused the key; check %s_"},
		{402, 1, llm.Unavailable, "MODEL_QUOTA", "quota"},
		{403, 1, llm.Unavailable, "MODEL_KEY_REFUSED", "refused the key; check %s_"},
		{404, 1, llm.Failed, "MODEL_FAILED", "check AI_MODEL and %s_BASE_URL"},
		{405, 1, llm.Failed, "MODEL_FAILED", "refused the request"},
		{408, 1, llm.TimedOut, "MODEL_TIMEOUT", "too long"},
		{413, 1, llm.Failed, "MODEL_TOO_LARGE", "too large"},
		{429, 3, llm.Unavailable, "MODEL_QUOTA", "quota"},
		{500, 3, llm.Failed, "MODEL_FAILED", "failed; try again later"},
		{501, 1, llm.Failed, "MODEL_FAILED", "failed; try again later"},
		{502, 3, llm.Failed, "MODEL_FAILED", "failed; try again later"},
		{503, 3, llm.Failed, "MODEL_FAILED", "failed; try again later"},
		{504, 3, llm.TimedOut, "MODEL_TIMEOUT", "too long"},
		{204, 1, llm.Failed, "MODEL_FAILED", "refused the request"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.status), func(t *testing.T) {
			eachWire(t, func(t *testing.T, w wire) {
				f := serve(t, w, func(_ int, rw http.ResponseWriter, _ *http.Request) {
					rw.WriteHeader(tt.status)
					if tt.status != http.StatusNoContent {
						fmt.Fprintf(rw, w.refusal, tt.status)
					}
				})
				failure := f.fails(t, tt.kind, tt.code)
				assert.Contains(t, failure.Message, strings.ReplaceAll(tt.says, "%s", strings.ToUpper(w.name)))
				assert.Contains(t, failure.Cause.Error(), fmt.Sprintf("status %d", tt.status))
				assert.Len(t, f.seen, tt.tries)
				assert.Equal(t, tt.tries-1, f.log.FilterField(zapStatus(tt.status)).Len(), "each retry is logged")
			})
		})
	}
}

func TestWrongKeyOfGemini(t *testing.T) {
	w := wires[len(wires)-1]
	f := serve(t, w, func(_ int, rw http.ResponseWriter, _ *http.Request) {
		rw.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(rw, `{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}`)
	})
	failure := f.fails(t, llm.Unavailable, "MODEL_KEY_REFUSED")
	assert.Equal(t, "gemini refused the key; check GEMINI_API_KEY", failure.Message)
	assert.Len(t, f.seen, 1)
}

func TestItRecovers(t *testing.T) {
	cut := func(rw http.ResponseWriter, w wire) {
		rw.Header().Set("Content-Length", "100000")
		fmt.Fprint(rw, w.good("half")[:40])
		panic(http.ErrAbortHandler)
	}
	status := func(code int, headers ...string) func(http.ResponseWriter, wire) {
		return func(rw http.ResponseWriter, w wire) {
			for i := 0; i < len(headers); i += 2 {
				rw.Header().Set(headers[i], headers[i+1])
			}
			rw.WriteHeader(code)
			fmt.Fprintf(rw, w.refusal, code)
		}
	}
	soon := time.Now().Add(20 * time.Second).UTC().Format(http.TimeFormat)
	tests := []struct {
		name      string
		first     func(http.ResponseWriter, wire)
		low, high time.Duration
	}{
		{"429 with seconds", status(429, "Retry-After", "7"), 7 * time.Second, 7 * time.Second},
		{"429 with a date", status(429, "Retry-After", soon), 10 * time.Second, 20 * time.Second},
		{"429", status(429), 250 * time.Millisecond, 750 * time.Millisecond},
		{"500", status(500), 250 * time.Millisecond, 750 * time.Millisecond},
		{"503 with seconds", status(503, "Retry-After", "2"), 2 * time.Second, 2 * time.Second},
		{"HTML page with 502", func(rw http.ResponseWriter, _ wire) {
			rw.WriteHeader(http.StatusBadGateway)
			fmt.Fprint(rw, "<html>no: bad gateway</html>")
		}, 250 * time.Millisecond, 750 * time.Millisecond},
		{"cut connection", cut, 250 * time.Millisecond, 750 * time.Millisecond},
		{"no answer", func(http.ResponseWriter, wire) { panic(http.ErrAbortHandler) }, 250 * time.Millisecond, 750 * time.Millisecond},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			eachWire(t, func(t *testing.T, w wire) {
				f := serve(t, w, func(n int, rw http.ResponseWriter, _ *http.Request) {
					if n == 0 {
						tt.first(rw, w)
						return
					}
					fmt.Fprint(rw, w.good("at last"))
				})
				a, err := f.Generate(t.Context(), hello)
				require.NoError(t, err)
				assert.Equal(t, "at last", a.Text)
				require.Len(t, f.texts, 2)
				assert.Equal(t, f.texts[0], f.texts[1])
				require.Len(t, f.waits, 1)
				assert.GreaterOrEqual(t, f.waits[0], tt.low)
				assert.LessOrEqual(t, f.waits[0], tt.high)
				f.silent(t, "")
			})
		})
	}
}

func TestRetryAfterBeyondTheLimitIsNotAwaited(t *testing.T) {
	eachWire(t, func(t *testing.T, w wire) {
		f := serve(t, w, func(_ int, rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Retry-After", "3600")
			rw.WriteHeader(http.StatusTooManyRequests)
		})
		f.fails(t, llm.Unavailable, "MODEL_QUOTA")
		assert.Len(t, f.seen, 1)
		assert.Empty(t, f.waits)
	})
}

func TestUselessAnswers(t *testing.T) {
	eachWire(t, func(t *testing.T, w wire) {
		type row struct{ name, body, code string }
		tests := []row{
			{"HTML page", "<!DOCTYPE html><title>no: log in</title>", "MODEL_FAILED"},
			{"nothing", "", "MODEL_FAILED"},
			{"cut JSON", w.good("x")[:60], "MODEL_FAILED"},
			{"list", `[1]`, "MODEL_FAILED"},
			{"other types", `{"choices":"no:","candidates":"no:"}`, "MODEL_FAILED"},
			{"deep", strings.Repeat(`{"choices":[`, 100_000), "MODEL_FAILED"},
			{"5 MB", w.good(strings.Repeat("x", 5<<20)), "MODEL_TOO_LARGE"},
		}
		for i, body := range w.empty {
			tests = append(tests, row{fmt.Sprint("empty ", i), body, "MODEL_EMPTY"})
		}
		if w.name == "gemini" {
			tests = append(tests, row{"unknown part", `{"candidates":[{"content":{"parts":[{"thoughtSignature":"s"}]}}]}`, "MODEL_FAILED"},
				row{"part that the library panics at", `{"candidates":[{"content":{"parts":[{"functionResponse":{"name":"f","response":{}}}]}}]}`, "MODEL_FAILED"},
				row{"blocked prompt", `{"promptFeedback":{"blockReason":"SAFETY"}}`, "MODEL_EMPTY"},
				row{"blocked answer", `{"candidates":[{"finishReason":3}]}`, "MODEL_EMPTY"})
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				f := serve(t, w, func(_ int, rw http.ResponseWriter, _ *http.Request) { io.WriteString(rw, tt.body) })
				f.fails(t, llm.Failed, tt.code)
				assert.Len(t, f.seen, 1, "the answer came; asking again is the caller's choice")
			})
		}
	})
}

func TestAnswerThatNeverEndsIsCutOff(t *testing.T) {
	eachWire(t, func(t *testing.T, w wire) {
		var sent int
		done := make(chan struct{})
		f := serve(t, w, func(_ int, rw http.ResponseWriter, _ *http.Request) {
			defer close(done)
			for {
				n, err := io.WriteString(rw, strings.Repeat(" ", 64<<10))
				if sent += n; err != nil {
					return
				}
			}
		})
		f.fails(t, llm.Failed, "MODEL_TOO_LARGE")
		<-done
		assert.Less(t, sent, 32<<20)
	})
}

func TestConnectionIsAlwaysCut(t *testing.T) {
	eachWire(t, func(t *testing.T, w wire) {
		f := serve(t, w, func(_ int, rw http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(rw, w.good("half")[:40])
			rw.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		})
		failure := f.fails(t, llm.Failed, "MODEL_FAILED")
		assert.Contains(t, failure.Message, "cannot be reached; check the network and "+strings.ToUpper(w.name)+"_BASE_URL")
		assert.Len(t, f.seen, 3)
		require.Len(t, f.waits, 2)
		assert.GreaterOrEqual(t, f.waits[1], 500*time.Millisecond)
	})
}

func TestNobodyListens(t *testing.T) {
	eachWire(t, func(t *testing.T, w wire) {
		f := &fake{wire: w}
		server := httptest.NewServer(nil)
		server.Close()
		f.open(t, func(s *llm.Settings) { s.BaseURLs[w.name] = w.base(server.URL) })
		f.fails(t, llm.Failed, "MODEL_FAILED")
		assert.Len(t, f.waits, 2)
	})
}

func TestRedirectIsNotFollowed(t *testing.T) {
	eachWire(t, func(t *testing.T, w wire) {
		var caught []*http.Request
		other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { caught = append(caught, r) }))
		t.Cleanup(other.Close)
		for _, status := range []int{301, 302, 303, 307, 308} {
			f := serve(t, w, func(_ int, rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, other.URL, status) })
			f.fails(t, llm.Failed, "MODEL_FAILED")
			assert.Len(t, f.seen, 1)
		}
		assert.Empty(t, caught)
	})
}
