package doc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// MaxDepth is how deep arrays and objects may nest: far more than any workflow
// needs, and few enough that code which recurses over a value is safe.
const MaxDepth = 200

// SyntaxError says why a text is not acceptable JSON. It never quotes more than
// a character or a key of the text.
type SyntaxError struct{ Msg string }

func (e *SyntaxError) Error() string { return "invalid JSON: " + e.Msg }

// Decode parses exactly one JSON value. It is strict (RFC 8259, I-JSON): invalid
// UTF-8, duplicate keys, numbers out of range, text after the value, keys with a
// NUL (which BSON cannot hold) and nesting beyond MaxDepth are a *SyntaxError.
// Whole numbers become int64 when they fit, all others float64.
func Decode(text []byte) (any, error) {
	d := decoders.Get().(*decoder)
	defer d.release()
	d.source.Reset(text)
	d.json.Reset(&d.source)
	v, err := d.value(0)
	if err != nil {
		return nil, syntaxError(err)
	}
	if _, err := d.json.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, &SyntaxError{Msg: "text after the value"}
	}
	return v, nil
}

var decoders = sync.Pool{New: func() any { return &decoder{json: jsontext.NewDecoder(new(bytes.Reader))} }}

type decoder struct {
	source bytes.Reader
	json   *jsontext.Decoder
}

func (d *decoder) release() {
	d.source.Reset(nil)
	decoders.Put(d)
}

func (d *decoder) value(depth int) (any, error) {
	if depth > MaxDepth {
		return nil, &SyntaxError{Msg: fmt.Sprintf("nested deeper than %d levels", MaxDepth)}
	}
	t, err := d.json.ReadToken()
	if err != nil {
		return nil, err
	}
	switch t.Kind() {
	case 'n':
		return nil, nil
	case 't':
		return true, nil
	case 'f':
		return false, nil
	case '"':
		return t.String(), nil
	case '0':
		return number(t.String())
	case '[':
		return d.array(depth)
	default:
		return d.object(depth)
	}
}

func (d *decoder) array(depth int) (any, error) {
	a := Array{}
	for d.json.PeekKind() != ']' {
		v, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		a = append(a, v)
	}
	_, err := d.json.ReadToken()
	return a, err
}

func (d *decoder) object(depth int) (any, error) {
	o := Object{}
	for d.json.PeekKind() != '}' {
		t, err := d.json.ReadToken()
		if err != nil {
			return nil, err
		}
		key := t.String()
		if strings.IndexByte(key, 0) >= 0 {
			return nil, &SyntaxError{Msg: "a key holds a NUL character"}
		}
		v, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		o = append(o, Field{Key: key, Value: v})
	}
	_, err := d.json.ReadToken()
	return o, err
}

func number(text string) (any, error) {
	if !strings.ContainsAny(text, ".eE") {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n, nil
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, &SyntaxError{Msg: "number out of range"}
	}
	return f, nil
}

func syntaxError(err error) error {
	var own *SyntaxError
	if errors.As(err, &own) {
		return own
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &SyntaxError{Msg: "unexpected end"}
	}
	if errors.Is(err, jsontext.ErrDuplicateName) {
		return &SyntaxError{Msg: "an object has the same key twice"}
	}
	return &SyntaxError{Msg: strings.TrimPrefix(err.Error(), "jsontext: ")}
}
