// Package draft turns whatever a model said into a workflow that can be drawn
// and run: it finds the JSON (Extract), and makes a graph of it (New) or an edit
// of a stored one (Edit) that keeps the rules of the canvas and the engine,
// whatever the model broke. What it cannot mend it reports as Problems, in words
// that a model can act on.
package draft

import (
	"fmt"
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// What a draft may hold.
const (
	maxNodes    = 100
	maxEdges    = 1000
	maxNotes    = 50
	maxNote     = 200 // bytes
	maxProblems = 20
	maxReadings = 6 // until a draft is one that New leaves as it is
)

// Draft is a graph that can be drawn and, without problems, run.
type Draft struct {
	Nodes doc.Array // canvas nodes {id, type, position?, data:{label, fields}}
	Edges doc.Array // {id, source, target}
	Notes []string  // what was changed or left out, in plain words

	Reasoning string // what the model says about it
}

// Problem says what keeps an answer from being a workflow, in words that a model
// can act on.
type Problem struct {
	Node string // id of the node, or "" when it is about the whole answer
	Text string
}

func (p Problem) String() string {
	if p.Node == "" {
		return p.Text
	}
	return fmt.Sprintf("node %q: %s", p.Node, p.Text)
}

// New makes a draft of an answer that holds a whole graph: {nodes, edges}, alone
// or in a wrapper, also {steps}. Without problems it can run. What New returns,
// New leaves as it is: what one reading has mended may show the next what else
// there is to mend.
func New(types *engine.Registry, answer doc.Object) (*Draft, []Problem) {
	d, problems := read(types, answer)
	for n := 1; n < maxReadings && len(problems) == 0; n++ {
		before := d.text()
		again, more := read(types, doc.Object{{"nodes", d.Nodes}, {"edges", d.Edges}})
		if len(more) == 0 && again.text() == before {
			break
		}
		again.Notes = append(d.Notes, again.Notes...)
		again.Notes = again.Notes[:min(len(again.Notes), maxNotes)]
		again.Reasoning = d.Reasoning
		d, problems = again, more
	}
	return d, problems
}

// text is the graph, to compare it.
func (d *Draft) text() string {
	return string(doc.MarshalJSON(d.Nodes)) + string(doc.MarshalJSON(d.Edges))
}

// read makes a draft of an answer in one go.
func read(types *engine.Registry, answer doc.Object) (*Draft, []Problem) {
	b := newBuilder(types)
	answer = unwrap(answer)
	b.reasoning = reasoningOf(answer)
	if _, isCut := doc.Get(answer, cutKey); isCut {
		b.note("the answer was cut off; what was unfinished is left out")
	}
	raw := listOf(answer, nodeKeys)
	if len(raw) == 0 {
		b.problem("", `the answer has no steps: it must be an object with "nodes" and "edges"`)
	}
	if len(raw) > maxNodes {
		b.problem("", "the workflow has %d nodes; at most %d are allowed", len(raw), maxNodes)
		raw = nil
	}
	b.readNodes(raw)
	if len(raw) > 0 && !slices.ContainsFunc(b.nodes, func(n *node) bool { return !n.dropped }) {
		b.problem("", "none of the nodes has a known type; the types are: %s", strings.Join(b.typeList(), ", "))
		return b.draft(), b.problems
	}
	b.readEdges(listOf(answer, edgeKeys))
	b.finish()
	return b.draft(), b.problems
}

// builder is a graph in the making.
type builder struct {
	types    *engine.Registry
	nodes    []*node
	edges    []edge
	ids      map[string]bool   // taken
	names    map[string]string // what the answer calls a node, to its id
	lost     map[string]bool   // output variables and ids of nodes that are gone
	alias    map[string]string // variables that stand for others
	notes    []string
	problems []Problem

	reasoning string
}

// node is a step of the graph.
type node struct {
	id       string
	kind     string
	typ      *engine.StepType // nil for a stored node of an unknown type
	label    string
	fields   doc.Object
	position any
	stored   doc.Object // as it was stored; nil for one of the answer's
	changed  bool       // the answer or a repair changed a stored node
	dropped  bool       // it only stands for its edges
}

type edge struct {
	id, source, target string
	stored             doc.Object
}

func newBuilder(types *engine.Registry) *builder {
	return &builder{types: types, ids: map[string]bool{}, names: map[string]string{}, lost: map[string]bool{}, alias: map[string]string{}}
}

func (b *builder) note(format string, args ...any) {
	if len(b.notes) < maxNotes {
		b.notes = append(b.notes, shorten(fmt.Sprintf(format, args...), maxNote))
	}
}

func (b *builder) problem(node, format string, args ...any) {
	p := Problem{Node: node, Text: shorten(fmt.Sprintf(format, args...), 2*maxNote)}
	if len(b.problems) < maxProblems && !slices.Contains(b.problems, p) {
		b.problems = append(b.problems, p)
	}
}

// finish makes a well-formed graph of the nodes and edges, and checks that it
// runs.
func (b *builder) finish() {
	if len(b.nodes) == 0 {
		return
	}
	b.bridge()
	b.oneResponse()
	b.connect()
	b.logins()
	b.references()
	b.repair() // knows now what the input takes
	b.arrange()
	b.check()
}

func (b *builder) draft() *Draft {
	b.nodes = slices.DeleteFunc(b.nodes, func(n *node) bool { return n.dropped })
	d := &Draft{Nodes: make(doc.Array, len(b.nodes)), Edges: make(doc.Array, len(b.edges)), Notes: b.notes, Reasoning: b.reasoning}
	for i, n := range b.nodes {
		d.Nodes[i] = n.document()
	}
	for i, e := range b.edges {
		d.Edges[i] = e.document()
	}
	return d
}

// document is the node as the canvas has it.
func (n *node) document() doc.Object {
	if n.stored != nil && !n.changed {
		return n.stored
	}
	if n.stored != nil {
		return n.merged()
	}
	o := doc.Object{{"id", n.id}, {"type", n.kind}}
	if n.position != nil {
		o = append(o, doc.Field{Key: "position", Value: n.position})
	}
	return append(o, doc.Field{Key: "data", Value: doc.Object{{"label", n.label}, {"fields", n.fields}}})
}

func (e *edge) document() doc.Object {
	if e.stored != nil {
		return e.stored
	}
	return doc.Object{{"id", e.id}, {"source", e.source}, {"target", e.target}}
}

const maxReasoning = 2000

// reasoningOf is what a model says about its answer.
func reasoningOf(answer doc.Object) string {
	_, reason, _ := lookup(answer, reasonKeys)
	text, _ := reason.(string)
	return shorten(strings.TrimSpace(text), maxReasoning)
}

// shorten cuts a text to at most so many bytes, between characters.
func shorten(s string, most int) string {
	if len(s) <= most {
		return s
	}
	end := 0
	for i := range s {
		if i > most-len("…") {
			break
		}
		end = i
	}
	return s[:end] + "…"
}
