package builtin

import (
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/modules/ai/nouns"
)

// phrase is a noun phrase: what a clause is about.
type phrase struct {
	words []token
	own   bool   // "my orders"
	one   bool   // "a", "the"
	owner string // the user of "a user's name", in the form "name of a user" too
	rest  []token
}

// nounPhrase reads the noun phrase at the beginning of tokens.
func nounPhrase(tokens []token) phrase {
	var p phrase
	i := 0
	for ; i < len(tokens); i++ {
		t := tokens[i]
		if t.is("matching", "given") && len(p.words) == 0 {
			continue
		}
		if t.mark == quoted && len(p.words) == 0 {
			p.words, i = append(p.words, t), i+1
			break
		}
		if t.mark != word && (t.mark != number || len(p.words) > 0) || t.in(stops) || len(p.words) > 3 {
			break
		}
		if n := len(p.words); n > 0 && isHead(p.words[n-1]) && !nouns.IsPlural(t.low) && !t.in(wrappers) {
			break // "tasks assigned to", "users older than", "posts limit"
		}
		if t.in(owners) {
			p.own = true
		}
		if t.is("a", "an", "the", "one", "single", "specific") {
			p.one = true
		}
		if t.is("post", "put", "patch", "get") && at(tokens, i+1).in(wrappers) {
			continue // the method of an endpoint
		}
		if t.mark == number || t.mark == word && numbers[t.low] > 1 || t.in(skips) || t.in(wrappers) || quantities[t.low] || t.in(determiners) {
			continue
		}
		p.words = append(p.words, t)
		if t.owns {
			p.owner = t.low
			p.words = p.words[:0]
		}
	}
	p.rest = tokens[i:]
	return p
}

var quantities = set("latest last newest recent first top oldest next previous most many several multiple registered existing current everything matching respective please new me simple")

// isHead reports whether a word ends a noun: a plural, but for those that stand
// before another noun, as in "sales order".
func isHead(t token) bool {
	return t.mark == word && !t.owns && strings.HasSuffix(t.low, "s") && nouns.IsPlural(t.low) && !pluralia[t.low]
}

var pluralia = set("sales sports goods news savings systems operations communications settings analytics graphics logistics series species business address process class access")

var measures = set("milliseconds seconds minutes hours days weeks months years grams kilograms pounds meters metres kilometers miles euros dollars cents percent points words characters")

// noun joins the words of a phrase into a noun: "blog post" is blog_post.
func (p phrase) noun() string {
	if len(p.words) == 1 && p.words[0].mark == quoted {
		return clean(p.words[0].text)
	}
	joined := ""
	for _, t := range p.words {
		w := t.low
		if len(p.words) == 1 && hasInnerCapital(t.text) {
			w = t.text
		}
		if joined != "" {
			joined += "_"
		}
		joined += clean(w)
	}
	return clean(joined)
}

// containers are singular nouns that things are put into.
var containers = set("cart basket wishlist library inventory catalog catalogue queue waitlist archive backlog feedback history")

func hasInnerCapital(s string) bool {
	lower, capital := false, false
	for i, r := range s {
		lower = lower || r >= 'a' && r <= 'z'
		capital = capital || i > 0 && r >= 'A' && r <= 'Z'
	}
	return lower && capital
}

// place is the collection that a clause names itself: "in the logs collection".
// It returns the tokens without it.
func place(tokens []token) (name string, rest []token) {
	return placeBehind(tokens, "in", "into", "to", "inside", "on")
}

func placeBehind(tokens []token, prepositions ...string) (name string, rest []token) {
	for i, t := range tokens {
		if !t.is(prepositions...) {
			continue
		}
		j, explicit := i+1, false
		for ; j < len(tokens) && (tokens[j].in(determiners) || tokens[j].is("collection", "table", "database", "db", "called", "named")); j++ {
			explicit = explicit || tokens[j].is("collection", "table", "called", "named")
		}
		noun := at(tokens, j)
		if noun.mark != quoted && (noun.mark != word || noun.text == "" || noun.in(stops) || noun.in(wrappers) || noun.in(admins)) {
			if j > i+1 && at(tokens, j-1).is("database", "db") {
				return name, append(slices.Clone(tokens[:i]), tokens[j:]...)
			}
			continue
		}
		if noun.in(measures) {
			continue // "duration in minutes"
		}
		next := at(tokens, j+1)
		explicit = explicit || strings.Contains(noun.text, "_") || t.is("into") || containers[noun.low]
		if next.is("category") {
			continue
		}
		if next.is("collection", "table", "list") {
			explicit, j = true, j+1
		}
		if t.is("to", "on", "from") && !explicit && !nouns.IsPlural(noun.low) {
			continue
		}
		if noun.mark != quoted && !explicit && !nouns.IsPlural(noun.low) {
			continue
		}
		written := noun.text
		if noun.mark == word && !hasInnerCapital(noun.text) {
			written = noun.low
		}
		return collectionName(written), append(slices.Clone(tokens[:i]), tokens[j+1:]...)
	}
	return "", tokens
}
