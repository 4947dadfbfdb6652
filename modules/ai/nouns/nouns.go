// Package nouns knows how nouns are written in singular and plural, and how people
// read the name of a collection.
package nouns

import (
	"slices"
	"strings"
	"unicode"
)

// uncountable nouns are their own plural.
var uncountable = strings.Fields("feedback inventory news data staff info information equipment stock media money content history series sheep fish mail software hardware metadata people children music furniture")

var irregular = map[string]string{"person": "people", "child": "children", "man": "men", "woman": "women", "mouse": "mice", "foot": "feet", "tooth": "teeth", "todo": "todos", "movie": "movies", "cookie": "cookies", "photo": "photos", "video": "videos", "hero": "heroes", "quiz": "quizzes", "bus": "buses", "gas": "gases", "lens": "lenses", "status": "statuses"}

// IsPlural reports whether a noun is written in the plural.
func IsPlural(w string) bool {
	if slices.Contains(uncountable, w) {
		return true
	}
	for _, plural := range irregular {
		if w == plural {
			return true
		}
	}
	return len(w) > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") && !strings.HasSuffix(w, "us") && !strings.HasSuffix(w, "is") && irregular[w] == ""
}

// Plural is the plural of a noun, as far as English is regular.
func Plural(w string) string {
	switch {
	case w == "" || IsPlural(w):
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

// Singular is the singular of a noun, as far as English is regular.
func Singular(w string) string {
	for one, many := range irregular {
		if w == many {
			return one
		}
	}
	switch {
	case !IsPlural(w) || slices.Contains(uncountable, w):
		return w
	case strings.HasSuffix(w, "ies") && len(w) > 4:
		return w[:len(w)-3] + "y"
	case strings.HasSuffix(w, "sses"), strings.HasSuffix(w, "xes"), strings.HasSuffix(w, "ches"), strings.HasSuffix(w, "shes"):
		return w[:len(w)-2]
	}
	return w[:len(w)-1]
}

// Title makes words of a name: order_items and orderItems are Order Items.
func Title(name string) string {
	var b strings.Builder
	first := true
	for i, r := range name {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			first = true
			continue
		}
		if i > 0 && (first || unicode.IsUpper(r)) && b.Len() > 0 {
			b.WriteByte(' ')
			first = true
		}
		if first {
			r = unicode.ToUpper(r)
		}
		b.WriteRune(r)
		first = false
	}
	return b.String()
}
