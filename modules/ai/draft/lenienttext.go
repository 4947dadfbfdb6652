package draft

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// where a text stands decides which quote ends it.
type where int

const (
	inKey where = iota
	inObject
	inArray
)

// quotes are the marks that open a text; typographic ones count as one kind.
const typographic = "“”„‟«»"
const typographicSingle = "‘’‚‛"

// quote is the length of the quotation mark at p.at, or 0.
func (p *lenient) quote() int { return quoteAt(p.text, p.at) }

func quoteAt(text string, at int) int {
	if at >= len(text) {
		return 0
	}
	switch c := text[at]; {
	case c == '"' || c == '\'':
		return 1
	case c == '`':
		if strings.HasPrefix(text[at:], "```") {
			return 0
		}
		return 1
	case c >= utf8.RuneSelf:
		r, n := utf8.DecodeRuneInString(text[at:])
		if strings.ContainsRune(typographic, r) || strings.ContainsRune(typographicSingle, r) {
			return n
		}
	}
	return 0
}

// closes reports whether the mark at p.at may end a text that open began.
func closes(open, mark string) bool {
	switch {
	case open == mark:
		return true
	case strings.Contains(typographic, open):
		return strings.Contains(typographic, mark) || mark == `"`
	case strings.Contains(typographicSingle, open):
		return strings.Contains(typographicSingle, mark)
	}
	return false
}

// str reads a text behind its opening mark of n bytes. A mark inside the text
// ends it only where a text can end; models forget to escape them.
func (p *lenient) str(n int, w where) any {
	open := p.text[p.at : p.at+n]
	p.at += n
	var b strings.Builder
	for p.at < len(p.text) {
		c := p.text[p.at]
		switch {
		case c == '\\':
			p.escape(&b)
			continue
		case c == '\n' && w != inKey && p.keyFollows(p.at):
			return strings.TrimRight(b.String(), " \t\r,")
		case c == '\n' || c == '\t':
			b.WriteByte(c)
			p.at++
			continue
		case c < ' ':
			p.at++
			continue
		}
		if n := p.quote(); n > 0 && closes(open, p.text[p.at:p.at+n]) && p.ends(p.at+n, w) {
			p.at += n
			return b.String()
		}
		_, size := utf8.DecodeRuneInString(p.text[p.at:])
		b.WriteString(p.text[p.at : p.at+size])
		p.at += size
	}
	p.cut = true
	return missing{}
}

// lookahead bounds how far the reader looks to understand one mark.
const lookahead = 120

// ends reports whether a text can end just before at.
func (p *lenient) ends(at int, w where) bool {
	if w == inKey {
		return true
	}
	next, newline := p.nonBlank(at)
	if next >= len(p.text) {
		return true
	}
	switch c := p.text[next]; {
	case c == '}' || c == ']' || c == '#' || c == ';':
		return true
	case c == '/':
		return strings.HasPrefix(p.text[next:], "//") || strings.HasPrefix(p.text[next:], "/*")
	case c == ',':
		if w == inArray {
			return true
		}
		after, _ := p.nonBlank(next + 1)
		return after >= len(p.text) || strings.IndexByte("}],/#{.", p.text[after]) >= 0 || p.keyAt(after)
	case c == '{' || c == '[':
		return newline || w == inArray
	case quoteAt(p.text, next) > 0:
		return newline || w == inArray || p.keyAt(next)
	}
	return newline && p.keyAt(next)
}

func (p *lenient) nonBlank(at int) (next int, newline bool) {
	for end := min(len(p.text), at+lookahead); at < end && p.text[at] <= ' '; at++ {
		newline = newline || p.text[at] == '\n'
	}
	return at, newline
}

// keyFollows reports whether the line behind at begins with a quoted key: then
// the text before it was never closed.
func (p *lenient) keyFollows(at int) bool {
	next, _ := p.nonBlank(at)
	return quoteAt(p.text, next) > 0 && p.keyAt(next)
}

