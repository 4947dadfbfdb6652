package llm_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/llm"
)

type stub string

func (s stub) Name() string { return string(s) }

func (s stub) Generate(context.Context, llm.Request) (llm.Answer, error) {
	return llm.Answer{Text: "mine", Provider: string(s)}, nil
}

func TestChoice(t *testing.T) {
	tests := []struct {
		named, keys, want string
	}{
		{"", "", "builtin"},
		{"", "ollama", "builtin"},
		{"", "huggingface", "huggingface"},
		{"", "gemini huggingface", "gemini"},
		{"", "huggingface gemini openai", "openai"},
		{"", "openai gemini huggingface groq", "groq"},
		{"gemini", "groq openai gemini", "gemini"},
		{"ollama", "groq", "ollama"},
		{"builtin", "groq", "builtin"},
		{"groq", "", "groq"},
		{"other", "groq", "other"},
	}
	for _, tt := range tests {
		t.Run(tt.named+" with "+tt.keys, func(t *testing.T) {
			keys := map[string]string{"openai": "", "groq": ""}
			for name := range strings.FieldsSeq(tt.keys) {
				keys[name] = canary
			}
			m, err := llm.New(llm.Settings{Provider: tt.named, Keys: keys}, stub("other"), stub("builtin"))
			require.NoError(t, err)
			assert.Equal(t, tt.want, m.Name())
			assert.NoError(t, m.Close())
		})
	}
}

func TestExtraProviderIsPassedThrough(t *testing.T) {
	m, err := llm.New(llm.Settings{}, stub("builtin"))
	require.NoError(t, err)
	a, err := m.Generate(t.Context(), hello)
	require.NoError(t, err)
	assert.Equal(t, llm.Answer{Text: "mine", Provider: "builtin"}, a)
}

func TestNoChoice(t *testing.T) {
	_, err := llm.New(llm.Settings{})
	require.EqualError(t, err, `language models: AI_PROVIDER "builtin" is none of gemini, groq, huggingface, ollama, openai`)
	_, err = llm.New(llm.Settings{Provider: "claude"}, stub("builtin"))
	require.EqualError(t, err, `language models: AI_PROVIDER "claude" is none of builtin, gemini, groq, huggingface, ollama, openai`)
	eachWire(t, func(t *testing.T, w wire) {
		for _, base := range []string{"host", "ftp://h", "https://", "http://u:" + canary + "@h/", "https://h?key=" + canary, "https://h#x", "http://h\n"} {
			_, err := llm.New(llm.Settings{Provider: w.name, BaseURLs: map[string]string{w.name: base}})
			require.ErrorContains(t, err, strings.ToUpper(w.name)+"_BASE_URL: a base URL must be like https://host/path")
			assert.NotContains(t, err.Error(), canary)
		}
	})
}

func TestMissingKey(t *testing.T) {
	eachWire(t, func(t *testing.T, w wire) {
		f := serve(t, w, func(_ int, rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, w.good("ok")) })
		host := f.hostOf(t)
		f.open(t, func(s *llm.Settings) { s.Keys, s.Transport = nil, &silence{} })
		if w.name == "ollama" {
			f.open(t, func(s *llm.Settings) { s.Keys = nil; s.BaseURLs[w.name] = w.base("http://" + host) })
			_, err := f.Generate(t.Context(), hello)
			require.NoError(t, err)
			assert.NotContains(t, f.seen[len(f.seen)-1].Header, "Authorization")
			return
		}
		_, err := f.Generate(t.Context(), hello)
		assert.Equal(t, &llm.Error{Kind: llm.Unavailable, Code: "MODEL_NO_KEY", Message: w.name + " needs a key; set " + strings.ToUpper(w.name) + "_API_KEY"}, err)
		assert.Len(t, f.seen, 1, "only the request that had a key")
	})
}

// idle is a network that counts how often its connections are given up.
type idle struct {
	silence
	closed int
}

func (i *idle) CloseIdleConnections() { i.closed++ }

func TestCloseGivesUpConnections(t *testing.T) {
	eachWire(t, func(t *testing.T, w wire) {
		network := &idle{}
		m, err := llm.New(llm.Settings{Provider: w.name, Keys: map[string]string{w.name: canary}, Transport: network})
		require.NoError(t, err)
		require.NoError(t, m.Close())
		assert.Equal(t, 1, network.closed)
	})
}

func TestManyCallersAtOnce(t *testing.T) {
	eachWire(t, func(t *testing.T, w wire) {
		f := serve(t, w, func(_ int, rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, w.good("ok")) })
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				a, err := f.Generate(t.Context(), talk)
				assert.NoError(t, err)
				assert.Equal(t, "ok", a.Text)
			})
		}
		wg.Wait()
	})
}
