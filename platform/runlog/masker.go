package runlog

import (
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/logging"
)

// Bounds of the secrets that are looked for in the input of a run.
const (
	maxSecrets   = 32
	minSecret    = 4
	maxSecret    = 4 << 10
	maxSecretsAt = 8 // levels deep
)

// Bounds of texts, in bytes.
const (
	maxError = 4 << 10
	maxName  = 256
)

// Masker copies values for a log: without secrets, bounded, and sharing nothing
// with a run that goes on.
type Masker struct {
	shapes *logging.Masker // for names, which are not the run's own values
	values *logging.Masker // also knows the secrets of the run
}

// NewMasker makes a Masker that knows the values of the installation's secrets.
func NewMasker(secrets ...string) *Masker {
	m := logging.NewMasker(secrets...)
	return &Masker{shapes: m, values: m}
}

// ForRun is a Masker that also knows the secrets a run was called with: what
// stands under the name of a secret in its input, and its caller's token.
func (m *Masker) ForRun(input doc.Object, authorization string) *Masker {
	var found []string
	if _, token, ok := strings.Cut(authorization, " "); ok {
		found = appendSecret(found, strings.TrimSpace(token))
	}
	found = secretsIn(found, input, 0)
	if len(found) == 0 {
		return m
	}
	return &Masker{shapes: m.shapes, values: m.values.With(found...)}
}

func secretsIn(found []string, v any, depth int) []string {
	if depth > maxSecretsAt {
		return found
	}
	switch v := v.(type) {
	case doc.Object:
		for i := range v {
			s, ok := v[i].Value.(string)
			switch {
			case !ok:
				found = secretsIn(found, v[i].Value, depth+1)
			case logging.IsSecretKey(v[i].Key):
				found = appendSecret(found, s)
			default:
				found = appendSecret(found, logging.PasswordIn(s))
			}
		}
	case doc.Array:
		for i := range v {
			found = secretsIn(found, v[i], depth+1)
		}
	}
	return found
}

func appendSecret(found []string, s string) []string {
	if len(s) < minSecret || len(s) > maxSecret || len(found) == maxSecrets {
		return found
	}
	return append(found, s)
}

// Error copies the text of an error.
func (m *Masker) Error(s string) string { return m.values.Text(s, maxError) }

// Name copies a name that an author gave.
func (m *Masker) Name(s string) string { return m.shapes.Text(s, maxName) }

// Hide returns a value with what is secret masked wherever it stands, and v itself
// left alone. Unlike a log it goes to the caller: tokens that the run has made
// are not hidden.
func (m *Masker) Hide(v any) any {
	return doc.Map(v, func(leaf any) any {
		if text, ok := leaf.(string); ok {
			return m.values.Known(text)
		}
		return leaf
	})
}

// Fill copies values into an entry, nil being none, and notes its size.
func (m *Masker) Fill(e *Entry, input, output, data doc.Object) {
	e.Size = entrySize + len(e.Error)
	for _, part := range [...]struct {
		from doc.Object
		to   *any
	}{{input, &e.Input}, {output, &e.Output}, {data, &e.Data}} {
		if part.from == nil {
			continue
		}
		raw := m.copy(part.from)
		*part.to = raw
		e.Size += len(raw)
	}
}

// entrySize is what an entry takes apart from its values, roughly.
const entrySize = 512

// isSecret reports whether a field's name says that it is secret. The value of a
// field that was checked stands under "value", its name under "field".
func isSecret(o doc.Object, f *doc.Field) bool {
	return logging.IsSecret(f.Key, f.Value) || f.Key == "value" && logging.IsSecret(doc.String(o, "field"), f.Value)
}
