package engine

import (
	"fmt"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// maxSteps bounds a workflow that is run.
const maxSteps = 10_000

// Workflow is a definition as it was saved or sent.
type Workflow struct {
	Steps          doc.Array
	Edges          doc.Array
	InputVariables doc.Array
	// Stored marks a workflow that may be older than the rule against cycles
	// and duplicate ids: it then runs in the given order.
	Stored bool
}

// Program is a compiled workflow. It is immutable and may be run by many
// goroutines at once.
type Program struct {
	types    *Registry
	steps    []step
	declared map[string]any // default of each declared input variable
}

// step is one compiled step.
type step struct {
	kind    string // its type, as written
	name    string
	output  string // name of its output variable
	execute Execute
	waits   bool   // see StepType
	broken  *Error // why it cannot run
}

// Compile prepares a workflow. Only a graph that can never run is an error, a
// *GraphError; a step with wrong fields or an unknown type fails when its turn
// comes.
func (r *Registry) Compile(w Workflow) (*Program, error) {
	sequence, err := sequenceOf(w)
	if err != nil {
		return nil, err
	}
	patterns := doc.PatternsTogether
	p := &Program{types: r, steps: make([]step, len(sequence)), declared: declaredInputs(w.InputVariables)}
	for position, i := range sequence {
		definition, _ := w.Steps[i].(doc.Object)
		p.steps[position] = r.compileStep(definition, position, &patterns)
	}
	return p, nil
}

// sequenceOf is the order in which a workflow's steps run.
func sequenceOf(w Workflow) ([]int, error) {
	sequence, err := order(w.Steps, w.Edges)
	if err != nil {
		if !w.Stored {
			return nil, err
		}
		sequence = givenOrder(len(w.Steps))
	}
	if len(sequence) > maxSteps {
		return nil, &GraphError{Message: fmt.Sprintf("A workflow may have at most %d steps", maxSteps)}
	}
	return sequence, nil
}

// CheckGraph reports a cycle or duplicate ids as a *GraphError.
func CheckGraph(steps, edges doc.Array) error {
	_, err := order(steps, edges)
	return err
}

func givenOrder(n int) []int {
	sequence := make([]int, n)
	for i := range sequence {
		sequence[i] = i
	}
	return sequence
}

// declaredInputs are the names that resolve from the request even when no input
// step sets them, with their defaults.
func declaredInputs(variables doc.Array) map[string]any {
	declared := make(map[string]any, len(variables))
	for _, v := range variables {
		variable, _ := v.(doc.Object)
		if name := doc.String(variable, "name"); name != "" {
			declared[name], _ = doc.Get(variable, "default")
		}
	}
	return declared
}

func (r *Registry) compileStep(definition doc.Object, position int, patterns *int) step {
	kind := doc.String(definition, "type")
	name, values := liftFields(definition, kind, position)
	s := step{kind: kind, name: name}
	t, known := r.Get(kind)
	if !known {
		s.broken = Fail("Unknown step type: %s", kind)
		return s
	}
	fields := newFields(t.Fields, values, patterns)
	s.output = outputName(fields, t)
	s.execute, s.waits = t.Compile(fields), t.Waits
	if err := fields.Err(); err != nil {
		s.broken = asError(err)
	}
	return s
}

// liftFields finds a step's name and its fields: canvas nodes keep them in
// data.fields, flat steps beside the type (engine.md, "A step").
func liftFields(definition doc.Object, kind string, position int) (name string, values doc.Object) {
	data, _ := doc.Get(definition, "data")
	node, _ := data.(doc.Object)
	lifted, _ := doc.Get(node, "fields")
	fields, ok := lifted.(doc.Object)
	if !ok {
		name, values = doc.String(definition, "name"), definition
	} else {
		if name = doc.String(node, "label"); name == "" {
			name = doc.String(definition, "id")
		}
		values = append(make(doc.Object, 0, len(fields)+len(definition)), fields...)
		values = append(values, doc.Without(definition, "data")...) // the first of two equal keys wins
	}
	if name == "" {
		name = fmt.Sprintf("%s_%d", kind, position)
	}
	return name, values
}

func outputName(f *Fields, t *StepType) string {
	for _, key := range []string{"outputVar", "output"} {
		v, _ := doc.Get(f.values, key)
		if s, ok := v.(string); ok && s != "" {
			return s
		} else if v != nil && !ok {
			f.Wrong(key, "must be a string")
		}
	}
	if data, _ := doc.Get(f.values, "data"); data != nil { // data:{data:{...}, outputVar}
		wrapper, _ := data.(doc.Object)
		if _, wrapped := unwrapped(wrapper); wrapped && doc.String(wrapper, "outputVar") != "" {
			return doc.String(wrapper, "outputVar")
		}
	}
	return t.Output.Default
}
