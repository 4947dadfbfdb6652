package builtin

import (
	"slices"
	"strconv"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// step is a step of a stored workflow while it is edited.
type step struct {
	id, kind, label string
	fields          doc.Object
	stored          doc.Object // nil for a new step
	changed         bool
}

func (s *step) set(key string, v any) {
	s.fields, s.changed = doc.Set(s.fields, key, v), true
}

// read takes the label and a copy of the fields from how the step is stored.
func (s *step) read() {
	data := doc.Child(s.stored, "data")
	if fields, ok := doc.Get(data, "fields"); ok {
		s.label = doc.String(data, "label")
		s.fields, _ = doc.Clone(fields).(doc.Object)
		return
	}
	s.label = doc.String(s.stored, "name")
	s.fields, _ = doc.Clone(doc.Without(s.stored, "id", "type", "name", "position")).(doc.Object)
}

// differs reports whether what was written over the step is something new.
func (s *step) differs() bool {
	if !s.changed {
		return false
	}
	before := step{stored: s.stored}
	before.read()
	return s.label != before.label || string(doc.MarshalJSON(s.fields)) != string(doc.MarshalJSON(before.fields))
}

// flow is a stored workflow with its steps in the order in which they run.
type flow struct {
	steps   []*step
	edges   map[[2]string]bool
	ids     map[string]bool
	removed doc.Array
	instead bool     // what is there shall be changed, not joined
	only    bool     // what is listed shall be less
	done    []string // what was changed, in words
	refused []string // what was not, and why
}

// readFlow copies a workflow: what was stored is never changed.
func readFlow(steps, edges doc.Array) *flow {
	f := &flow{edges: map[[2]string]bool{}, ids: map[string]bool{}}
	for _, e := range edges {
		if o, ok := e.(doc.Object); ok {
			f.edges[[2]string{doc.String(o, "source"), doc.String(o, "target")}] = true
		}
	}
	for _, v := range steps {
		o, _ := v.(doc.Object)
		s := &step{id: doc.String(o, "id"), kind: doc.String(o, "type"), stored: o}
		s.read()
		f.ids[s.id] = true
		f.steps = append(f.steps, s)
	}
	f.sort()
	return f
}

// sort puts the steps in the order of the edges, ties by the given order. What
// is in a cycle keeps its place at the end.
func (f *flow) sort() {
	index, waits := map[string]int{}, make([]int, len(f.steps))
	for i, s := range f.steps {
		index[s.id] = i
	}
	next := make([][]int, len(f.steps))
	for e := range f.edges {
		from, ok1 := index[e[0]]
		to, ok2 := index[e[1]]
		if ok1 && ok2 {
			next[from] = append(next[from], to)
			waits[to]++
		}
	}
	taken := make([]bool, len(f.steps))
	var ready []int // ascending
	for i := range waits {
		if waits[i] == 0 {
			ready = append(ready, i)
		}
	}
	sorted := make([]*step, 0, len(f.steps))
	for len(ready) > 0 {
		i := ready[0]
		ready, taken[i] = ready[1:], true
		sorted = append(sorted, f.steps[i])
		for _, t := range next[i] {
			if waits[t]--; waits[t] == 0 {
				at, _ := slices.BinarySearch(ready, t)
				ready = slices.Insert(ready, at, t)
			}
		}
	}
	for i, s := range f.steps {
		if !taken[i] {
			sorted = append(sorted, s)
		}
	}
	f.steps = sorted
}

// insert puts a new step at a place in the order.
func (f *flow) insert(at int, n node) *step {
	id := ""
	for i := len(f.ids) + 1; id == "" || f.ids[id]; i++ {
		id = "step" + strconv.Itoa(i)
	}
	f.ids[id] = true
	s := &step{id: id, kind: n.kind, label: n.label, fields: n.fields}
	f.steps = slices.Insert(f.steps, min(max(at, 0), len(f.steps)), s)
	return s
}

// first and last are the places of the first and last step of some kinds, or -1.
func (f *flow) first(kinds ...string) int {
	return slices.IndexFunc(f.steps, func(s *step) bool { return slices.Contains(kinds, s.kind) })
}

func (f *flow) last(kinds ...string) int {
	for i := len(f.steps) - 1; i >= 0; i-- {
		if slices.Contains(kinds, f.steps[i].kind) {
			return i
		}
	}
	return -1
}

// end is where a step goes that comes before the answer.
func (f *flow) end() int {
	if i := f.first("response"); i >= 0 {
		return i
	}
	return len(f.steps)
}

// vars are the variables that the workflow takes.
func (f *flow) vars() (vars fields) {
	for _, s := range f.steps {
		if s.kind != "input" {
			continue
		}
		for _, v := range variablesOf(s) {
			o, _ := v.(doc.Object)
			x := named(doc.String(o, "name"))
			if kind := doc.String(o, "type"); kind == "number" || kind == "boolean" || kind == "array" {
				x.kind = kind
			}
			required, _ := doc.Get(o, "required")
			fallback, _ := doc.Get(o, "default")
			x.optional = required == false || required == nil && fallback != nil && fallback != ""
			if x.name != "" {
				vars = append(vars, x)
			}
		}
	}
	return vars
}

// variablesOf are the variables of an input step, also where one frontend puts
// them.
func variablesOf(s *step) doc.Array {
	if list := doc.List(s.fields, "variables"); list != nil {
		return list
	}
	return doc.List(doc.Child(s.fields, "data"), "variables")
}

// output is the name under which a step's result is known.
func (s *step) output() string {
	for _, key := range []string{"outputVar", "output"} {
		if v := doc.String(s.fields, key); v != "" {
			return v
		}
	}
	return defaultOutputs[s.kind]
}

var defaultOutputs = map[string]string{
	"dbFind": "found", "dbInsert": "created", "dbUpdate": "updated", "dbDelete": "deleted", "emailSend": "emailResult",
	"userLogin": "loginResult", "authMiddleware": "currentUser", "jwtGenerate": "token", "inputValidation": "validated",
}

// answer is the edit as a model would give it.
func (f *flow) answer() doc.Object {
	added, changed, edges := doc.Array{}, doc.Array{}, doc.Array{}
	for _, s := range f.steps {
		n := node{s.kind, s.label, s.fields}
		switch {
		case s.stored == nil:
			added = append(added, n.canvas(s.id))
		case s.id != "" && s.differs():
			if n.label == "" {
				n.label = s.id
			}
			changed = append(changed, n.canvas(s.id))
		}
	}
	if len(added)+len(f.removed) > 0 {
		for i := 1; i < len(f.steps); i++ {
			from, to := f.steps[i-1].id, f.steps[i].id
			if from != "" && to != "" && !f.edges[[2]string{from, to}] && !f.bridged(from, to) {
				edges = append(edges, edge(from, to))
			}
		}
	}
	if f.removed == nil {
		f.removed = doc.Array{}
	}
	if len(added)+len(changed)+len(f.removed) == 0 && len(f.done) > 0 {
		f.done = nil
		f.cannot("the workflow is like that already")
	}
	return doc.Object{
		{"addedNodes", added}, {"addedEdges", edges}, {"removedNodeIds", f.removed}, {"changedNodes", changed}, {"reasoning", f.reasoning()},
	}
}

// bridged reports whether a step that is taken out led from one to the other:
// whoever takes it out leads around it.
func (f *flow) bridged(from, to string) bool {
	for at, n := from, 0; n <= len(f.removed); n++ {
		next := ""
		for _, id := range f.removed {
			if id, _ := id.(string); f.edges[[2]string{at, id}] {
				next = id
			}
		}
		if next == "" {
			return false
		}
		if f.edges[[2]string{next, to}] {
			return true
		}
		at = next
	}
	return false
}

const abilities = "the built-in grammar can add validation, a token, a mail, login protection, a delay, a field or a database step, remove a step or a field, rename a step, and change the answer, a mail or a delay"

func (f *flow) reasoning() string {
	text := strings.Join(append(f.done, f.refused...), "; ")
	if len(f.done) == 0 {
		if text != "" {
			text += "; "
		}
		text = "Nothing was changed: " + text + abilities
	}
	return shortenTo(text, 1000) + "."
}

func shortenTo(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "..."
}

func (f *flow) did(text string)    { f.done = append(f.done, text) }
func (f *flow) cannot(text string) { f.refused = append(f.refused, text) }
