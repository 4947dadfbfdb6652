package builtin

import (
	"regexp"
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/modules/ai/nouns"
)

// endpoint is a method and a path, as developers write them: "PUT /products/:id".
var endpoint = regexp.MustCompile(`\b(GET|POST|PUT|PATCH|DELETE)\s+(/[\w/:{}.-]*\w\}?)(\?[\w=&:{}-]*[\w}])?(?:\s*[-:]\s|\s+(?:that|which|to|endpoint)\b)?`)

// methods are the verbs that the methods stand for.
var methods = map[string]string{"GET": "get", "POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete"}

// inWords writes the endpoints of a description as words: "update a product by
// id". What follows goes on about the same thing. Quotations stay as they are.
func inWords(text string) string {
	var b strings.Builder
	quoted := false
	for {
		m := endpoint.FindStringSubmatchIndex(text)
		if m == nil {
			return b.String() + text
		}
		b.WriteString(text[:m[0]])
		quoted = quoted != (strings.Count(text[:m[0]], `"`)%2 == 1)
		said, noun := spoken(text[m[2]:m[3]], text[m[4]:m[5]])
		switch {
		case quoted:
			b.WriteString(text[m[0]:m[1]])
			text = text[m[1]:]
		case noun == "": // no resource: "POST /login"
			b.WriteString(said + text[max(m[5], m[7]):m[1]])
			text = text[m[1]:]
		default:
			b.WriteString(said + " ")
			if m[6] >= 0 {
				b.WriteString(filtered(text[m[6]+1 : m[7]]))
			}
			text = again(text[m[1]:], verbs[methods[text[m[2]:m[3]]]], noun)
		}
	}
}

// spoken is an endpoint in words, and the noun of the resource that its path
// names in the plural; without one only the words of the path.
func spoken(method, path string) (said, noun string) {
	var names, params []string
	for _, part := range strings.Split(path, "/") {
		switch {
		case part == "" || part == "api" || len(part) < 4 && strings.TrimLeft(part, "v0123456789") == "":
		case strings.ContainsAny(part[:1], ":{"):
			params = append(params, clean(strings.Trim(part, ":{}")))
		default:
			names = append(names, clean(part))
		}
	}
	if n := len(names); n > 0 && (names[n-1] == "me" || names[n-1] == "profile") && len(params) == 0 {
		return methods[method] + " my profile", "profile"
	}
	if len(names) == 0 || !nouns.IsPlural(names[len(names)-1]) {
		return strings.Join(names, " "), ""
	}
	all := names[len(names)-1]
	noun = nouns.Singular(all)
	switch last := path[strings.LastIndexByte(path, '/')+1:]; {
	case last != "" && strings.ContainsAny(last[:1], ":{") && params[len(params)-1] != "":
		return methods[method] + " a " + noun + " by " + params[len(params)-1], noun
	case method == "GET" && len(params) > 0 && len(names) > 1:
		return "get all " + all + " by " + nouns.Singular(names[len(names)-2]) + "Id", noun
	case method == "GET":
		return "get all " + all, noun
	}
	return methods[method] + " a " + noun, noun
}

// filtered is a query in words: "?status=open" is where status is open, and
// "?status" by status.
func filtered(query string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(query, "&") {
		if name, value, _ := strings.Cut(part, "="); clean(value) != "" && value[0] != ':' && value[0] != '{' {
			b.WriteString("where " + clean(name) + " is " + clean(value) + " ")
		} else {
			b.WriteString("by " + clean(name) + " ")
		}
	}
	return b.String()
}

// again is the rest of a description without a verb and a noun that only say the
// endpoint once more: "PUT /products/:id updates name and price".
func again(rest string, said act, noun string) string {
	first, after := firstWord(rest)
	if verb := verbs[strings.ToLower(first)]; verb == none || verb != said && (said != find || verb != reply && verb != list) {
		return rest
	}
	for {
		next, behind := firstWord(after)
		if !slices.Contains([]string{"the", "a", "an", "all", "one", "new", noun, nouns.Plural(noun)}, strings.ToLower(strings.Trim(next, ".,"))) {
			break
		}
		after = behind
	}
	if said != update && said != create || after == "" {
		return after
	}
	for _, already := range []string{"with ", "by ", "and ", "its "} {
		after = strings.TrimPrefix(after, already)
	}
	return "with " + after
}

// firstWord is the first word of a text, and what comes after it.
func firstWord(text string) (first, rest string) {
	text = strings.TrimLeft(text, " \t\n")
	if end := strings.IndexAny(text, " \t\n"); end >= 0 {
		return text[:end], strings.TrimLeft(text[end:], " \t\n")
	}
	return text, ""
}
