package builtin

import (
	"slices"
	"strconv"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// refine changes how a step works: the order, number and choice of what is
// listed, and how long a token is valid.
func (f *flow) refine(tokens []token) {
	if i := f.last("jwtGenerate"); i >= 0 && mentions(tokens, "expire", "expires", "expiry", "expiration", "valid") {
		if life := lifeOf(tokens); life != "" {
			f.steps[i].set("expiresIn", life)
			f.did("the token is valid for " + life)
		}
	}
	i := f.last("dbFind")
	if i < 0 || doc.String(f.steps[i].fields, "findType") != "many" {
		return
	}
	s := f.steps[i]
	limit, by := order(tokens)
	if by != "" && mentions(tokens, "sort", "sorted", "order", "ordered", "newest", "latest", "oldest") {
		s.set("sort", sortOf(by))
		f.did("changed the order of the list")
	}
	if at := slices.IndexFunc(tokens, func(t token) bool { return t.is("limit", "most") }); at >= 0 {
		for _, t := range tokens[at:] {
			if n, err := strconv.Atoi(t.low); t.mark == number && err == nil && n > 0 && limit == 0 {
				limit = n
			}
		}
	}
	if limit > 0 && mentions(tokens, "limit", "most", "latest", "first", "top", "newest", "only", "per") {
		s.set("limit", int64(min(limit, 1000)))
		f.did("changed how many are listed")
	}
	if at := slices.IndexFunc(tokens, func(t token) bool { return t.is("filter", "filtered") }); at >= 0 {
		by := conditions(tokens[at:], "").fields
		if next := tokens[min(at+1, len(tokens)):]; len(by) == 0 && len(next) > 1 && next[0].is("on", "for") {
			by = readConditions(next[1:]).fields // "a filter on status"
		}
		f.filterBy(s, by)
	}
}

// ownOnly lists only what belongs to who calls.
func (f *flow) ownOnly(s *step) {
	if f.first("authMiddleware") < 0 {
		f.protect()
	}
	key := "userId"
	if doc.String(s.fields, "collection") == usersCollection {
		key = "_id"
	}
	who := f.steps[f.first("authMiddleware")].output() + ".userId"
	f.filterBy(s, fields{{name: key, kind: "string", fixed: variable(who)}})
}

// filterBy lists only what matches.
func (f *flow) filterBy(s *step, by fields) {
	filters, _ := doc.Clone(doc.Child(s.fields, "filters")).(doc.Object)
	for _, x := range by {
		if text, ok := x.fixed.(string); ok {
			filters = doc.Set(filters, x.name, f.settle(text, s))
			continue
		}
		filters = doc.Set(filters, x.name, variable(x.name))
		f.take(x)
	}
	if len(by) > 0 {
		s.set("filters", filters)
		f.did("only what matches is listed")
	}
}

// sortOf is the sort of a find: "-price" is the greatest first.
func sortOf(by string) doc.Object {
	if name, ok := strings.CutPrefix(by, "-"); ok {
		return doc.Object{{name, int64(-1)}}
	}
	return doc.Object{{by, int64(1)}}
}

// lifeOf reads how long a token is valid: "2 hours" is 2h.
func lifeOf(tokens []token) string {
	for i, t := range tokens {
		n, known := numbers[t.low]
		if t.mark == number {
			parsed, err := strconv.Atoi(t.low)
			n, known = float64(parsed), err == nil
		}
		unit := at(tokens, i+1).low
		if !known || n < 1 || n > 1000 || unit == "" {
			continue
		}
		for _, u := range []string{"second", "minute", "hour", "day", "week", "year"} {
			if strings.HasPrefix(unit, u) {
				return strconv.Itoa(int(n)) + u[:1]
			}
		}
	}
	return ""
}
