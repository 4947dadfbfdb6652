package llm

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRegisteredProviders(t *testing.T) {
	require.NoError(t, providers.check())
	assert.Equal(t, []string{"gemini", "groq", "huggingface", "ollama", "openai"}, providers.names())
	var ranked []string
	for _, s := range providers.ranked() {
		ranked = append(ranked, s.name)
	}
	assert.Equal(t, []string{"groq", "openai", "gemini", "huggingface"}, ranked)
}

func TestConflictsAreFoundTogether(t *testing.T) {
	open := func(endpoint) (backend, error) { return nil, errors.New("unused") }
	var r registry
	r.register(spec{name: "a", rank: 1, model: "m", base: "https://a", keySetting: "A_KEY", baseSetting: "A_URL", open: open})
	r.register(spec{name: "a", rank: 1, model: "m", base: "https://a", keySetting: "A_KEY", baseSetting: "A_URL", open: open})
	r.register(spec{name: "b", rank: 2, model: "m", base: "b", baseSetting: "B_URL", open: open})
	r.register(spec{name: "c", base: "http://c"})
	err := r.check()
	for _, want := range []string{
		`provider "a" is registered twice: registry_test.go:`, `rank 1 is taken twice: registry_test.go:`,
		`provider "b" (registry_test.go:`, "a base URL must be", "it has a rank and needs no key",
		`provider "c" (registry_test.go:`, "a name, a model",
	} {
		assert.ErrorContains(t, err, want)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)
	tests := []struct {
		value string
		want  time.Duration
	}{
		{"", 0}, {"0", 0}, {"12", 12 * time.Second}, {"1.5", 1500 * time.Millisecond}, {"-3", 0}, {"soon", 0}, {"NaN", 0},
		{"99999999999999999999", 0}, {"Thu, 02 Jan 2025 03:04:35 GMT", 30 * time.Second}, {"Thu, 02 Jan 2025 03:04:00 GMT", 0},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, retryAfter(tt.value, now), tt.value)
	}
}

func TestPauseGrowsAndVaries(t *testing.T) {
	seen := map[time.Duration]bool{}
	for range 1000 {
		first, second := pause(1, errEmpty), pause(2, &statusError{code: http.StatusBadGateway})
		assert.True(t, first >= firstPause/2 && first < firstPause*3/2, first)
		assert.True(t, second >= firstPause && second < firstPause*3, second)
		seen[first] = true
	}
	assert.Greater(t, len(seen), 900)
	assert.Equal(t, time.Hour, pause(1, &statusError{retryAfter: time.Hour}))
}
