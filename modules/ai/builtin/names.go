package builtin

import (
	"strings"
	"unicode"

	"github.com/orchestrix/orchestrix/platform/data"
)

const maxName = 40

// uncountable nouns are their own plural.
var uncountable = set("feedback inventory news data staff info information equipment stock media money content history series sheep fish mail software hardware metadata people children music furniture")

var irregular = map[string]string{"person": "people", "child": "children", "man": "men", "woman": "women", "mouse": "mice", "foot": "feet", "tooth": "teeth", "datum": "data", "medium": "media", "todo": "todos", "movie": "movies", "cookie": "cookies", "photo": "photos", "video": "videos", "hero": "heroes", "quiz": "quizzes", "bus": "buses", "gas": "gases", "lens": "lenses", "status": "statuses"}

// isPlural reports whether a noun is written in the plural.
func isPlural(w string) bool {
	if uncountable[w] {
		return true
	}
	for _, plural := range irregular {
		if w == plural {
			return true
		}
	}
	return len(w) > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") && !strings.HasSuffix(w, "us") && !strings.HasSuffix(w, "is") && irregular[w] == ""
}

func plural(w string) string {
	switch {
	case w == "" || isPlural(w):
		return w
	case irregular[w] != "":
		return irregular[w]
	case strings.HasSuffix(w, "y") && len(w) > 1 && !strings.ContainsRune("aeiou", rune(w[len(w)-2])):
		return w[:len(w)-1] + "ies"
	case strings.HasSuffix(w, "s"), strings.HasSuffix(w, "x"), strings.HasSuffix(w, "ch"), strings.HasSuffix(w, "sh"), strings.HasSuffix(w, "z"):
		return w + "es"
	}
	return w + "s"
}

func singular(w string) string {
	for one, many := range irregular {
		if w == many {
			return one
		}
	}
	switch {
	case !isPlural(w) || uncountable[w]:
		return w
	case strings.HasSuffix(w, "ies") && len(w) > 4:
		return w[:len(w)-3] + "y"
	case strings.HasSuffix(w, "sses"), strings.HasSuffix(w, "xes"), strings.HasSuffix(w, "ches"), strings.HasSuffix(w, "shes"):
		return w[:len(w)-2]
	}
	return w[:len(w)-1]
}

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

// title writes a name for people: blog_posts is Blog Posts.
func title(s string) string {
	var b strings.Builder
	start := true
	for i, r := range s {
		switch {
		case r == '_':
			start = true
			continue
		case i > 0 && (start || unicode.IsUpper(r)):
			b.WriteByte(' ')
		}
		if start || unicode.IsUpper(r) {
			r = unicode.ToUpper(r)
		}
		start = false
		b.WriteRune(r)
	}
	return b.String()
}
