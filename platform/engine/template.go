package engine

import (
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// maxText bounds a text or a value that templates build, in bytes.
const maxText = 16 << 20

// Path is a dotted path to a value, split once when the workflow is compiled.
type Path struct {
	root string
	rest []string
}

// ParsePath reads a path, bare or as {{path}}.
func ParsePath(s string) Path {
	if parts := splitTemplate(s); len(parts) == 1 {
		return parts[0].path
	}
	return splitPath(s)
}

func splitPath(s string) Path {
	root, rest, dotted := strings.Cut(s, ".")
	p := Path{root: root}
	if dotted {
		p.rest = strings.Split(rest, ".")
	}
	return p
}

// Expr is a value of a step's definition, ready to be resolved against the
// variables of a run (engine.md, "Variables").
type Expr struct {
	kind   exprKind
	value  any    // literal: the value; others: as it was written
	path   Path   // single, bare
	parts  []part // text
	keys   []string
	values []Expr // object, array
}

type exprKind int

const (
	literal exprKind = iota
	single           // exactly one {{path}}
	text             // text with {{path}} in it
	bare             // a string that may be a path
	object
	array
)

// part is a piece of text, or a {{path}} as it was written.
type part struct {
	text   string
	path   Path
	isPath bool
}

// ParseExpr prepares a value of a definition.
func ParseExpr(v any) Expr {
	switch v := v.(type) {
	case string:
		return parseString(v)
	case doc.Object:
		e := Expr{kind: object, value: v, keys: make([]string, len(v)), values: make([]Expr, len(v))}
		for i := range v {
			e.keys[i], e.values[i] = v[i].Key, ParseExpr(v[i].Value)
		}
		return e
	case doc.Array:
		e := Expr{kind: array, value: v, values: make([]Expr, len(v))}
		for i := range v {
			e.values[i] = ParseExpr(v[i])
		}
		return e
	}
	return Expr{kind: literal, value: v}
}

func parseString(s string) Expr {
	parts := splitTemplate(s)
	switch {
	case parts == nil:
		return Expr{kind: bare, value: s, path: splitPath(s)}
	case len(parts) == 1:
		return Expr{kind: single, value: s, path: parts[0].path}
	}
	return Expr{kind: text, value: s, parts: parts}
}

// splitTemplate cuts s at its {{path}}s; nil when it has none. A path is
// whatever stands between the braces, without a "}", and is trimmed.
func splitTemplate(s string) []part {
	var parts []part
	start := 0
	for at := 0; ; {
		open := strings.Index(s[at:], "{{")
		if open < 0 {
			break
		}
		open += at
		inner := strings.IndexByte(s[open+2:], '}')
		if inner < 0 {
			break
		}
		end := open + 2 + inner
		if inner == 0 || end+1 >= len(s) || s[end+1] != '}' {
			at = end + 1
			continue
		}
		if open > start {
			parts = append(parts, part{text: s[start:open]})
		}
		written := s[open : end+2]
		parts = append(parts, part{text: written, isPath: true, path: splitPath(strings.TrimSpace(s[open+2 : end]))})
		start, at = end+2, end+2
	}
	if parts != nil && start < len(s) {
		parts = append(parts, part{text: s[start:]})
	}
	return parts
}

// Resolve gives the expression's value. What does not resolve stays as it was
// written; a nil expression, of a field that was not written, is nil. The error
// says that the value grew too large, or that the step is out of time.
func (e *Expr) Resolve(v *Vars) (any, error) {
	if e == nil {
		return nil, nil
	}
	switch e.kind {
	case single, bare:
		if err := v.ctx.Err(); err != nil {
			return nil, err
		}
		if value, ok := v.Resolve(e.path); ok {
			return value, nil
		}
		return e.value, nil
	case text:
		return e.text(v)
	case object:
		o := make(doc.Object, len(e.values))
		for i := range e.values {
			value, err := e.values[i].Resolve(v)
			if err != nil {
				return nil, err
			}
			o[i] = doc.Field{Key: e.keys[i], Value: value}
		}
		return o, nil
	case array:
		a := make(doc.Array, len(e.values))
		for i := range e.values {
			value, err := e.values[i].Resolve(v)
			if err != nil {
				return nil, err
			}
			a[i] = value
		}
		return a, nil
	}
	return e.value, nil
}

func (e *Expr) text(v *Vars) (any, error) {
	var out []byte
	for i := range e.parts {
		p := &e.parts[i]
		value, ok := any(nil), false
		if p.isPath {
			if err := v.ctx.Err(); err != nil {
				return nil, err
			}
			value, ok = v.Resolve(p.path)
		}
		switch {
		case !ok:
			out = append(out, p.text...)
		case !doc.Fits(value, maxText-len(out)):
			return nil, errTooLarge
		default:
			out = appendText(out, value)
		}
		if len(out) > maxText {
			return nil, errTooLarge
		}
	}
	return string(out), v.hold(len(out))
}

var errTooLarge = Fail("The resolved value is larger than %d MB", maxText>>20)

// appendText writes a value as it appears inside a text: strings, ids and dates
// bare, everything else as JSON.
func appendText(dst []byte, value any) []byte {
	if s, ok := value.(string); ok {
		return append(dst, s...)
	}
	start := len(dst)
	dst = doc.AppendJSON(dst, value)
	if n := len(dst); n-start >= 2 && dst[start] == '"' { // an id or a date
		return append(dst[:start], dst[start+1:n-1]...)
	}
	return dst
}

// Text returns value as it appears inside a text.
func Text(value any) string {
	if s, ok := value.(string); ok {
		return s
	}
	return string(appendText(nil, value))
}
