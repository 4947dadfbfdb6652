package llm

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"
)

// Builtin is the name of the provider that is used when no other has a key. It
// lives elsewhere and is given to New.
const Builtin = "builtin"

// Settings say which model to ask, and how. Keys and BaseURLs are by the name of
// the provider; what is missing or empty is its default.
type Settings struct {
	Provider string // "": the first one with a key, else Builtin
	Model    string
	Keys     map[string]string
	BaseURLs map[string]string

	Logger *zap.Logger // of retries; nil: they are not logged

	// For tests; nil is the real thing.
	Transport http.RoundTripper
	Wait      func(context.Context, time.Duration) error // between attempts
}

// Model is the provider that the settings choose.
type Model struct {
	Provider
	close func() error
}

// Close gives up connections. Nothing may be generated any more.
func (m *Model) Close() error { return m.close() }

// New chooses a provider: the one that is named, else the first with a key, else
// the extra one called Builtin. A missing key is no error here: whoever starts
// the server may not want its AI. Each Generate says what is missing.
func New(s Settings, extra ...Provider) (*Model, error) {
	if err := providers.check(); err != nil {
		return nil, fmt.Errorf("language models: %w", err)
	}
	name := s.Provider
	if name == "" {
		name = s.standard()
	}
	if chosen, ok := providers.find(name); ok {
		return s.connect(chosen)
	}
	for _, p := range extra {
		if p.Name() == name {
			return &Model{Provider: p, close: func() error { return nil }}, nil
		}
	}
	return nil, fmt.Errorf("language models: AI_PROVIDER %q is none of %s", name, strings.Join(offered(extra), ", "))
}

// standard is the provider when none is named.
func (s Settings) standard() string {
	for _, p := range providers.ranked() {
		if s.Keys[p.name] != "" {
			return p.name
		}
	}
	return Builtin
}

func (s Settings) connect(chosen spec) (*Model, error) {
	if base := s.BaseURLs[chosen.name]; base != "" {
		chosen.base = base
	}
	if s.Model != "" {
		chosen.model = s.Model
	}
	if err := checkURL(chosen.base); err != nil {
		return nil, fmt.Errorf("language models: %s: %w", chosen.baseSetting, err)
	}
	chosen.base = strings.TrimRight(chosen.base, "/")
	return connect(chosen, s)
}

func offered(extra []Provider) []string {
	names := providers.names()
	for _, p := range extra {
		names = append(names, p.Name())
	}
	slices.Sort(names)
	return names
}

// checkURL takes the address of an API. Its operator chose it, so it may be
// private; credentials in it would show in logs. The error never repeats it.
func checkURL(base string) error {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || strings.ContainsAny(base, "?#") {
		return errors.New("a base URL must be like https://host/path, without credentials, query and fragment")
	}
	return nil
}
