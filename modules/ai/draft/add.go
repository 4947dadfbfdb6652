package draft

import (
	"slices"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// add puts new nodes into the stored graph. Within the edges of the answer a new
// node goes by the id that the answer gives it, also when a stored one has it.
func (e *editing) add(nodes, edges doc.Array) {
	if len(e.nodes)+len(nodes) > maxNodes {
		e.problem("", "the workflow would have %d nodes; at most %d are allowed", len(e.nodes)+len(nodes), maxNodes)
		return
	}
	var fresh []*node
	given := map[string]string{}
	for i, v := range nodes {
		o, _ := v.(doc.Object)
		if e.sameResponse(o, given) {
			continue
		}
		n := e.readNode(v, len(e.nodes)+i)
		if n == nil {
			continue
		}
		if written := textOf(o, "id"); written != "" {
			given[written] = n.id
		}
		fresh = append(fresh, n)
	}
	for written, id := range given {
		e.names[written] = id
	}
	at := len(e.nodes)
	if at > 0 && e.nodes[at-1].kind == responseType {
		at--
	}
	e.nodes = slices.Insert(e.nodes, at, fresh...)
	before := len(e.edges)
	e.readEdges(edges)
	e.place(fresh)
	e.touched = e.touched || slices.ContainsFunc(fresh, func(n *node) bool { return !n.dropped }) || len(e.edges) > before
}

// sameResponse takes an added response for a change of the stored one: a
// workflow has one answer.
func (e *editing) sameResponse(o doc.Object, given map[string]string) bool {
	t, _ := e.typeOf(o)
	at := slices.IndexFunc(e.nodes, func(n *node) bool { return n.kind == responseType })
	if t == nil || t.Type != responseType || at < 0 {
		return false
	}
	if written := textOf(o, "id"); written != "" {
		given[written] = e.nodes[at].id
	}
	e.rewrite(e.nodes[at], o, true)
	return true
}

// place finds room for checks without edges: they come right behind the input,
// before what they protect. All other nodes without edges come last.
func (e *editing) place(fresh []*node) {
	for _, n := range fresh {
		joined := slices.ContainsFunc(e.edges, func(x edge) bool { return x.source == n.id || x.target == n.id })
		if joined || n.kind != "inputValidation" && n.kind != "authMiddleware" {
			continue
		}
		at := slices.IndexFunc(e.nodes, func(n *node) bool { return n.kind == inputType })
		if at < 0 {
			continue
		}
		before := e.nodes[at]
		for i := range e.edges {
			if x := &e.edges[i]; x.source == before.id {
				*x = edge{source: n.id, target: x.target}
			}
		}
		e.edges = append(e.edges, edge{source: before.id, target: n.id})
		e.nodes = slices.DeleteFunc(e.nodes, func(x *node) bool { return x == n })
		e.nodes = slices.Insert(e.nodes, at+1, n)
	}
}

// replace takes a whole graph for the stored one. Nodes are the same when their
// ids are, or else when type and label, or the type alone, leave no doubt.
func (e *editing) replace(nodes, edges doc.Array) {
	if len(nodes) > maxNodes {
		e.problem("", "the workflow has %d nodes; at most %d are allowed", len(nodes), maxNodes)
		return
	}
	match := e.match(nodes)
	if len(match) == 0 && e.refersToStored(edges) {
		e.note("the nodes of the answer are taken as additions: its edges join them to the stored ones")
		e.add(nodes, edges)
		return
	}
	if kept := len(match); 2*kept < len(e.nodes) {
		e.problem("", `the answer leaves out %d of %d steps without saying so: give the whole workflow, or only {"addedNodes", "addedEdges", "removedNodes"}`, len(e.nodes)-kept, len(e.nodes))
		return
	}
	stored := e.nodes
	e.nodes = nil
	isKept := map[*node]bool{}
	given := map[string]string{}
	for i, v := range nodes {
		o, _ := v.(doc.Object)
		n := match[i]
		if n != nil {
			e.rewrite(n, o, false)
			isKept[n] = true
		} else if n = e.readNode(v, i); n == nil {
			continue
		} else {
			e.touched = e.touched || !n.dropped
		}
		if written := textOf(o, "id"); written != "" {
			given[written] = n.id
		}
		e.nodes = append(e.nodes, n)
	}
	for _, n := range stored {
		if !isKept[n] {
			e.lose(n)
			e.touched = true
			delete(e.names, n.id)
		}
	}
	for written, id := range given {
		e.names[written] = id
	}
	e.rewire(edges)
}

// rewire takes over the edges of a whole graph; those that were stored stay as
// they were.
func (e *editing) rewire(edges doc.Array) {
	old := e.edges
	e.edges = nil
	e.readEdges(edges)
	for i, x := range e.edges {
		at := slices.IndexFunc(old, func(o edge) bool { return o.source == x.source && o.target == x.target })
		if at >= 0 {
			e.edges[i] = old[at]
		} else {
			e.touched = true
		}
	}
	if len(e.edges) > 0 {
		return
	}
	present := map[string]bool{}
	for _, n := range e.nodes {
		present[n.id] = true
	}
	e.edges = slices.DeleteFunc(old, func(x edge) bool { return !present[x.source] || !present[x.target] })
}

func (e *editing) refersToStored(edges doc.Array) bool {
	return slices.ContainsFunc(edges, func(v any) bool {
		x, _ := edgeOf(v)
		return e.storedIDs[x.source] || e.storedIDs[x.target]
	})
}

// match finds the stored node that each node of a whole graph is.
func (e *editing) match(nodes doc.Array) map[int]*node {
	match, used := map[int]*node{}, map[*node]bool{}
	same := func(fits func(n *node, o doc.Object, kind string) bool) {
		for i, v := range nodes {
			o, _ := v.(doc.Object)
			t, _ := e.typeOf(o)
			if match[i] != nil {
				continue
			}
			kind := doc.String(o, "type")
			if t != nil {
				kind = t.Type
			}
			for _, n := range e.nodes {
				if !used[n] && n.kind == kind && fits(n, o, kind) {
					match[i], used[n] = n, true
					break
				}
			}
		}
	}
	same(func(n *node, o doc.Object, _ string) bool { return n.id == textOf(o, "id") })
	same(func(n *node, o doc.Object, _ string) bool {
		return n.label != "" && n.label == firstText(doc.Child(o, "data"), o, "label")
	})
	same(func(_ *node, _ doc.Object, kind string) bool { return e.count(kind) == 1 })
	return match
}

func (e *editing) count(kind string) int {
	count := 0
	for _, n := range e.nodes {
		if n.kind == kind {
			count++
		}
	}
	return count
}
