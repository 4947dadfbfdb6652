package engine

import (
	"container/heap"
	"fmt"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// order returns the indexes of steps in the order in which they run: as given
// without edges, else topologically, ties by the given order. Edges without a
// known source and target are ignored. Two steps with one id, or a cycle, are a
// *GraphError that names the ids.
func order(steps, edges doc.Array) ([]int, error) {
	ids, err := stepIDs(steps)
	if err != nil {
		return nil, err
	}
	next, waits := make([][]int, len(steps)), make([]int, len(steps))
	for _, e := range edges {
		edge, _ := e.(doc.Object)
		source, ok1 := ids[doc.String(edge, "source")]
		target, ok2 := ids[doc.String(edge, "target")]
		if ok1 && ok2 {
			next[source] = append(next[source], target)
			waits[target]++
		}
	}
	var ready intHeap
	for i := range steps {
		if waits[i] == 0 {
			ready = append(ready, i) // ascending, so already a heap
		}
	}
	sorted := make([]int, 0, len(steps))
	for len(ready) > 0 {
		i := heap.Pop(&ready).(int)
		sorted = append(sorted, i)
		for _, t := range next[i] {
			if waits[t]--; waits[t] == 0 {
				heap.Push(&ready, t)
			}
		}
	}
	if len(sorted) < len(steps) {
		return nil, cycleError(steps, waits)
	}
	return sorted, nil
}

func stepIDs(steps doc.Array) (map[string]int, error) {
	ids := make(map[string]int, len(steps))
	for i, s := range steps {
		step, _ := s.(doc.Object)
		id := doc.String(step, "id")
		if id == "" {
			continue
		}
		if _, taken := ids[id]; taken {
			return nil, &GraphError{Message: fmt.Sprintf("Two steps have the id %q", id)}
		}
		ids[id] = i
	}
	return ids, nil
}

// cycleError names the steps that wait for each other, and those behind them.
func cycleError(steps doc.Array, waits []int) error {
	var ids []string
	for i, s := range steps {
		if waits[i] > 0 && len(ids) < 20 {
			step, _ := s.(doc.Object)
			ids = append(ids, fmt.Sprintf("%q", doc.String(step, "id")))
		}
	}
	return &GraphError{Message: "These steps are in or behind a cycle: " + strings.Join(ids, ", ")}
}

type intHeap []int

func (h intHeap) Len() int           { return len(h) }
func (h intHeap) Less(i, j int) bool { return h[i] < h[j] }
func (h intHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *intHeap) Push(x any)        { *h = append(*h, x.(int)) }
func (h *intHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}
