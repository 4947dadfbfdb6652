package runlog

import (
	"fmt"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/logging"
)

// Bounds of what an entry shows. A workflow may pass megabytes from step to
// step; a log is read by people.
const (
	maxValue = 32 << 10 // bytes of one input, output or data, roughly
	maxText  = 8 << 10  // bytes of one text in it
	maxError = 4 << 10  // bytes of an error
	cutMark  = "…"
)

// Bounds of the secrets that are looked for in the input of a run.
const (
	maxSecrets   = 32
	minSecret    = 4
	maxSecret    = 4 << 10
	maxSecretsAt = 8 // levels deep
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
		for _, f := range v {
			if s, ok := f.Value.(string); ok && logging.IsSecretKey(f.Key) {
				found = appendSecret(found, s)
				continue
			}
			found = secretsIn(found, f.Value, depth+1)
		}
	case doc.Array:
		for _, item := range v {
			found = secretsIn(found, item, depth+1)
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

// Value copies a value. What does not fit is cut, and marked where it was.
func (m *Masker) Value(v any) any {
	c := copier{Masker: m, left: maxValue}
	return c.value(v)
}

// Fill copies values into an entry, nil being none, and notes its size.
func (m *Masker) Fill(e *Entry, input, output, data doc.Object) {
	e.Size = entrySize + len(e.Error)
	for _, part := range []struct {
		from doc.Object
		to   *any
	}{{input, &e.Input}, {output, &e.Output}, {data, &e.Data}} {
		if part.from == nil {
			continue
		}
		c := copier{Masker: m, left: maxValue}
		*part.to = c.object(part.from, true)
		e.Size += maxValue - c.left
	}
}

// entrySize is what an entry takes apart from its values, roughly.
const entrySize = 512

// Error copies the text of an error.
func (m *Masker) Error(s string) string { return m.values.Text(s, maxError) }

// copier copies one value; left is how many bytes it may still show.
type copier struct {
	*Masker
	left int
}

func (c *copier) value(v any) any {
	switch v := v.(type) {
	case string:
		if c.left <= 0 {
			return cutMark
		}
		s := c.values.Text(v, min(maxText, c.left))
		c.left -= len(s) + 2
		return s
	case doc.Object:
		return c.object(v, true)
	case doc.Array:
		return c.array(v)
	}
	c.left -= 4
	return v
}

// object masks by name, unless the names are those of fields that messages are
// about.
func (c *copier) object(o doc.Object, named bool) doc.Object {
	out := make(doc.Object, 0, len(o))
	for i, f := range o {
		if c.left <= 0 {
			return append(out, doc.Field{Key: cutMark, Value: fmt.Sprintf("%d more", len(o)-i)})
		}
		key := c.shapes.Text(f.Key, maxText)
		c.left -= len(key) + 4
		messages, ok := f.Value.(doc.Object)
		switch {
		case ok && f.Key == "errors": // of a validation: {field: [messages]}
			out = append(out, doc.Field{Key: key, Value: c.object(messages, false)})
		case named && isSecret(o, f):
			out = append(out, doc.Field{Key: key, Value: logging.Masked})
		default:
			out = append(out, doc.Field{Key: key, Value: c.value(f.Value)})
		}
	}
	return out
}

// isSecret reports whether a field's name says that it is secret. The value of a
// field that was checked stands under "value", its name under "field".
func isSecret(o doc.Object, f doc.Field) bool {
	return logging.IsSecret(f.Key, f.Value) || f.Key == "value" && logging.IsSecret(doc.String(o, "field"), f.Value)
}

func (c *copier) array(a doc.Array) doc.Array {
	out := make(doc.Array, 0, len(a))
	for i, item := range a {
		if c.left <= 0 {
			return append(out, fmt.Sprintf("%s %d more", cutMark, len(a)-i))
		}
		c.left--
		out = append(out, c.value(item))
	}
	return out
}
