package builtin

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText is how much of a description is read, in bytes.
const maxText = 32 << 10

type mark int

const (
	word    mark = iota
	quoted       // the text between quotes
	address      // a mail address
	number       // digits, perhaps with a unit
	comma        // also brackets and slashes: a pause inside a sentence
	stop         // the end of a sentence
	caller       // who calls: the "current user" of "the orders of the current user"
)

// token is a piece of the description: as it was written, and for words in the
// form that the tables have.
type token struct {
	text string
	low  string
	mark mark
	owns bool // it ended in 's
}

func (t token) is(words ...string) bool {
	if t.mark != word {
		return false
	}
	for _, w := range words {
		if t.low == w {
			return true
		}
	}
	return false
}

// in reports whether the token is a word of a table.
func (t token) in(table map[string]bool) bool { return t.mark == word && table[t.low] }

// tokenize cuts a description into tokens, in one pass.
func tokenize(text string) []token {
	text = strings.ToValidUTF8(text, " ")
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "")
	}
	text = inWords(text)
	var tokens []token
	before := ' '
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case strings.HasPrefix(text, "{{"):
			if end := strings.Index(text[:min(len(text), maxQuote)], "}}"); end > 2 {
				tokens = append(tokens, token{text: strings.TrimSpace(text[2:end]), low: text[:end+2], mark: quoted})
				size = end + 2
			}
		case strings.ContainsRune("\"'`“‘", r) && !wordRune(before):
			if inner, n := quotation(text, r, size); n > 0 {
				tokens = append(tokens, token{text: inner, mark: quoted})
				size = n
			}
		case wordRune(r):
			size = wordLength(text)
			tokens = append(tokens, makeWord(text[:size]))
		case r == '&':
			tokens = append(tokens, token{text: "and", low: "and"})
		case strings.ContainsRune(".;!?\n", r):
			tokens = append(tokens, token{mark: stop})
		case strings.ContainsRune(",()[]:/+|=<>-–—", r):
			tokens = append(tokens, token{text: string(r), mark: comma})
		}
		before, text = r, text[size:]
	}
	return join(tokens)
}

// maxQuote is the longest quotation, in bytes: further apart, quotes do not
// belong together.
const maxQuote = 300

// quotation returns the text in quotes and how long it is with them; 0 when
// nothing closes them.
func quotation(text string, open rune, size int) (string, int) {
	closing := string(open)
	switch open {
	case '“':
		closing = "”"
	case '‘':
		closing = "’"
	}
	end := strings.Index(text[size:min(len(text), size+maxQuote)], closing)
	if end <= 0 {
		return "", 0
	}
	return text[size : size+end], size + end + len(closing)
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }

// wordLength takes in what may stand inside a word: "sign-up", "user's", and
// the dots of an address.
func wordLength(text string) int {
	end := 0
	for i, r := range text {
		inner := strings.ContainsRune("-'’.@+", r)
		if !wordRune(r) && !inner {
			break
		}
		if !inner {
			end = i + utf8.RuneLen(r)
		}
		if strings.ContainsRune(".+", r) && !addressAhead(text[:i+1], text[i+1:]) {
			break
		}
	}
	return end
}

// addressAhead says whether a dot belongs to an address or a number.
func addressAhead(before, after string) bool {
	if strings.ContainsRune(before, '@') || len(after) > 0 && after[0] >= '0' && after[0] <= '9' {
		return true
	}
	end := strings.IndexAny(after[:min(len(after), 64)], " \n,@")
	return end >= 0 && after[end] == '@'
}

func makeWord(text string) token {
	at := strings.IndexByte(text, '@')
	if at > 0 && strings.Contains(text[at:], ".") && !strings.ContainsAny(text, "'’") {
		return token{text: text, low: strings.ToLower(text), mark: address}
	}
	low := strings.ReplaceAll(strings.ToLower(text), "’", "'")
	t := token{text: text, low: low}
	if text[0] >= '0' && text[0] <= '9' {
		t.mark = number
		return t
	}
	if cut, ok := strings.CutSuffix(low, "'s"); ok {
		t.low, t.owns = cut, true
		t.text = text[:strings.LastIndexAny(text, "'’")]
		if i := strings.LastIndex(text, "’"); i >= 0 {
			t.text = text[:i]
		}
	} else if cut, ok := strings.CutSuffix(low, "'"); ok {
		t.low, t.owns = cut, true
	}
	t.low = correct(t.low)
	return t
}

// join makes one word of those that are written apart: "sign up", "log in".
func join(tokens []token) []token {
	out := tokens[:0:0]
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		if i+1 < len(tokens) && t.mark == word && tokens[i+1].mark == word {
			if joined := pairs[t.low+" "+tokens[i+1].low]; joined != "" {
				t.low, t.text = joined, joined
				i++
			}
		}
		if t.is("log", "logs", "sign") && at(tokens, i+1).is("the") && at(tokens, i+2).is("user") && at(tokens, i+3).is("in") {
			t.low, t.text = "authenticate", "authenticate"
			i += 3
		}
		if t.is("log", "logs", "sign") && i+2 < len(tokens) && tokens[i+1].is("them", "him", "her", "users", "me", "people", "someone") && tokens[i+2].is("in") {
			t.low, t.text = "authenticate", "authenticate" // "log them in"
			i += 2
		}
		out = append(out, t)
	}
	return out
}

// correct turns a word into the form that the tables have: other spellings, and
// typos that are one slip away from a word that matters.
func correct(w string) string {
	if same := spellings[w]; same != "" {
		return same
	}
	if len(w) == 4 && strings.Contains(w, "w") && strings.Contains(w, "i") && strings.Contains(w, "t") && strings.Contains(w, "h") {
		return "with"
	}
	if len(w) < 5 || len(w) > 12 || noTypos[w] {
		return w
	}
	for _, known := range typed {
		if w == known || strings.HasPrefix(w, known) {
			return w
		}
	}
	for _, known := range typed {
		if w[0] == known[0] && oneSlip(w, known) {
			return known
		}
	}
	return w
}

// oneSlip reports whether two words differ by one letter that is missing, too
// many or wrong, or by two that changed places.
func oneSlip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if i == len(a) {
		return true
	}
	if a[i+1:] == b[i+1:] {
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}
