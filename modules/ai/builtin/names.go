package builtin

import (
	"strings"
	"unicode"

	"github.com/orchestrix/orchestrix/platform/data"
)

const maxName = 40

// clean keeps the letters (of ASCII), digits and underscores of a name, begins
// it with a letter, and keeps it short.
func clean(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == ' ' || r == '-':
			r = '_'
		case r > unicode.MaxASCII || !wordRune(r):
			continue
		}
		if b.Len() == 0 && !unicode.IsLetter(r) {
			continue
		}
		if b.Len() < maxName {
			b.WriteRune(r)
		}
	}
	return strings.TrimRight(b.String(), "_")
}

// camel makes one name of several words.
func camel(words []string) string {
	var b strings.Builder
	for _, w := range words {
		w = clean(w)
		if w == "" {
			continue
		}
		if len(w) > 1 && strings.ToUpper(w) == w {
			w = strings.ToLower(w) // FIRST NAME
		}
		if b.Len() > 0 {
			w = strings.ToUpper(w[:1]) + w[1:]
		} else if len(words) > 1 {
			w = strings.ToLower(w)
		} else {
			w = strings.ToLower(w[:1]) + w[1:]
		}
		b.WriteString(w)
	}
	return clean(b.String())
}

// collectionName is a collection of that name which a workflow may use.
func collectionName(s string) string {
	s = clean(s)
	if s == "" {
		return ""
	}
	if data.CheckName(s) != nil {
		s = "app_" + s
	}
	return s
}
