package draft

import (
	"slices"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// links are the edges of a graph by their ends, while it is put in order.
type links struct {
	edges []edge
	has   map[[2]string]bool
	next  map[string][]string
	prev  map[string][]string
}

func newLinks(n int) *links {
	return &links{has: make(map[[2]string]bool, n), next: make(map[string][]string, n), prev: make(map[string][]string, n)}
}

// add adds an edge unless it is there, leads to itself or closes a cycle.
func (l *links) add(e edge) bool {
	if e.source == e.target || l.has[[2]string{e.source, e.target}] || l.reaches(e.target, e.source) {
		return false
	}
	l.has[[2]string{e.source, e.target}] = true
	l.next[e.source] = append(l.next[e.source], e.target)
	l.prev[e.target] = append(l.prev[e.target], e.source)
	l.edges = append(l.edges, e)
	return true
}

// reaches reports whether a way leads from one node to another.
func (l *links) reaches(from, to string) bool {
	seen := map[string]bool{from: true}
	for open := []string{from}; len(open) > 0; {
		at := open[len(open)-1]
		open = open[:len(open)-1]
		if at == to {
			return true
		}
		for _, n := range l.next[at] {
			if !seen[n] {
				seen[n] = true
				open = append(open, n)
			}
		}
	}
	return false
}

// bridge takes dropped nodes out and joins what they joined.
func (b *builder) bridge() {
	for _, n := range b.nodes {
		if n.dropped {
			b.takeOut(n.id)
		}
	}
	b.nodes = slices.DeleteFunc(b.nodes, func(n *node) bool { return n.dropped })
}

func (b *builder) takeOut(id string) {
	var sources, targets []string
	kept := make([]edge, 0, len(b.edges))
	for _, e := range b.edges {
		switch {
		case e.source == id && e.target == id:
		case e.source == id:
			targets = append(targets, e.target)
		case e.target == id:
			sources = append(sources, e.source)
		default:
			kept = append(kept, e)
		}
	}
	for _, source := range sources {
		for _, target := range targets {
			if len(kept) < maxEdges {
				kept = append(kept, edge{source: source, target: target})
			}
		}
	}
	b.edges = kept
}

// oneResponse leaves one response, the last node of the graph. Steps run one
// after the other, so of several only the last would count: models mean the
// others for failures, which answer by themselves.
func (b *builder) oneResponse() {
	best := -1
	for i, n := range b.nodes {
		if n.kind == responseType && (best < 0 || isSuccess(n) || !isSuccess(b.nodes[best])) {
			best = i
		}
	}
	if best < 0 {
		b.addResponse()
		return
	}
	last := b.nodes[best]
	for _, n := range b.nodes {
		if n.kind == responseType && n != last {
			b.note("the response %q is left out: a run has one answer, and a failure answers by itself", n.id)
			n.dropped = true
		}
	}
	// What followed a response now follows what led to it.
	after := slices.DeleteFunc(slices.Clone(b.edges), func(e edge) bool { return e.source != last.id })
	for _, e := range after {
		b.note("no edge may leave the response: %q now comes before it", e.target)
		for _, before := range b.edges {
			if before.target == last.id && len(b.edges) < 2*maxEdges {
				b.edges = append(b.edges, edge{source: before.source, target: e.target})
			}
		}
	}
	b.edges = slices.DeleteFunc(b.edges, func(e edge) bool { return e.source == last.id })
	b.bridge()
	if at := slices.Index(b.nodes, last); at < len(b.nodes)-1 {
		b.nodes = append(slices.Delete(b.nodes, at, at+1), last)
	}
}

const responseType = "response"

func isSuccess(n *node) bool {
	status, _ := doc.Get(n.fields, "status")
	code, ok := engine.ToNumber(status)
	return !ok || code < 400
}

// connect drops edges that cannot be and adds those that are missing, so that
// every node has a way in and a way to the response.
func (b *builder) connect() {
	l := newLinks(len(b.nodes))
	for _, e := range b.edges {
		if !l.add(e) {
			b.note("the edge from %q to %q is left out: it is there twice or closes a cycle", e.source, e.target)
		}
	}
	if len(l.edges) == 0 {
		b.inputFirst()
	}
	last := b.nodes[len(b.nodes)-1]
	for i, n := range b.nodes[:len(b.nodes)-1] {
		isStart := n.kind == inputType && len(l.next[n.id]) > 0
		if i > 0 && len(l.prev[n.id]) == 0 && !isStart {
			b.joinBefore(l, i)
		}
	}
	for _, n := range b.nodes[:len(b.nodes)-1] {
		if len(l.next[n.id]) == 0 && l.add(edge{source: n.id, target: last.id}) && len(b.edges) > 0 {
			b.note("%q had no way out and now leads to the response", n.id)
		}
	}
	b.edges = l.edges
	b.nameEdges()
}

const inputType = "input"

// inputFirst puts the steps that take the request before all others, where only
// the given order says what comes first.
func (b *builder) inputFirst() {
	slices.SortStableFunc(b.nodes, func(x, y *node) int { return rank(x) - rank(y) })
}

func rank(n *node) int {
	switch n.kind {
	case inputType:
		return 0
	case responseType:
		return 2
	}
	return 1
}

// joinBefore leads the nearest earlier node to the node at i.
func (b *builder) joinBefore(l *links, i int) {
	for j := i - 1; j >= 0; j-- {
		if l.add(edge{source: b.nodes[j].id, target: b.nodes[i].id}) {
			if len(b.edges) > 0 {
				b.note("%q had no way in and now follows %q", b.nodes[i].id, b.nodes[j].id)
			}
			return
		}
	}
}

// arrange puts the nodes in the order in which they run: Run sends the steps of
// the canvas without their edges.
func (b *builder) arrange() {
	order := b.sorted()
	if len(order) == len(b.nodes) && !slices.Equal(order, b.nodes) {
		b.note("the nodes now stand in the order in which they run")
		b.nodes = order
	}
}

// sorted is the order in which the nodes run.
func (b *builder) sorted() []*node {
	waits := make(map[string]int, len(b.nodes))
	for _, e := range b.edges {
		waits[e.target]++
	}
	done := make(map[string]bool, len(b.nodes))
	order := make([]*node, 0, len(b.nodes))
	for len(order) < len(b.nodes) {
		before := len(order)
		for _, n := range b.nodes {
			if done[n.id] || waits[n.id] > 0 {
				continue
			}
			done[n.id] = true
			order = append(order, n)
			for _, e := range b.edges {
				if e.source == n.id {
					waits[e.target]--
				}
			}
			break // ties by the given order
		}
		if len(order) == before {
			break
		}
	}
	return order
}
