package logging

import (
	"encoding/json"
	"fmt"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// Longest texts that are logged, in bytes; longer ones are cut.
const (
	maxField = 4 << 10
	maxStack = 16 << 10
)

// core masks every entry on its way to the core that writes it.
type core struct {
	zapcore.Core
	gathered zapcore.Core // the same for Gathered; nil when it is that already
	mask     *Masker
}

func (c *core) With(fields []zapcore.Field) zapcore.Core {
	fields = c.fields(fields)
	with := &core{Core: c.Core.With(fields), mask: c.mask}
	if c.gathered != nil {
		with.gathered = c.gathered.With(fields)
	}
	return with
}

func (c *core) Check(e zapcore.Entry, ce *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if c.Enabled(e.Level) {
		return ce.AddCore(e, c)
	}
	return ce
}

func (c *core) Write(e zapcore.Entry, fields []zapcore.Field) error {
	e.Message = c.text(e.Message, maxField)
	e.Stack = c.text(e.Stack, maxStack)
	return c.Core.Write(e, c.fields(fields))
}

func (c *core) text(s string, limit int) string { return c.mask.Text(s, limit) }

// fields returns the fields masked; the caller's slice is left alone.
func (c *core) fields(fields []zapcore.Field) []zapcore.Field {
	masked := make([]zapcore.Field, len(fields))
	for i, f := range fields {
		masked[i] = c.field(f)
	}
	return masked
}

func (c *core) field(f zapcore.Field) zapcore.Field {
	secret := IsSecretKey(f.Key)
	switch f.Type {
	case zapcore.BoolType, zapcore.SkipType, zapcore.NamespaceType, zapcore.DurationType,
		zapcore.TimeType, zapcore.TimeFullType:
		return f
	case zapcore.StringType:
		if secret {
			return zap.String(f.Key, Masked)
		}
		if s := c.text(f.String, maxField); s != f.String {
			return zap.String(f.Key, s)
		}
		return f
	case zapcore.ErrorType, zapcore.StringerType:
		if secret {
			return zap.String(f.Key, Masked)
		}
		return zap.String(f.Key, c.text(safeText(f.Interface), maxField))
	case zapcore.ByteStringType, zapcore.BinaryType:
		if secret {
			return zap.String(f.Key, Masked)
		}
		b, _ := f.Interface.([]byte)
		return zap.String(f.Key, c.text(string(b), maxField))
	case zapcore.ReflectType:
		return c.reflected(f.Key, f.Interface)
	case zapcore.ObjectMarshalerType, zapcore.ArrayMarshalerType, zapcore.InlineMarshalerType:
		return c.marshalled(f)
	}
	if secret && !countsTokens(f.Key) {
		return zap.String(f.Key, Masked)
	}
	return f
}

// marshalled is what a field's own marshaller makes of it. Inlined fields come
// together under one name.
func (c *core) marshalled(f zapcore.Field) (out zapcore.Field) {
	if f.Type == zapcore.InlineMarshalerType {
		f = zap.Object("inline", f.Interface.(zapcore.ObjectMarshaler))
	}
	defer func() {
		if recover() != nil {
			out = unprintable(f.Key, f.Interface)
		}
	}()
	enc := zapcore.NewMapObjectEncoder()
	f.AddTo(enc)
	return c.reflected(f.Key, enc.Fields[f.Key])
}

// unprintable stands for a value that has no text.
func unprintable(key string, v any) zapcore.Field { return zap.String(key, fmt.Sprintf("(%T)", v)) }

// reflected writes any value as JSON, masked at every depth.
func (c *core) reflected(key string, v any) zapcore.Field {
	switch v := v.(type) {
	case nil:
		return zap.Reflect(key, nil)
	case error, fmt.Stringer:
		return c.field(zap.String(key, safeText(v)))
	case string:
		return c.field(zap.String(key, v))
	case []byte:
		return c.field(zap.ByteString(key, v))
	}
	value, err := plain(v)
	if err != nil {
		return unprintable(key, v)
	}
	text := doc.MarshalJSON(c.mask.field(key, value))
	if len(text) > maxField {
		return zap.String(key, cut(string(text), len(text), maxField))
	}
	return zap.Reflect(key, json.RawMessage(text))
}

// safeText is the text of an error or Stringer, which may be a nil pointer.
func safeText(v any) (s string) {
	defer func() {
		if r := recover(); r != nil {
			s = fmt.Sprintf("(%T without a text)", v)
		}
	}()
	switch v := v.(type) {
	case error:
		return v.Error()
	case fmt.Stringer:
		return v.String()
	}
	return ""
}
