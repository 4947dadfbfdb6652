package draft

import (
	"slices"
	"strings"
	"unicode"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// The names under which models put the parts of an answer, the contract's first.
// They are compared by plain.
var (
	nodeKeys     = []string{"nodes", "steps", "tasks", "blocks"}
	edgeKeys     = []string{"edges", "connections", "links", "transitions"}
	wrapperKeys  = []string{"workflow", "graph", "flow", "result", "answer", "response", "output", "data", "json", "plan", "changes", "edit", "diff", "mutation", "workflows", "definition"}
	addedKeys    = []string{"addedNodes", "newNodes", "nodesToAdd", "added", "addNodes", "addedSteps", "newSteps", "add"}
	newEdgeKeys  = []string{"addedEdges", "newEdges", "edgesToAdd", "addEdges"}
	removedKeys  = []string{"removedNodes", "removedNodeIds", "nodesToRemove", "removeNodes", "deletedNodes", "deletedNodeIds", "removed", "removedSteps", "remove"}
	goneEdgeKeys = []string{"removedEdges", "edgesToRemove", "removedEdgeIds", "deletedEdges"}
	changedKeys  = []string{"changedNodes", "updatedNodes", "modifiedNodes", "nodesToUpdate", "changed", "updateNodes", "modified", "updatedSteps", "changedSteps"}
	reasonKeys   = []string{"reasoning", "reason", "explanation", "summary"}
)

// plain is a name without what models vary in it: case, "_", "-" and blanks.
func plain(name string) string {
	if strings.IndexFunc(name, func(r rune) bool { return r < 'a' || r > 'z' }) < 0 {
		return name
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '$' {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// lookup returns the first field of o that has one of the names.
func lookup(o doc.Object, names []string) (key string, v any, ok bool) {
	for _, name := range names {
		if v, ok := doc.Get(o, name); ok {
			return name, v, true
		}
	}
	for _, f := range o {
		if slices.ContainsFunc(names, func(name string) bool { return plain(name) == plain(f.Key) }) {
			return f.Key, f.Value, true
		}
	}
	return "", nil, false
}

// listOf is the list under one of the names: a map of nodes by id counts too,
// and so does a single value.
func listOf(o doc.Object, names []string) doc.Array {
	_, v, _ := lookup(o, names)
	switch v := v.(type) {
	case doc.Array:
		return v
	case doc.Object:
		if looksLikeNode(v) || looksLikeEdge(v) {
			return doc.Array{v}
		}
		return byID(v)
	case string:
		return doc.Array{v}
	}
	return nil
}

// byID makes a list of {"step1": {...}, "step2": {...}}.
func byID(o doc.Object) doc.Array {
	list := make(doc.Array, 0, len(o))
	for _, f := range o {
		switch v := f.Value.(type) {
		case doc.Object:
			if doc.String(v, "id") == "" {
				v = append(doc.Object{{"id", f.Key}}, doc.Without(v, "id")...)
			}
			list = append(list, v)
		case doc.Array: // {"a": ["b", "c"]}: edges by source
			for _, target := range v {
				list = append(list, doc.Object{{"source", f.Key}, {"target", target}})
			}
		case string:
			list = append(list, doc.Object{{"source", f.Key}, {"target", v}})
		}
	}
	return list
}

// unwrap finds the object that holds the parts of an answer.
func unwrap(o doc.Object) doc.Object {
	for range 4 {
		if hasParts(o) {
			return o
		}
		_, v, _ := lookup(o, wrapperKeys)
		if list, ok := v.(doc.Array); ok && len(list) > 0 {
			if first, ok := list[0].(doc.Object); ok && looksLikeNode(first) {
				return append(doc.Object{{"nodes", list}}, o...)
			}
			v = list[0]
		}
		inner, ok := v.(doc.Object)
		if !ok {
			return o
		}
		o = carry(inner, o)
	}
	return o
}

// carry takes what stands beside a wrapper along: edges and reasons often do.
func carry(inner, outer doc.Object) doc.Object {
	o := slices.Clone(inner)
	for _, names := range [][]string{edgeKeys, reasonKeys, {cutKey}} {
		if _, _, has := lookup(o, names); has {
			continue
		}
		if _, v, has := lookup(outer, names); has {
			o = append(o, doc.Field{Key: names[0], Value: v})
		}
	}
	return o
}

// hasParts reports whether o holds nodes or changes of nodes.
func hasParts(o doc.Object) bool {
	for _, names := range [][]string{nodeKeys, addedKeys, removedKeys, changedKeys, newEdgeKeys, goneEdgeKeys} {
		if _, v, ok := lookup(o, names); ok {
			switch v.(type) {
			case doc.Array, doc.Object:
				return true
			}
		}
	}
	return false
}

func looksWhole(o doc.Object) bool {
	if len(o) == 0 || looksLikeNode(o) {
		return false
	}
	return hasParts(unwrap(o))
}

func looksLikeNode(o doc.Object) bool {
	if doc.String(o, "type") == "" {
		return false
	}
	if _, ok := doc.Get(o, "nodes"); ok {
		return false
	}
	for _, key := range []string{"id", "data", "fields", "label", "collection", "name", "config"} {
		if _, ok := doc.Get(o, key); ok {
			return true
		}
	}
	return false
}

func looksLikeEdge(o doc.Object) bool {
	_, _, from := lookup(o, sourceKeys)
	_, _, to := lookup(o, targetKeys)
	return from && to
}

var (
	sourceKeys = []string{"source", "from", "sourceId", "src", "start", "sourceNode", "fromNode"}
	targetKeys = []string{"target", "to", "targetId", "dst", "end", "targetNode", "toNode"}
)
