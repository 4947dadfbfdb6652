package builtin

import "github.com/orchestrix/orchestrix/platform/doc"

func edit(text string, steps, edges doc.Array) doc.Object {
	return doc.Object{{"addedNodes", doc.Array{}}, {"addedEdges", doc.Array{}}, {"removedNodeIds", doc.Array{}}, {"changedNodes", doc.Array{}}, {"reasoning", "not yet"}}
}
