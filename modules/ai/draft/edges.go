package draft

import (
	"strconv"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// readEdges takes over the edges of an answer that join two of its nodes.
func (b *builder) readEdges(raw doc.Array) {
	if len(raw) > maxEdges {
		b.note("only the first %d of %d edges are read", maxEdges, len(raw))
		raw = raw[:maxEdges]
	}
	for _, v := range raw {
		e, ok := edgeOf(v)
		source, known1 := b.nodeNamed(e.source)
		target, known2 := b.nodeNamed(e.target)
		if !ok || !known1 || !known2 {
			b.note("an edge from %q to %q leads nowhere and is left out", shorten(e.source, 40), shorten(e.target, 40))
			continue
		}
		b.edges = append(b.edges, edge{id: e.id, source: source, target: target})
	}
}

// edgeOf reads an edge as an object, a pair, or "a -> b".
func edgeOf(v any) (edge, bool) {
	var e edge
	switch v := v.(type) {
	case doc.Object:
		_, source, _ := lookup(v, sourceKeys)
		_, target, _ := lookup(v, targetKeys)
		e = edge{id: textOf(v, "id"), source: endOf(source), target: endOf(target)}
	case doc.Array:
		if len(v) == 2 {
			e = edge{source: endOf(v[0]), target: endOf(v[1])}
		}
	case string:
		for _, arrow := range []string{"-->", "->", "=>", "→"} {
			if source, target, ok := strings.Cut(v, arrow); ok {
				e = edge{source: strings.TrimSpace(source), target: strings.TrimSpace(target)}
				break
			}
		}
	}
	return e, e.source != "" && e.target != ""
}

// endOf is the id that an end of an edge names, alone or in an object.
func endOf(v any) string {
	if o, ok := v.(doc.Object); ok {
		_, v, _ = lookup(o, []string{"id", "node", "nodeId", "name"})
	}
	return idText(v)
}

// nodeNamed finds the node that an edge names by its id, or else by its label or
// type where only one node has it.
func (b *builder) nodeNamed(name string) (string, bool) {
	if id, ok := b.names[name]; ok {
		return id, true
	}
	wanted, found := plain(name), ""
	if wanted == "" {
		return "", false
	}
	for _, n := range b.nodes {
		if plain(n.id) == wanted || plain(n.label) == wanted || plain(n.kind) == wanted {
			if found != "" {
				return "", false
			}
			found = n.id
		}
	}
	return found, found != ""
}

// nameEdges gives every edge an id that no other has.
func (b *builder) nameEdges() {
	taken := make(map[string]bool, len(b.edges))
	for _, e := range b.edges {
		if e.stored != nil {
			taken[e.id] = true
		}
	}
	next := 1
	for i := range b.edges {
		e := &b.edges[i]
		if e.stored != nil {
			continue
		}
		for e.id == "" || len(e.id) > maxID || taken[e.id] {
			e.id = "edge" + strconv.Itoa(next)
			next++
		}
		taken[e.id] = true
	}
}
