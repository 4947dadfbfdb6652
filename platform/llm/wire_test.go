package llm_test

import (
	"compress/gzip"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/llm"
)

var talk = llm.Request{
	System:   "Answer in JSON <only>.",
	Messages: []llm.Message{{llm.User, "make one"}, {llm.Assistant, "{}"}, {llm.User, "no, \"another\" ü"}},
	Schema:   &llm.Schema{Name: "workflow", JSON: []byte(`{"type":"object","anyOf":[{"required":["nodes"]}]}`)}, MaxTokens: 4000,
}

const (
	chatTalk = `[{"role":"system","content":"Answer in JSON <only>."},{"role":"user","content":"make one"},{"role":"assistant","content":"{}"},{"role":"user","content":"no, \"another\" ü"}]`
	schema   = `{"type":"json_schema","json_schema":{"name":"workflow","strict":false,"schema":{"type":"object","anyOf":[{"required":["nodes"]}]}}}`
	jsonMode = `{"type":"json_object"}`
)

func TestWhatIsSent(t *testing.T) {
	bodies := map[string]string{
		"openai":      `{"model":"gpt-4.1-mini","messages":` + chatTalk + `,"max_completion_tokens":4000,"stream":false,"response_format":` + schema + `}`,
		"groq":        `{"model":"llama-3.3-70b-versatile","messages":` + chatTalk + `,"max_completion_tokens":4000,"stream":false,"response_format":` + jsonMode + `}`,
		"huggingface": `{"model":"meta-llama/Llama-3.3-70B-Instruct","messages":` + chatTalk + `,"max_tokens":4000,"stream":false,"response_format":` + jsonMode + `}`,
		"ollama":      `{"model":"llama3.1","messages":` + chatTalk + `,"max_tokens":4000,"stream":false,"response_format":` + jsonMode + `}`,
		"gemini": `{"model":"models/gemini-flash-latest","systemInstruction":{"parts":[{"text":"Answer in JSON <only>."}]},
			"contents":[{"role":"user","parts":[{"text":"make one"},{"text":"Your answer was:\n{}"},{"text":"no, \"another\" ü"}]}],
			"generationConfig":{"maxOutputTokens":4000,"responseMimeType":"application/json"}}`,
	}
	eachWire(t, func(t *testing.T, w wire) {
		f := serve(t, w, func(_ int, rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, w.good(`{"nodes":[]}`)) })
		assert.Equal(t, w.name, f.Name())
		a, err := f.Generate(t.Context(), talk)
		require.NoError(t, err)
		assert.Equal(t, llm.Answer{Text: `{"nodes":[]}`, Provider: w.name, Model: w.model}, a)

		require.Len(t, f.seen, 1)
		r := f.seen[0]
		assert.Equal(t, "POST "+w.path, r.Method+" "+r.URL.Path)
		assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
		key := map[string]string{"Authorization": "Bearer " + canary, "X-Goog-Api-Key": canary}[w.header]
		assert.Equal(t, []string{key}, r.Header[w.header])
		assert.JSONEq(t, bodies[w.name], f.texts[0])
		f.silent(t, f.texts[0])
		assert.Empty(t, f.waits)
	})
}

func TestSmallestRequest(t *testing.T) {
	eachWire(t, func(t *testing.T, w wire) {
		f := serve(t, w, func(_ int, rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, w.good("ok")) })
		_, err := f.Generate(t.Context(), hello)
		require.NoError(t, err)
		for _, absent := range []string{"max", "system", "schema", "temperature"} {
			assert.NotContains(t, f.texts[0], absent)
		}
	})
}

func TestOtherModel(t *testing.T) {
	eachWire(t, func(t *testing.T, w wire) {
		f := serve(t, w, func(_ int, rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, w.good("ok")) })
		server := "http://" + f.hostOf(t)
		f.open(t, func(s *llm.Settings) { s.Model, s.BaseURLs[w.name] = "mine-1", w.base(server)+"/" })
		a, err := f.Generate(t.Context(), hello)
		require.NoError(t, err)
		assert.Equal(t, "mine-1", a.Model)
		last := len(f.texts) - 1
		assert.Contains(t, f.texts[last]+f.seen[last].URL.Path, "mine-1")
		assert.NotContains(t, f.seen[last].URL.Path, "//")
	})
}

// hostOf asks once, to learn where the server is.
func (f *fake) hostOf(t *testing.T) string {
	_, err := f.Generate(t.Context(), hello)
	require.NoError(t, err)
	return f.seen[0].Host
}

func TestTruncated(t *testing.T) {
	eachWire(t, func(t *testing.T, w wire) {
		f := serve(t, w, func(_ int, rw http.ResponseWriter, _ *http.Request) { fmt.Fprintf(rw, w.answer, `"{"`, w.length) })
		a, err := f.Generate(t.Context(), hello)
		require.NoError(t, err)
		assert.Equal(t, llm.Answer{Text: "{", Provider: w.name, Model: w.model, Truncated: true}, a)
	})
}

func TestGzip(t *testing.T) {
	eachWire(t, func(t *testing.T, w wire) {
		f := serve(t, w, func(_ int, rw http.ResponseWriter, r *http.Request) {
			assert.Equal(t, "gzip", r.Header.Get("Accept-Encoding"))
			rw.Header().Set("Content-Encoding", "gzip")
			zip := gzip.NewWriter(rw)
			fmt.Fprint(zip, w.good("packed"))
			assert.NoError(t, zip.Close())
		})
		a, err := f.Generate(t.Context(), hello)
		require.NoError(t, err)
		assert.Equal(t, "packed", a.Text)
	})
}

func TestTextInParts(t *testing.T) {
	for _, w := range wires {
		text := `[{"type":"text","text":"a"},{"type":"text","text":"b"}]`
		answer := fmt.Sprintf(w.answer, text, w.stop)
		if w.name == "gemini" {
			answer = `{"candidates":[{"content":{"parts":[{"text":"a"},{"text":"b"},{"executableCode":{"language":1,"code":"c"}}]}}]}`
		}
		f := serve(t, w, func(_ int, rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, answer) })
		a, err := f.Generate(t.Context(), hello)
		require.NoError(t, err, w.name)
		assert.Equal(t, "ab", a.Text)
	}
}

func TestFormatIsDroppedOnce(t *testing.T) {
	for _, status := range []int{400, 422} {
		eachWire(t, func(t *testing.T, w wire) {
			format, stubborn := "response_format", true
			if w.name == "gemini" {
				format = "responseMimeType"
			}
			f := serve(t, w, func(n int, rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, w.good("plain")) })
			f.before = func(n int, rw http.ResponseWriter) bool {
				if !stubborn && !strings.Contains(f.texts[n], format) {
					return false
				}
				rw.WriteHeader(status)
				fmt.Fprintf(rw, w.refusal, status)
				return true
			}
			f.fails(t, llm.Failed, "MODEL_FAILED")
			require.Len(t, f.texts, 2, "a 400 is not repeated as it was")
			assert.Contains(t, f.texts[0], format)
			assert.NotContains(t, f.texts[1], format)

			stubborn = false
			a, err := f.Generate(t.Context(), talk)
			require.NoError(t, err)
			assert.Equal(t, "plain", a.Text)
			assert.Len(t, f.texts, 4)
			assert.Empty(t, f.waits)
		})
	}
}
