package draft

import (
	"slices"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// Change is a stored workflow after an edit.
type Change struct {
	Draft
	Added      []string // ids of new nodes
	Removed    []string // ids of stored nodes that are gone
	EdgesAdded int
}

// newMark is what the canvas highlights a new node by.
const newMark = "_isNew"

// Edit applies an answer to a stored workflow: a whole new graph, or parts that
// are added, removed and changed. Stored nodes that the answer does not change
// stay as they are.
func Edit(types *engine.Registry, steps, edges doc.Array, answer doc.Object) (*Change, []Problem) {
	answer = unwrap(answer)
	e := &editing{builder: newBuilder(types)}
	if len(steps) > maxNodes {
		e.problem("", "the stored workflow has %d steps; at most %d can be edited", len(steps), maxNodes)
		return &Change{Draft: Draft{Nodes: steps, Edges: edges}}, e.problems
	}
	e.load(steps, edges)
	e.reasoning = reasoningOf(answer)
	c := &Change{}
	if _, isCut := doc.Get(answer, cutKey); isCut {
		e.note("the answer was cut off; what was unfinished is left out")
	}
	e.apply(answer)
	if len(e.nodes) == 0 {
		e.problem("", "the edit would leave no steps")
	}
	if len(e.problems) == 0 {
		e.finish()
	}
	e.summarise(c)
	return c, e.problems
}

// editing is a stored graph that is being changed.
type editing struct {
	*builder
	storedIDs   map[string]bool
	storedPairs map[[2]string]bool
	touched     bool // the answer asks for something
}

// load takes over a stored graph.
func (e *editing) load(steps, edges doc.Array) {
	e.storedIDs, e.storedPairs = map[string]bool{}, map[[2]string]bool{}
	for i, s := range steps {
		o, ok := s.(doc.Object)
		if !ok {
			continue
		}
		n := e.storedNode(o, i)
		e.nodes = append(e.nodes, n)
		e.storedIDs[n.id] = true
		e.names[n.id] = n.id
	}
	for _, v := range edges {
		o, _ := v.(doc.Object)
		source, target := doc.String(o, "source"), doc.String(o, "target")
		if e.storedIDs[source] && e.storedIDs[target] && !e.storedPairs[[2]string{source, target}] {
			e.edges = append(e.edges, edge{id: doc.String(o, "id"), source: source, target: target, stored: o})
			e.storedPairs[[2]string{source, target}] = true
		}
	}
}

func (e *editing) storedNode(o doc.Object, at int) *node {
	written := doc.String(o, "id")
	n := &node{kind: doc.String(o, "type"), stored: o}
	n.id = e.takeID(written, at)
	if n.id != written {
		n.stored = append(doc.Object{{"id", n.id}}, doc.Without(o, "id")...)
	}
	n.typ, _ = e.types.Get(n.kind)
	n.label = doc.String(doc.Child(o, "data"), "label")
	if v, ok := doc.Get(doc.Child(o, "data"), "fields"); ok {
		n.fields, _ = v.(doc.Object)
	} else {
		n.fields = doc.Without(o, "id", "type", "position", "name")
	}
	if data := doc.Child(n.stored, "data"); data != nil {
		if _, marked := doc.Get(data, newMark); marked {
			n.stored = doc.Set(slices.Clone(n.stored), "data", doc.Without(data, newMark))
		}
	}
	return n
}

// merged is a stored node with changed fields: whatever else it holds stays.
func (n *node) merged() doc.Object {
	data := slices.Clone(doc.Child(n.stored, "data"))
	if _, isCanvas := doc.Get(data, "fields"); !isCanvas {
		data = doc.Object{}
	}
	if n.label != "" {
		data = doc.Set(data, "label", n.label)
	}
	return doc.Set(slices.Clone(n.stored), "data", doc.Set(data, "fields", n.fields))
}

// apply does what the answer says, in whichever form it says it.
func (e *editing) apply(answer doc.Object) {
	e.remove(listOf(answer, removedKeys), listOf(answer, goneEdgeKeys))
	e.change(listOf(answer, changedKeys))
	added, edges := listOf(answer, addedKeys), listOf(answer, newEdgeKeys)
	if whole := listOf(answer, nodeKeys); len(whole) > 0 && len(added) == 0 {
		e.replace(whole, listOf(answer, edgeKeys))
	} else {
		if edges == nil {
			edges = listOf(answer, edgeKeys)
		}
		e.add(added, edges)
	}
	if !e.touched && len(e.problems) == 0 {
		e.problem("", `the answer changes nothing: give {"addedNodes", "addedEdges", "reasoning"}, or the whole workflow as {"nodes", "edges"}`)
	}
}

func (e *editing) find(id string) *node {
	for _, n := range e.nodes {
		if n.id == id {
			return n
		}
	}
	return nil
}

// remove takes stored nodes and edges out. Nodes that were before and after a
// removed one are joined.
func (e *editing) remove(nodes, edges doc.Array) {
	for _, v := range nodes {
		if n := e.find(endOf(v)); n != nil && !n.dropped {
			n.dropped, e.touched = true, true
			e.lose(n)
		}
	}
	for _, v := range edges {
		gone, isPair := edgeOf(v)
		e.edges = slices.DeleteFunc(e.edges, func(x edge) bool {
			is := isPair && x.source == gone.source && x.target == gone.target || !isPair && x.id != "" && x.id == endOf(v)
			e.touched = e.touched || is
			return is
		})
	}
	e.bridge()
}

func (e *editing) lose(n *node) {
	if name := n.output(); name != "" {
		for _, alias := range append([]string{name, n.typ.Output.Default}, n.typ.Output.Aliases...) {
			e.lost[alias] = true
		}
	}
}

// change sets fields of stored nodes, by their ids.
func (e *editing) change(nodes doc.Array) {
	for _, v := range nodes {
		o, _ := v.(doc.Object)
		n := e.find(textOf(o, "id"))
		if n == nil {
			e.note("there is no node %q to change", shorten(textOf(o, "id"), 40))
			continue
		}
		e.rewrite(n, o, true)
	}
}

// rewrite gives a stored node the fields that an answer has for it: over its own
// ones, or instead of them.
func (e *editing) rewrite(n *node, o doc.Object, over bool) {
	if n.typ == nil {
		e.note("the node %q has a type that is not known and stays as it is", n.id)
		return
	}
	fresh := &node{id: n.id, typ: n.typ, kind: n.kind}
	fields := e.fieldsOf(fresh, o)
	own := e.fieldsOf(fresh, n.stored)
	label := firstText(doc.Child(o, "data"), o, "label")
	if over {
		for _, f := range own {
			if _, has := doc.Get(fields, f.Key); !has {
				fields = append(fields, f)
			}
		}
		fields = mirror(n.typ, fields)
	}
	isNew := len(fields) > 0 && !equal(fields, own)
	if !isNew && (label == "" || label == n.label) {
		return
	}
	e.touched, n.changed = true, true
	n.fields = slices.Clone(n.fields) // what is stored stays as it is
	if isNew {
		for _, f := range n.fields { // what no declaration knows is the author's own
			if fieldNamed(n.typ, f.Key) == "" && !slices.Contains(outputNames, f.Key) && doc.Child(doc.Child(n.stored, "data"), "fields") != nil {
				fields = doc.Set(fields, f.Key, f.Value)
			}
		}
		n.fields = fields
	}
	if label != "" {
		n.label = shorten(label, maxLabel)
	}
}

// equal compares fields whatever their order.
func equal(x, y doc.Object) bool {
	return len(x) == len(y) && !slices.ContainsFunc(x, func(f doc.Field) bool {
		v, has := doc.Get(y, f.Key)
		return !has || string(doc.MarshalJSON(v)) != string(doc.MarshalJSON(f.Value))
	})
}

// summarise fills in what became of the workflow.
func (e *editing) summarise(c *Change) {
	c.Draft = *e.draft()
	present := map[string]bool{}
	for i, n := range e.nodes {
		present[n.id] = true
		if n.stored != nil {
			continue
		}
		c.Added = append(c.Added, n.id)
		node := c.Nodes[i].(doc.Object)
		c.Nodes[i] = doc.Set(node, "data", doc.Set(doc.Child(node, "data"), newMark, true))
	}
	for id := range e.storedIDs {
		if !present[id] {
			c.Removed = append(c.Removed, id)
		}
	}
	slices.Sort(c.Removed)
	for _, x := range e.edges {
		if !e.storedPairs[[2]string{x.source, x.target}] {
			c.EdgesAdded++
		}
	}
}