// keyAt reports whether a key and its colon stand at at.
func (p *lenient) keyAt(at int) bool {
	rest := p.text[at:min(len(p.text), at+lookahead)]
	n := quoteAt(rest, 0)
	end := 0
	if n > 0 {
		end = strings.IndexFunc(rest[n:], func(r rune) bool { return strings.ContainsRune(`"'`+"`\n:"+typographic+typographicSingle, r) })
		if end < 0 {
			return len(p.text) == at+len(rest) // cut off within the key
		}
		end += n
		closing := quoteAt(rest, end)
		if closing == 0 {
			return false
		}
		end += closing
	} else {
		for end < len(rest) && isWord(rest[end]) {
			end++
		}
		if end == 0 {
			return false
		}
	}
	return strings.HasPrefix(strings.TrimLeft(rest[end:], " \t\r\n"), ":")
}

func isWord(c byte) bool {
	return c == '_' || c == '$' || c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// escape reads a backslash and what it stands for. Escapes that JSON does not
// know keep their backslash: they are from patterns like \d.
func (p *lenient) escape(b *strings.Builder) {
	p.at++
	if p.at >= len(p.text) {
		return
	}
	c := p.text[p.at]
	p.at++
	switch c {
	case 'n':
		b.WriteByte('\n')
	case 't':
		b.WriteByte('\t')
	case 'r':
		b.WriteByte('\r')
	case 'b', 'f', 0, '\n':
	case '"', '\'', '\\', '/', '`', '_', '{', '}':
		b.WriteByte(c)
	case 'u':
		p.unicode(b)
	default:
		p.at--
		b.WriteByte('\\')
	}
}

func (p *lenient) unicode(b *strings.Builder) {
	r, ok := p.hex4(p.at)
	if !ok {
		return
	}
	p.at += 4
	if utf16.IsSurrogate(r) && strings.HasPrefix(p.text[p.at:], `\u`) {
		if low, ok := p.hex4(p.at + 2); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				r = pair
				p.at += 6
			}
		}
	}
	if r != 0 {
		b.WriteRune(r) // a lone half becomes U+FFFD
	}
}

func (p *lenient) hex4(at int) (rune, bool) {
	if at+4 > len(p.text) {
		return 0, false
	}
	n, err := strconv.ParseUint(p.text[at:at+4], 16, 32)
	return rune(n), err == nil
}

// isTemplate reports whether a variable stands at p.at without quotes.
func (p *lenient) isTemplate() bool {
	rest := p.text[p.at:min(len(p.text), p.at+lookahead)]
	if !strings.HasPrefix(rest, "{{") {
		return false
	}
	end := strings.Index(rest, "}}")
	return end > 2 && !strings.ContainsAny(rest[2:end], "\"':{,\n")
}

// bareword reads a number, a constant, or a text without quotes.
func (p *lenient) bareword() any {
	start := p.at
	for p.at < len(p.text) {
		if strings.HasPrefix(p.text[p.at:], "{{") && p.isTemplate() {
			p.at += strings.Index(p.text[p.at:], "}}") + 2
			continue
		}
		if strings.IndexByte(",{}[]\n\"", p.text[p.at]) >= 0 || strings.HasPrefix(p.text[p.at:], "//") && p.at > start && p.text[p.at-1] != ':' {
			break
		}
		p.at++
	}
	word := strings.TrimSpace(p.text[start:p.at])
	if p.at >= len(p.text) && word != "" {
		p.cut = true // who knows how it would have gone on
		return missing{}
	}
	return constant(word)
}

func constant(word string) any {
	switch strings.ToLower(word) {
	case "true":
		return true
	case "false":
		return false
	case "", "null", "none", "nil", "undefined", "nan", "-nan", "infinity", "-infinity", "+infinity":
		return nil
	}
	if n, err := strconv.ParseInt(word, 10, 64); err == nil && !leadingZero(word) {
		return n
	}
	if f, err := strconv.ParseFloat(word, 64); err == nil && !leadingZero(word) && strings.Trim(word, "0123456789.+-eE") == "" {
		if math.IsInf(f, 0) {
			return nil
		}
		return f
	}
	return strings.Map(printable, word)
}

// leadingZero tells codes like 007 from numbers.
func leadingZero(word string) bool {
	digits := strings.TrimLeft(word, "+-")
	return len(digits) > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9'
}
