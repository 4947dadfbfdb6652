package logging_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/logging"
)

const canary = "canary-5f1e"

func logger(t testing.TB, o logging.Options) (*zap.Logger, *bytes.Buffer) {
	t.Helper()
	var out bytes.Buffer
	o.Output = zapcore.AddSync(&out)
	log, err := logging.New(o)
	require.NoError(t, err)
	return log, &out
}

type nested struct {
	Name  string
	Body  []byte
	Inner map[string]any
}

type stringer string

func (s stringer) String() string { return string(s) }

type object struct{ text string }

func (o object) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	enc.AddString("text", o.text)
	return enc.AddReflected("deep", map[string]any{"list": []any{o.text}})
}

type bad struct{}

func (*bad) Error() string                                 { panic("no error text") }
func (bad) MarshalJSON() ([]byte, error)                   { panic("no JSON") }
func (bad) MarshalLogObject(_ zapcore.ObjectEncoder) error { panic("no object") }

// leaks are all the ways in which a text can get into a log line.
func leaks(s string) map[string]zap.Field {
	return map[string]zap.Field{
		"string": zap.String("a", s), "stringp": zap.Stringp("a", &s), "strings": zap.Strings("a", []string{s}),
		"bytes": zap.ByteString("a", []byte(s)), "binary": zap.Binary("a", []byte(s)), "any bytes": zap.Any("a", []byte(s)),
		"byte strings": zap.ByteStrings("a", [][]byte{[]byte(s)}),
		"error":        zap.Error(errors.New(s)), "wrapped": zap.Error(fmt.Errorf("a: %w", errors.New(s))), "errors": zap.Errors("a", []error{errors.New(s)}),
		"joined": zap.Error(errors.Join(errors.New("a"), errors.New(s))), "reflected error": zap.Reflect("a", errors.New(s)),
		"stringer": zap.Stringer("a", stringer(s)), "stringers": zap.Stringers("a", []stringer{stringer(s)}),
		"map": zap.Any("a", map[string]any{"b": []any{map[string]string{"c": s}}}), "map key": zap.Any("a", map[string]any{s: 1}),
		"struct": zap.Any("a", nested{Name: s}), "pointer": zap.Any("a", &nested{Inner: map[string]any{"b": s}}), "bytes in struct": zap.Any("a", nested{Body: []byte(s)}),
		"document": zap.Any("a", doc.Object{{"b", doc.Array{doc.Object{{"c", s}}}}}), "documents": zap.Any("a", []doc.Object{{{"b", s}}}),
		"raw JSON": zap.Any("a", json.RawMessage(doc.MarshalJSON(s))), "object": zap.Object("a", object{s}), "inline": zap.Inline(object{s}),
		"objects": zap.Objects("a", []object{{s}}), "dict": zap.Dict("a", zap.String("b", s), zap.Dict("c", zap.String("d", s))),
	}
}

func TestNoSecretIsLogged(t *testing.T) {
	shapes := map[string]string{
		"registered": "x " + canary + " y", "bearer": "Bearer " + canary + canary, "JWT": token, "bcrypt": hash,
		"connection string": "mongodb://ann:" + canary + "@host/db", "assignment": "password=" + canary,
	}
	for shape, text := range shapes {
		for way, field := range leaks(text) {
			for _, production := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s/%s/%v", shape, way, production), func(t *testing.T) {
					o := logging.Options{Production: production}
					if shape == "registered" {
						o.Secrets = []string{canary}
					}
					log, out := logger(t, o)
					log.Info("field", field)
					log.With(field).Info("with")
					log.WithLazy(field).Info("lazy")
					log.Named("n").Warn(text)
					log.Sugar().Errorw(text, "a", text)
					line := out.String()
					assert.Equal(t, 5, strings.Count(line, "\n"))
					assert.Equal(t, 5, min(5, strings.Count(line, "***")), line)
					for _, part := range []string{canary, "WEuF6VtD8u8VJ", "c2lnbmF0dXJl", "eyJ1Ijoi", "Y2FuYXJ5"} {
						assert.NotContains(t, line, part)
					}
				})
			}
		}
	}
}

func TestSecretNames(t *testing.T) {
	for _, key := range []string{"password", "apiKey", "Authorization", "set-cookie", "jwt"} {
		log, out := logger(t, logging.Options{Production: true})
		for way, field := range leaks(canary) {
			switch field.Type {
			case zapcore.InlineMarshalerType: // has no name
				continue
			}
			field.Key = key
			log.Info(way, field)
			log.With(field).Info(way)
			log.Info(way, zap.Any("outer", map[string]any{key: canary}))
		}
		log.Info("number", zap.Int(key, 12345678))
		assert.NotContains(t, out.String(), canary, key)
		assert.NotContains(t, out.String(), "12345678", key)
	}
	log, out := logger(t, logging.Options{Production: true})
	log.Info("usage", zap.Int("promptTokens", 42), zap.Bool("hasToken", true))
	assert.Contains(t, out.String(), `"promptTokens":42,"hasToken":true`)
}

