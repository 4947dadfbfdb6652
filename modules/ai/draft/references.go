package draft

import (
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// references follows the variables through the run: what a model calls by
// another name gets the right one, what the request must bring is declared, and
// what nobody sets is a problem.
func (b *builder) references() {
	s := &scope{builder: b, known: map[string]bool{"input": true}, later: map[string]string{}}
	order := b.sorted()
	for _, n := range order {
		if name := n.output(); name != "" {
			s.later[name] = n.id
		}
	}
	for _, name := range b.inputs() {
		s.known[name] = true // an input step takes them from the request, wherever it stands
	}
	for _, n := range order {
		s.node = n
		if n.typ != nil {
			s.visit(n)
		}
		s.passed(n)
	}
	b.declare(s.wanted)
}

// scope is what is known at one step of the run.
type scope struct {
	*builder
	node   *node
	before []*node
	known  map[string]bool   // variables that are set
	later  map[string]string // variables that some step sets, with its id
	wanted []string          // variables that the request must bring
}

// visit rewrites the references in a node's fields.
func (s *scope) visit(n *node) {
	if !n.ours() {
		s.mend(n)
		return
	}
	fields := make(doc.Object, 0, len(n.fields))
	for _, f := range n.fields {
		declared := slices.IndexFunc(n.typ.Fields, func(d engine.Field) bool { return d.Name == f.Key })
		prune := declared >= 0 && slices.Contains([]engine.FieldKind{engine.Document, engine.Update, engine.Value}, n.typ.Fields[declared].Kind)
		if declared < 0 && isEditorName(n.kind, f.Key) {
			continue // it is made anew
		}
		if v, keep := s.rewrite(f.Value, prune); keep {
			fields = append(fields, doc.Field{Key: f.Key, Value: v})
		}
	}
	n.fields = mirror(n.typ, fields)
}

// mend leaves out of a stored node what only a removed step set.
func (s *scope) mend(n *node) {
	missing := func(path string) bool { return s.lost[rootOf(path)] && !s.known[rootOf(path)] }
	uses := false
	eachPath(n.fields, func(path string) { uses = uses || missing(path) })
	if !uses {
		return
	}
	fields := make(doc.Object, 0, len(n.fields))
	for _, f := range n.fields {
		v := f.Value
		if o, ok := v.(doc.Object); ok && f.Key != "filter" && f.Key != "filters" {
			v = slices.DeleteFunc(slices.Clone(o), func(entry doc.Field) bool {
				text, _ := entry.Value.(string)
				m := wholePath.FindStringSubmatch(text)
				return m != nil && missing(m[1])
			})
			if f.Key == "body" && len(v.(doc.Object)) == 0 {
				v = doc.Object{{"ok", true}}
			}
		}
		eachPath(v, func(path string) {
			if missing(path) {
				s.problem(n.id, "its field %s uses {{%s}}, which only a removed step set", f.Key, shorten(path, 60))
			}
		})
		fields = append(fields, doc.Field{Key: f.Key, Value: v})
	}
	s.note("what the removed step set is left out of %q", n.id)
	n.fields, n.changed = fields, true
}

// passed makes known what a node sets.
func (s *scope) passed(n *node) {
	s.before = append(s.before, n)
	if name := n.output(); name != "" {
		s.known[name] = true
		for _, alias := range append([]string{n.typ.Output.Default}, n.typ.Output.Aliases...) {
			s.known[alias] = true
		}
	}
}

// rewrite gives a value with the right references. Where prune allows, an entry
// that is nothing but a reference to what cannot be had is left out.
func (s *scope) rewrite(v any, prune bool) (any, bool) {
	switch v := v.(type) {
	case string:
		return s.text(v, prune)
	case doc.Object:
		o := make(doc.Object, 0, len(v))
		for _, f := range v {
			if value, keep := s.rewrite(f.Value, prune); keep {
				o = append(o, doc.Field{Key: f.Key, Value: value})
			} else {
				s.note("%s is left out of %q: nothing sets it", shorten(f.Key, 40), s.node.id)
			}
		}
		return o, true
	case doc.Array:
		a := make(doc.Array, 0, len(v))
		for _, item := range v {
			if value, keep := s.rewrite(item, prune); keep {
				a = append(a, value)
			}
		}
		return a, true
	}
	return v, true
}

func (s *scope) text(v string, prune bool) (any, bool) {
	if name, ok := strings.CutPrefix(v, "input."); ok && bareWord.MatchString(name) {
		s.want(name)
	}
	if !strings.Contains(v, "{{") {
		return v, true
	}
	keep := true
	out := mapPaths(v, func(path string) string {
		found, ok := s.find(path)
		if ok && !simplePath.MatchString(path) { // only its root was understood so far
			return cleanPath(found)
		}
		if ok {
			return found
		}
		if prune && v == "{{"+path+"}}" && s.gone(path) {
			keep = false
			return path
		}
		s.unknown(path)
		return path
	})
	return out, keep
}

// gone reports whether a path leads to what a step set that is left out, or to
// the clock, which no workflow has.
func (s *scope) gone(path string) bool {
	root := rootOf(path)
	return s.lost[root] || clocks[plain(root)]
}

var clocks = map[string]bool{
	"now": true, "$now": true, "timestamp": true, "currenttimestamp": true, "currenttime": true, "currentdate": true, "date": true, "datetime": true,
	"today": true, "uuid": true, "$uuid": true, "newdate": true, "datenow": true, "randomuuid": true, "currentdatetime": true,
}

func (s *scope) unknown(path string) {
	root := rootOf(path)
	if id, ok := s.later[root]; ok && id != s.node.id {
		s.problem(s.node.id, "uses {{%s}} before node %q sets it: put that node and its edge first", shorten(path, 60), id)
		return
	}
	names := make([]string, 0, len(s.known))
	for name := range s.known {
		names = append(names, name)
	}
	slices.Sort(names)
	s.problem(s.node.id, "uses {{%s}}, which no input variable and no earlier step sets; set by then: %s", shorten(path, 60), shorten(strings.Join(names, ", "), 200))
}

// want makes a variable one that the request must bring.
func (s *scope) want(name string) {
	if !s.known[name] && canBeVariable(name) {
		if len(s.wanted) == maxEntries {
			s.problem(s.node.id, "uses more than %d variables that nothing sets", maxEntries)
			return
		}
		s.wanted = append(s.wanted, name)
	}
	s.known[name] = true
}

// declare adds variables to the input step, which is made when there is none.
func (b *builder) declare(names []string) {
	if len(names) == 0 {
		return
	}
	at := slices.IndexFunc(b.nodes, func(n *node) bool { return n.kind == inputType })
	if at < 0 {
		at = 0
		if !b.addInput() {
			return
		}
	}
	n := b.nodes[at]
	variables := slices.Clone(doc.List(n.fields, "variables"))
	for _, name := range names {
		variables = append(variables, doc.Object{{"name", name}, {"type", "string"}})
	}
	n.fields = doc.Set(slices.Clone(n.fields), "variables", variables)
	n.changed = n.stored != nil
	b.note("the input now takes %s too", strings.Join(names, ", "))
}

// addInput puts an input step before all others.
func (b *builder) addInput() bool {
	t := b.findType(inputType)
	if t == nil {
		return false
	}
	n := &node{id: b.takeID("", len(b.nodes)), typ: t, kind: t.Type, label: t.Label, fields: doc.Object{}}
	hasWayIn := map[string]bool{}
	for _, e := range b.edges {
		hasWayIn[e.target] = true
	}
	var first []edge
	for _, other := range b.nodes {
		if !hasWayIn[other.id] {
			first = append(first, edge{source: n.id, target: other.id})
		}
	}
	b.edges = append(first, b.edges...)
	b.nodes = append([]*node{n}, b.nodes...)
	b.nameEdges()
	b.note("an input was missing and is added")
	return true
}
