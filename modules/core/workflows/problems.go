package workflows

import (
	"fmt"

	"github.com/orchestrix/orchestrix/platform/data"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// Problem is why a workflow cannot run, or why one of its steps fails whatever it
// is called with.
type Problem struct {
	Step string // the id, or the place, of the step; "" when it is about the whole
	Text string
}

func (p Problem) String() string {
	if p.Step == "" {
		return p.Text
	}
	return "step " + p.Step + ": " + p.Text
}

// Problems lists what is wrong with the steps of a workflow, in their order.
func Problems(types *engine.Registry, steps, edges doc.Array) (found []Problem) {
	if err := engine.CheckGraph(steps, edges); err != nil {
		found = append(found, Problem{Text: err.Error()})
	}
	broken := map[int]error{}
	for i, err := range types.Broken(steps) {
		broken[i] = err
	}
	for i, s := range steps {
		step, _ := s.(doc.Object)
		name := doc.String(step, "id")
		if name == "" {
			name = fmt.Sprintf("number %d", i+1)
		}
		add := func(text string) { found = append(found, Problem{Step: name, Text: text}) }
		switch {
		case doc.String(step, "type") == "":
			add("type is missing")
			continue
		case broken[i] != nil:
			add(broken[i].Error())
		}
		for _, collection := range types.Collections(doc.Array{s}) {
			if err := data.CheckName(collection); err != nil {
				add(err.Error())
			}
		}
	}
	return found
}
