package engine

import (
	"iter"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// Broken lists the steps that would fail whatever the request holds, by their
// place in steps, each with why: an unknown type, or fields that cannot be used.
func (r *Registry) Broken(steps doc.Array) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		patterns := doc.PatternsTogether
		for i, s := range steps {
			definition, _ := s.(doc.Object)
			if compiled := r.compileStep(definition, i, &patterns); compiled.broken != nil && !yield(i, compiled.broken) {
				return
			}
		}
	}
}
