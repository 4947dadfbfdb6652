package embedded

import (
	"bytes"
	"slices"

	"go.mongodb.org/mongo-driver/bson"
)

// plan is how the documents that may match are found.
type plan struct {
	docs  bool     // look in the documents themselves, not in an index
	ids   [][]byte // the only documents there can be; then nothing is walked
	index *index
	spans []span

	depth   int  // fields of the index that are fixed
	ranged  bool // the next one is narrowed
	sorted  bool // the walk is in the order of the sort
	reverse bool
	byID    bool // the order rests on the _ids, which are checked on the way
	single  bool // no document comes twice
	covered bool // all that is found matches
	missed  map[string]condition
}

// plan chooses how to find a filter's matches.
func (t *table) plan(query bson.D, o order) (*plan, error) {
	conds := conditions(query)
	if c := conds["_id"]; c.values != nil {
		return &plan{ids: keysOf(c.values), docs: true}, nil
	}
	all, err := t.indexes()
	if err != nil {
		return nil, err
	}
	var best *plan
	for n := range all {
		if p := all[n].plan(query, conds, o); p != nil && (best == nil || p.betterThan(best)) {
			best = p
		}
	}
	if best == nil || (best.depth == 0 && !best.sorted) {
		// The documents lie in the order of their _ids already.
		if p := planDocuments(query, conds, o); best == nil || p.sorted || (p.ranged && o.field == "") {
			best = p
		}
	}
	if best.depth == 0 {
		best.missed = conds
	}
	return best, nil
}

// betterThan prefers the index with the most fixed fields, then the one that
// spares a sort, then the narrower one.
func (p *plan) betterThan(other *plan) bool {
	switch {
	case p.depth != other.depth:
		return p.depth > other.depth
	case p.sorted != other.sorted:
		return p.sorted
	case p.ranged != other.ranged:
		return p.ranged
	}
	return p.index.Unique && !other.index.Unique
}

// planDocuments walks the documents themselves.
func planDocuments(query bson.D, conds map[string]condition, o order) *plan {
	p := &plan{docs: true, spans: []span{{}}, single: true}
	c := conds["_id"]
	s, exact, ok := c.narrow(nil, true)
	if ok {
		p.spans[0], p.ranged = s, true
	}
	if o.field == "_id" {
		p.sorted, p.reverse, p.byID = true, o.reverse, true
	}
	p.covered = covers(query, nil, "_id", exact)
	return p
}

// plan is nil when the index does not help.
func (i *index) plan(query bson.D, conds map[string]condition, o order) *plan {
	if _, asked := conds[i.Fields[0]]; !asked && o.field != i.Fields[0] {
		return nil
	}
	keys, depth := i.lookupKeys(conds)
	next, isSuffix := "_id", true // the _id is behind the last field
	if depth < len(i.Fields) {
		next, isSuffix = i.Fields[depth], false
	}
	p := &plan{index: i, depth: depth, single: i.Ordered || (isSuffix && len(keys) == 1)}
	c, exact := conds[next], false
	for _, key := range keys {
		s, all, ok := c.narrow(key, i.Ordered || next == "_id")
		if !ok {
			s = below(key)
		}
		p.ranged, exact = ok, all
		p.spans = append(p.spans, s)
	}
	if o.field == next && next != "" && len(keys) == 1 && !isDotted(next) {
		// Behind the sort's field must come the _id, which orders what is equal.
		// What lacks all fields is not in a sparse index, but a fixed or narrowed
		// field is one that the document has.
		last := isSuffix || (i.Ordered && (next == "_id" || depth == len(i.Fields)-1))
		p.sorted = last && (!i.Sparse || depth > 0 || p.ranged)
		p.reverse, p.byID = o.reverse, isSuffix
	}
	if depth == 0 && !p.ranged && !p.sorted {
		return nil
	}
	p.covered = covers(query, i.Fields[:depth], next, exact)
	return p
}

// lookupKeys are the beginnings of the entries that a filter fixes, in order,
// and how many fields they hold.
func (i *index) lookupKeys(conds map[string]condition) (keys [][]byte, depth int) {
	keys = [][]byte{nil}
	for _, field := range i.Fields {
		c := conds[field]
		if c.values == nil || len(keys)*len(c.values) > maxLookups {
			break
		}
		longer := make([][]byte, 0, len(keys)*len(c.values))
		for _, key := range keys {
			for _, v := range c.values {
				if v == nil && i.Sparse {
					return [][]byte{nil}, 0 // what lacks the field is not in the index
				}
				longer = append(longer, appendKey(bytes.Clone(key), v))
			}
		}
		keys = longer
		depth++
	}
	return distinctKeys(keys), depth
}

// keysOf are the keys of values, in order and each once.
func keysOf(values []any) [][]byte {
	keys := make([][]byte, len(values))
	for n, v := range values {
		keys[n] = appendKey(nil, v)
	}
	return distinctKeys(keys)
}

func distinctKeys(keys [][]byte) [][]byte {
	slices.SortFunc(keys, bytes.Compare)
	return slices.CompactFunc(keys, bytes.Equal)
}

// covers reports whether a filter says nothing but that some fields have plain
// values, and what the bounds of another one say when those are exact.
func covers(query bson.D, fixed []string, next string, exact bool) bool {
	for n, f := range query {
		if slices.ContainsFunc(query[:n], func(other bson.E) bool { return other.Key == f.Key }) {
			return false
		}
		var c condition
		c.add(f.Value)
		d, isDocument := f.Value.(bson.D)
		switch {
		case isDotted(f.Key):
			return false
		case slices.Contains(fixed, f.Key):
			if isDocument && len(d) != 1 {
				return false
			}
			if c.values == nil || slices.ContainsFunc(c.values, func(v any) bool { return !isPlain(v) }) {
				return false
			}
		case f.Key != next || !exact || !c.isOnlyBounds(d):
			return false
		}
	}
	return true
}

// isOnlyBounds reports whether an expression is one lower or one upper bound,
// or one of each.
func (c *condition) isOnlyBounds(d bson.D) bool {
	bounds := 0
	for _, b := range []*bound{c.low, c.high} {
		if b != nil {
			bounds++
		}
	}
	return bounds > 0 && len(d) == bounds
}
