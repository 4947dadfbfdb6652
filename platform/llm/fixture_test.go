package llm_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/orchestrix/orchestrix/platform/llm"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("go.opencensus.io/stats/view.(*worker).start"),
		// The library of Gemini never closes its gRPC half.
		goleak.IgnoreAnyFunction("google.golang.org/grpc/internal/grpcsync.(*CallbackSerializer).run"),
		goleak.IgnoreAnyFunction("google.golang.org/grpc.(*addrConn).resetTransport"))
}

// canary is every key; it must show nowhere but in its header.
const canary = "canary-key/+5f1e"

// wire is a provider's protocol as its servers speak it.
type wire struct {
	name, model  string
	path, header string // where a request goes, and where its key is
	answer       string // with %s for the text and the reason why it ended
	stop, length string
	empty        []string // answers without a text
	refusal      string   // with %d for the status
}

const chatAnswer = `{"id":"c1","object":"chat.completion","created":1,"model":"m-2025","choices":[{"index":0,"message":{"role":"assistant","content":%s},"logprobs":null,"finish_reason":%s}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3},"x_groq":{"id":"r"}}`

func chatWire(name, model, path string) wire {
	return wire{name: name, model: model, path: path + "/chat/completions", header: "Authorization", answer: chatAnswer, stop: `"stop"`, length: `"length"`,
		empty:   []string{`{}`, `{"choices":[]}`, `{"choices":null,"error":{"message":"no"}}`, fmt.Sprintf(chatAnswer, `" \n"`, `"stop"`), fmt.Sprintf(chatAnswer, `null`, `"content_filter"`)},
		refusal: `{"error":{"message":"no: ` + canary + `","type":"t","param":null,"code":"fake_%d"}}`}
}

const geminiAnswer = `{"candidates":[{"content":{"role":"model","parts":[{"text":%s,"thoughtSignature":"s"}]},"finishReason":%s,"index":0,"avgLogprobs":-0.1}],"usageMetadata":{"promptTokenCount":1,"thoughtsTokenCount":9},"modelVersion":"m-2025","responseId":"r"}`

var wires = []wire{
	chatWire("openai", "gpt-4.1-mini", "/v1"), chatWire("groq", "llama-3.3-70b-versatile", "/openai/v1"),
	chatWire("huggingface", "meta-llama/Llama-3.3-70B-Instruct", "/v1"), chatWire("ollama", "llama3.1", "/v1"),
	{name: "gemini", model: "gemini-flash-latest", path: "/v1beta/models/gemini-flash-latest:generateContent", header: "X-Goog-Api-Key",
		answer: geminiAnswer, stop: `1`, length: `"MAX_TOKENS"`,
		empty:   []string{`{}`, `{"candidates":[]}`, `{"candidates":[{"finishReason":2}]}`, `{"candidates":[{"content":{"role":"model"},"finishReason":"NEW_REASON"}]}`, fmt.Sprintf(geminiAnswer, `""`, `1`)},
		refusal: `{"error":{"code":%d,"message":"no: ` + canary + `","status":"S","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"R"}]}}`},
}

func eachWire(t *testing.T, test func(*testing.T, wire)) {
	for _, w := range wires {
		t.Run(w.name, func(t *testing.T) { test(t, w) })
	}
}

// good is an answer whose text is the given one.
func (w *wire) good(text string) string { return fmt.Sprintf(w.answer, quoted(text), w.stop) }

func quoted(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// base is the URL of the API on a server.
func (w *wire) base(server string) string {
	path, _, _ := strings.Cut(w.path, "/chat")
	if w.name == "gemini" {
		path = "/"
	}
	return server + path
}

// fake is a provider's server and the model that asks it.
type fake struct {
	*llm.Model
	wire

	mu    sync.Mutex
	seen  []*http.Request // in order, with bodies
	texts []string
	waits []time.Duration
	log   *observer.ObservedLogs

	before func(n int, rw http.ResponseWriter) bool // answers instead of handle, or not
}

// serve starts a server that answers the nth request (from 0) with handle.
func serve(t *testing.T, w wire, handle func(n int, rw http.ResponseWriter, r *http.Request)) *fake {
	f := &fake{wire: w}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		f.mu.Lock()
		n := len(f.seen)
		f.seen, f.texts = append(f.seen, r), append(f.texts, string(body))
		f.mu.Unlock()
		if f.before == nil || !f.before(n, rw) {
			handle(n, rw, r)
		}
	}))
	t.Cleanup(server.Close)
	f.open(t, func(s *llm.Settings) { s.BaseURLs[w.name] = w.base(server.URL) })
	return f
}

func (f *fake) open(t *testing.T, change func(*llm.Settings)) {
	core, logs := observer.New(zapcore.DebugLevel)
	f.log = logs
	s := llm.Settings{Provider: f.name, Keys: map[string]string{f.name: canary}, BaseURLs: map[string]string{}, Logger: zap.New(core),
		Wait: func(ctx context.Context, d time.Duration) error {
			f.waits = append(f.waits, d)
			return ctx.Err()
		}}
	change(&s)
	m, err := llm.New(s)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, m.Close()) })
	f.Model = m
}

var hello = llm.Request{Messages: []llm.Message{{llm.User, "hello"}}}

// fails asks and expects a failure, in which no key and nothing of the
// provider's shows.
func (f *fake) fails(t *testing.T, kind llm.Kind, code string) *llm.Error {
	t.Helper()
	a, err := f.Generate(t.Context(), hello)
	assert.Zero(t, a)
	var failure *llm.Error
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, kind, failure.Kind)
	assert.Equal(t, code, failure.Code, "%v", failure.Cause)
	assert.Contains(t, failure.Message, f.name)
	f.silent(t, fmt.Sprintf("%s %+v %v", failure.Message, failure, failure.Cause))
	assert.NotContains(t, failure.Message, "no:")
	return failure
}

// silent expects the key neither in text nor in the log nor in a URL.
func (f *fake) silent(t *testing.T, text string) {
	t.Helper()
	for _, entry := range f.log.All() {
		text += fmt.Sprint(entry.Message, entry.ContextMap())
	}
	for _, r := range f.seen {
		text += r.URL.String()
	}
	for _, part := range []string{canary, "canary", "5f1e"} {
		assert.NotContains(t, text, part)
	}
}
