package llm

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/logging"
)

// Bounds of a call.
const (
	maxTotal  = 60 * time.Second // of all attempts, whatever the caller's context allows
	maxPrompt = 200 << 10        // bytes
	maxCause  = 1 << 10          // bytes of an error for the log
)

// endpoint is what a provider is opened with.
type endpoint struct {
	spec
	key  string
	http *http.Client // retries, and keeps the bounds
}

// backend speaks a provider's protocol. Its errors are anything; remote makes
// them the package's.
type backend interface {
	generate(ctx context.Context, r Request) (reply, error)
	close() error
}

// reply is what a backend makes of an answer.
type reply struct {
	text      string
	truncated bool
}

// remote is a provider on the network. It keeps what holds for each of them.
type remote struct {
	endpoint
	backend backend // nil without a key
	mask    *logging.Masker
}

func connect(chosen spec, s Settings) (*Model, error) {
	t := &transport{name: chosen.name, base: s.Transport, wait: s.Wait, log: s.Logger}
	if t.base == nil {
		own := http.DefaultTransport.(*http.Transport).Clone()
		own.MaxResponseHeaderBytes = maxHeader
		t.base = own
	}
	if t.wait == nil {
		t.wait = wait
	}
	if t.log == nil {
		t.log = zap.NewNop()
	}
	m := &remote{
		endpoint: endpoint{spec: chosen, key: s.Keys[chosen.name], http: &http.Client{Transport: t}},
		mask:     logging.NewMasker(s.Keys[chosen.name]),
	}
	if m.keyMissing() {
		return &Model{Provider: m, close: func() error { return nil }}, nil
	}
	var err error
	if m.backend, err = chosen.open(m.endpoint); err != nil {
		return nil, m.cause(err)
	}
	return &Model{Provider: m, close: func() error {
		err := m.backend.close()
		m.http.CloseIdleConnections()
		return err
	}}, nil
}

func (m *remote) keyMissing() bool { return m.keySetting != "" && m.key == "" }

// Name implements Provider.
func (m *remote) Name() string { return m.name }

// Generate implements Provider.
func (m *remote) Generate(ctx context.Context, r Request) (Answer, error) {
	if m.keyMissing() {
		return Answer{}, failed(Unavailable, "MODEL_NO_KEY", m.name+" needs a key; set "+m.keySetting)
	}
	if r.size() > maxPrompt {
		return Answer{}, failed(Failed, "MODEL_TOO_LARGE", "what the model is asked is too large")
	}
	bounded, cancel := context.WithTimeout(ctx, maxTotal)
	defer cancel()
	got, err := m.backend.generate(bounded, r)
	if err == nil && strings.TrimSpace(got.text) == "" {
		err = errEmpty
	}
	if err != nil {
		return Answer{}, m.failure(ctx, err)
	}
	return Answer{Text: got.text, Provider: m.name, Model: m.model, Truncated: got.truncated}, nil
}

// cause is an error for the log: without the key, and cut.
func (m *remote) cause(err error) error { return errors.New(m.mask.Text(err.Error(), maxCause)) }

// size is the length of all that is sent as text.
func (r *Request) size() int {
	size := len(r.System)
	for _, message := range r.Messages {
		size += len(message.Text)
	}
	if r.Schema != nil {
		size += len(r.Schema.JSON)
	}
	return size
}

var _ Provider = (*remote)(nil)