func TestWhatIsNotSecretIsKept(t *testing.T) {
	log, out := logger(t, logging.Options{Production: true, Secrets: []string{canary}})
	log.With(zap.String("base", "b")).Info("done", zap.Int("n", 3), zap.Duration("took", 1500*time.Millisecond), zap.Bool("ok", true),
		zap.Any("value", doc.Object{{"z", int64(1)}, {"a", doc.Array{nil, "<x>"}}}), zap.Any("nil", nil), zap.Float64("f", 0.5), zap.Error(nil),
		zap.Any("bytes", nested{Body: []byte("text")}), zap.Namespace("ns"), zap.String("in", "side"))
	var line map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &line))
	_, err := time.Parse(time.RFC3339Nano, line["time"].(string))
	require.NoError(t, err)
	delete(line, "time")
	assert.Equal(t, map[string]any{"level": "info", "message": "done", "base": "b", "n": 3.0, "took": "1.5s", "ok": true,
		"value": map[string]any{"z": 1.0, "a": []any{nil, "<x>"}}, "nil": nil, "f": 0.5,
		"bytes": map[string]any{"Name": "", "Body": "text", "Inner": nil}, "ns": map[string]any{"in": "side"}}, line)
}

func TestHostileValuesDoNotStopTheLog(t *testing.T) {
	cycle := map[string]any{}
	cycle["self"] = cycle
	for name, field := range map[string]zap.Field{
		"nil error": zap.Error((*bad)(nil)), "panicking error": zap.Error(&bad{}), "nil stringer": zap.Stringer("a", (*stringer)(nil)),
		"panicking JSON": zap.Reflect("a", map[string]any{"b": bad{}}), "panicking object": zap.Object("a", bad{}), "panicking inline": zap.Inline(bad{}),
		"cycle": zap.Any("a", cycle), "channel": zap.Any("a", make(chan int)), "broken JSON": zap.Any("a", json.RawMessage(`{"`+canary)),
	} {
		t.Run(name, func(t *testing.T) {
			log, out := logger(t, logging.Options{Production: true})
			assert.NotPanics(t, func() { log.Info("still here", field) })
			assert.Contains(t, out.String(), "still here")
			assert.NotContains(t, out.String(), canary)
		})
	}
}

func TestLongTextsAreCut(t *testing.T) {
	long := strings.Repeat("ü ", 1<<20)
	log, out := logger(t, logging.Options{Production: true, Secrets: []string{canary}})
	log.Info(long, zap.String("s", long), zap.Error(errors.New(long)), zap.Any("a", map[string]any{"b": long}), zap.ByteString("c", []byte(long)))
	assert.Less(t, out.Len(), 32<<10)
	assert.Contains(t, out.String(), "… (3145728 bytes)")
	assert.True(t, json.Valid(out.Bytes()))

	for shift := range len(canary) + 2 { // a secret across the place where a long text is shortened
		out.Reset()
		log.Info(strings.Repeat("x", 64<<10-shift) + canary + strings.Repeat("y", 64<<10))
		assert.NotContains(t, out.String(), canary[:5])
	}
}

func TestLevel(t *testing.T) {
	for level, want := range map[string]int{"debug": 4, "": 3, "info": 3, "warn": 2, "error": 1} {
		log, out := logger(t, logging.Options{Level: level})
		log.Debug("a")
		log.Info("a")
		log.Warn("a")
		log.Error("a")
		assert.Equal(t, want, strings.Count(out.String(), "\n"), level)
	}
	for _, level := range append([]string{"INFO", canary}, "fatal") {
		_, err := logging.New(logging.Options{Level: level})
		require.EqualError(t, err, "log level must be one of debug, info, warn, error")
	}
	for _, level := range logging.Levels {
		_, err := logging.New(logging.Options{Level: level})
		require.NoError(t, err)
	}
}

func TestFormats(t *testing.T) {
	log, out := logger(t, logging.Options{Production: true})
	log.Warn("two\nlines", zap.String("a", "b"))
	assert.True(t, json.Valid(out.Bytes()))
	assert.Equal(t, 1, strings.Count(out.String(), "\n"))

	log, out = logger(t, logging.Options{})
	log.Warn("readable", zap.String("a", "b"))
	assert.False(t, json.Valid(out.Bytes()))
	assert.Regexp(t, `^\S+  WARN  readable  \{"a": "b"\}\n$`, out.String())
}

func TestContextIDs(t *testing.T) {
	ctx := t.Context()
	log, out := logger(t, logging.Options{Production: true})
	assert.Same(t, log, logging.From(ctx, log))
	assert.Empty(t, logging.RequestID(ctx))
	assert.Empty(t, logging.ExecutionID(ctx))

	ctx = logging.WithExecution(logging.WithRequest(ctx, "r1"), "e1")
	assert.Equal(t, "r1", logging.RequestID(ctx))
	assert.Equal(t, "e1", logging.ExecutionID(ctx))
	logging.From(ctx, log).Info("a")
	assert.Contains(t, out.String(), `"requestId":"r1","executionId":"e1"`)

	out.Reset()
	logging.From(logging.WithExecution(context.Background(), "e2"), log).Info("a")
	assert.Contains(t, out.String(), `"executionId":"e2"`)
	assert.NotContains(t, out.String(), "requestId")
}

func BenchmarkLog(b *testing.B) {
	log, err := logging.New(logging.Options{Production: true, Output: zapcore.AddSync(discard{}), Secrets: []string{"a registered secret"}})
	require.NoError(b, err)
	for name, fields := range map[string][]zap.Field{
		"nothing to mask": {zap.String("path", "/v1/run"), zap.Int("status", 200), zap.Duration("took", time.Millisecond)},
		"document":        {zap.Any("value", doc.Object{{"a", int64(1)}, {"b", doc.Array{"x", "y"}}})},
		"token":           {zap.String("header", "Bearer "+token)},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				log.Info("request", fields...)
			}
		})
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
