package engine

import (
	"context"
	"strconv"
	"unicode/utf8"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// Vars are the variables of one run, in the order in which they were set. A
// value that was set is never changed; only the object "input" grows, and it
// belongs to the run.
type Vars struct {
	fields   doc.Object
	index    map[string]int  // of fields, once there are too many to look through
	types    *Registry       // knows the default output names
	last     map[string]any  // last output of each step type
	declared map[string]any  // default of each input variable that the workflow declares
	room     int             // for what the run may still hold; see hold
	ctx      context.Context // of the step under way: a definition may name a great many paths
}

const indexVarsFrom = 12

// newVars starts a run's variables with the request's object as "input".
func newVars(types *Registry, input doc.Object, declared map[string]any) *Vars {
	v := &Vars{types: types, declared: declared, room: maxHeld, fields: make(doc.Object, 0, 8)}
	v.Set("input", input)
	return v
}

// Set sets a variable.
func (v *Vars) Set(name string, value any) {
	if i := v.find(name); i >= 0 {
		v.fields[i].Value = value
		return
	}
	v.fields = append(v.fields, doc.Field{Key: name, Value: value})
	if v.index != nil {
		v.index[name] = len(v.fields) - 1
	} else if len(v.fields) >= indexVarsFrom {
		v.index = make(map[string]int, 2*indexVarsFrom)
		for i := range v.fields {
			v.index[v.fields[i].Key] = i
		}
	}
}

// SetInput sets an input variable, both as itself and as input.<name>. One that
// is called "input" must not hide the request, so it is only set inside it.
func (v *Vars) SetInput(name string, value any) {
	input, _ := v.value("input").(doc.Object)
	v.Set("input", doc.Set(input, name, value))
	if name != "input" {
		v.Set(name, value)
	}
}

// setOutput sets a step's output variable and remembers it as the last output
// of its type.
func (v *Vars) setOutput(stepType, name string, value any) {
	if name != "" {
		v.Set(name, value)
	}
	if v.last == nil {
		v.last = make(map[string]any, 4)
	}
	v.last[stepType] = value
}

// maxHeld bounds what the texts that a run builds and the values that its steps
// set take together, in bytes: a few steps can name a large value many times, or
// find it again and again, and a run holds what its steps have shown until it ends.
const maxHeld = 128 << 20

var errHoldsTooMuch = Fail("The values of the run are larger than %d MB together", maxHeld>>20)

// hold takes the room for so many bytes.
func (v *Vars) hold(size int) error {
	if v.room -= size; v.room < 0 {
		return errHoldsTooMuch
	}
	return nil
}

// All returns the variables in the order in which they were set.
func (v *Vars) All() doc.Object { return v.fields }

// Input looks an input variable up in the request: in input.input when that is
// an object, else in input (engine.md, step type input).
func (v *Vars) Input(name string) (any, bool) {
	input, _ := v.value("input").(doc.Object)
	if nested, ok := doc.Get(input, "input"); ok {
		if o, ok := nested.(doc.Object); ok {
			input = o
		}
	}
	return doc.Get(input, name)
}

func (v *Vars) find(name string) int {
	if v.index != nil {
		if i, ok := v.index[name]; ok {
			return i
		}
		return -1
	}
	for i := range v.fields {
		if v.fields[i].Key == name {
			return i
		}
	}
	return -1
}

func (v *Vars) value(name string) any {
	if i := v.find(name); i >= 0 {
		return v.fields[i].Value
	}
	return nil
}

// lookup finds the value that a path's first segment names: a variable, else
// the last output of the type whose default name it is, else an input variable
// that the workflow declares but no step has set.
func (v *Vars) lookup(name string) (any, bool) {
	if i := v.find(name); i >= 0 {
		return v.fields[i].Value, true
	}
	if stepType, ok := v.types.outputNames[name]; ok {
		if value, ok := v.last[stepType]; ok {
			return value, true
		}
	}
	if fallback, ok := v.declared[name]; ok {
		if value, ok := v.Input(name); ok {
			return value, true
		}
		return fallback, fallback != nil
	}
	return nil, false
}

// Resolve follows a path; ok is false when any part of it is missing.
func (v *Vars) Resolve(p Path) (value any, ok bool) {
	if value, ok = v.lookup(p.root); !ok {
		return nil, false
	}
	for i, segment := range p.rest {
		next, ok := child(value, segment)
		if !ok && i == 0 && p.root == "input" {
			next, ok = v.lookupInput(segment) // callers may nest their variables under "input"
		}
		if !ok {
			return nil, false
		}
		value = next
	}
	return value, true
}

func (v *Vars) lookupInput(name string) (any, bool) {
	if value, ok := v.Input(name); ok {
		return value, true
	}
	fallback := v.declared[name]
	return fallback, fallback != nil
}

// child is one step down a path.
func child(value any, segment string) (any, bool) {
	switch value := value.(type) {
	case doc.Object:
		if found, ok := doc.Get(value, segment); ok {
			return found, true
		}
	case doc.Array:
		if segment == "length" {
			return int64(len(value)), true
		}
		if i, err := strconv.ParseUint(segment, 10, 31); err == nil && int(i) < len(value) {
			return value[i], true
		}
	case string:
		if segment == "length" {
			return int64(utf8.RuneCountInString(value)), true
		}
	}
	return nil, false
}
