package draft

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// maxNesting is how deep an answer may nest: a workflow needs ten levels.
const maxNesting = 64

var errTooDeep = errors.New("the answer nests too deeply")

// lenient reads what models write for JSON. It never goes back over more than a
// few characters, so its time is linear in the text.
type lenient struct {
	text string
	at   int
	cut  bool // the text ended inside a value
	err  error
}

// missing is the value of an element that was cut off before it made sense.
type missing struct{}

// value reads the value at p.at.
func (p *lenient) value(depth int) any {
	if depth > maxNesting {
		p.err = errTooDeep
		return missing{}
	}
	p.space()
	if p.at >= len(p.text) {
		p.cut = true
		return missing{}
	}
	c := p.text[p.at]
	switch {
	case c == '{' && p.isTemplate():
		return p.bareword()
	case c == '{':
		return p.object(depth)
	case c == '[':
		return p.array(depth)
	}
	if n := p.quote(); n > 0 {
		return p.str(n, inArray)
	}
	return p.bareword()
}

func (p *lenient) object(depth int) any {
	p.at++
	doubled := p.peek() == '{' // {{ "nodes": ... }}: braces escaped for a template
	if doubled {
		p.at++
	}
	b := newObject()
	for p.err == nil {
		p.separators()
		if p.at >= len(p.text) {
			p.cut = true
			return b.fields
		}
		switch p.text[p.at] {
		case '}':
			p.at++
			if doubled && p.peek() == '}' {
				p.at++
			}
			return b.fields
		case ']': // the brace was forgotten
			return b.fields
		}
		start := p.at
		key, ok := p.key()
		if !ok {
			if p.at == start {
				p.at++ // never stand still
			}
			continue
		}
		v := p.field(depth)
		if _, none := v.(missing); !none {
			b.set(key, v)
		}
	}
	return b.fields
}

// field reads the value behind a key and its colon.
func (p *lenient) field(depth int) any {
	p.space()
	if n := p.quote(); n > 0 {
		return p.str(n, inObject)
	}
	if c := p.peek(); c == ',' || c == '}' {
		return nil // "key": ,
	}
	return p.value(depth + 1)
}

// key reads a key and the colon behind it.
func (p *lenient) key() (string, bool) {
	var key string
	if n := p.quote(); n > 0 {
		s, ok := p.str(n, inKey).(string)
		if !ok {
			return "", false
		}
		key = s
	} else {
		start := p.at
		for p.at < len(p.text) && strings.IndexByte(":={}[],\"'\n", p.text[p.at]) < 0 {
			p.at++
		}
		key = strings.TrimSpace(p.text[start:p.at])
	}
	p.space()
	if c := p.peek(); c != ':' && c != '=' {
		if p.at >= len(p.text) {
			p.cut = true
		}
		return "", false
	}
	p.at++
	if p.peek() == '>' { // =>
		p.at++
	}
	key = strings.Map(printable, key)
	return key, key != ""
}

func (p *lenient) array(depth int) any {
	p.at++
	a := doc.Array{}
	for p.err == nil {
		p.separators()
		if p.at >= len(p.text) {
			p.cut = true
			break
		}
		if p.text[p.at] == ']' {
			p.at++
			break
		}
		if p.text[p.at] == '}' || p.text[p.at] == ':' {
			if p.text[p.at] == '}' {
				break // the bracket was forgotten
			}
			p.at++
			continue
		}
		start := p.at
		v := p.value(depth + 1)
		if p.at == start {
			p.at++
		}
		// What was cut off is dropped, unless it is all there is.
		if _, none := v.(missing); none || p.cut && len(a) > 0 {
			continue
		}
		a = append(a, v)
	}
	return a
}

func (p *lenient) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

// space skips blanks and comments.
func (p *lenient) space() {
	for p.at < len(p.text) {
		rest := p.text[p.at:]
		switch c := rest[0]; {
		case c <= ' ':
			p.at++
		case strings.HasPrefix(rest, "//"), c == '#':
			p.skipPast("\n")
		case strings.HasPrefix(rest, "/*"):
			p.skipPast("*/")
		case strings.HasPrefix(rest, "```"):
			p.at += 3
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRuneInString(rest)
			if !unicode.IsSpace(r) && r != '\ufeff' && r != '\u200b' && r != '…' {
				return
			}
			p.at += n
		default:
			return
		}
	}
}

func (p *lenient) skipPast(end string) {
	if n := strings.Index(p.text[p.at:], end); n >= 0 {
		p.at += n + len(end)
		return
	}
	p.at = len(p.text)
}

// separators skips what stands between elements; commas that are missing or too
// many do no harm.
func (p *lenient) separators() {
	for {
		p.space()
		switch {
		case p.peek() == ',' || p.peek() == ';':
			p.at++
		case strings.HasPrefix(p.text[p.at:], "..."):
			p.at += 3
		default:
			return
		}
	}
}

func printable(r rune) rune {
	if unicode.IsControl(r) {
		return -1
	}
	return r
}

// object is an object that is being read. Of two equal keys the last counts, as
// in the language that the format comes from.
type object struct {
	fields doc.Object
	index  map[string]int
}

func newObject() *object { return &object{fields: doc.Object{}} }

const indexFrom = 16

func (b *object) set(key string, v any) {
	if b.index == nil && len(b.fields) < indexFrom {
		b.fields = doc.Set(b.fields, key, v)
		return
	}
	if b.index == nil {
		b.index = make(map[string]int, 2*indexFrom)
		for i, f := range b.fields {
			b.index[f.Key] = i
		}
	}
	if i, ok := b.index[key]; ok {
		b.fields[i].Value = v
		return
	}
	b.index[key] = len(b.fields)
	b.fields = append(b.fields, doc.Field{Key: key, Value: v})
}
