// Package engine compiles workflows once and runs them many times. It knows the
// rules of variables, templates and results (contract file engine.md), and
// neither HTTP nor a store: step types reach the world through the interfaces
// in Env.
package engine

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// StepType declares a kind of step. Validation, the documentation and the
// model's node catalogue all come from this one declaration.
type StepType struct {
	Type    string  // as stored, for example "dbFind"
	Label   string  // default label on the canvas
	Summary string  // one sentence: what the step does
	Icon    string  // of the explanation (http.md, "Explain"); "" is zap
	Flow    string  // what a workflow with it does, as the end of a sentence: "sends an e-mail"; "" says nothing
	Fields  []Field // what an author can write
	Output  Output  // the variable that the step sets, if any
	Waits   bool    // it waits as it was told to, up to MaxDelay, and is not cut by the step's time limit
	// Compile reads the fields of one step and returns what runs it. Problems
	// with the fields are collected by f; the step then fails when it is run.
	Compile func(f *Fields) Execute
	// Describe says what one step adds to the contract of its workflow's API, from
	// the same fields; nil when that is nothing but Output.
	Describe func(f *Fields, c *Contract)
}

// Output declares the variable that a step sets.
type Output struct {
	Default     string   // its name when the author gives none; "" when there is no output
	Aliases     []string // further default names that resolve to the last output of this type
	Description string
	Schema      doc.Object // JSON Schema of its value, as far as it is always the same
}

// Execute runs one step. What it returns beside an error is still shown in the
// step's record.
type Execute func(ctx context.Context, c *Call) (Outcome, error)

// Call is one execution of one step.
type Call struct {
	*Env
	Vars   *Vars
	Output string // name of the output variable

	record *StepRecord
	sink   Sink
}

// Show records what the step works on, as soon as that is known: it becomes
// steps[].input of the result, also when the step fails later.
func (c *Call) Show(input doc.Object) { c.record.Input = input }

// Report shows data to those who watch the run, before the step has ended.
func (c *Call) Report(message string, data doc.Object) { c.sink.StepData(c.record, message, data) }

// Outcome is what a step leaves behind.
type Outcome struct {
	Shown    doc.Object // steps[].output of the result
	Value    any        // value of the output variable
	Sets     bool       // whether to set the output variable to Value
	Response *Response  // an answer; the last one of a run wins
}

// Response is the answer of a response step.
type Response struct {
	Status int
	Body   any
}

// Registry is a set of step types. The zero value is not usable; see
// NewRegistry.
type Registry struct {
	types       map[string]*StepType
	sources     map[string]string
	outputNames map[string]string // default output name to step type
	problems    []string
}

// NewRegistry returns an empty registry.
func NewRegistry() *Registry {
	return &Registry{types: map[string]*StepType{}, sources: map[string]string{}, outputNames: map[string]string{}}
}

// Steps is the registry that step type files register with in init.
var Steps = NewRegistry()

// Register adds a step type to Steps.
func Register(t StepType) { Steps.register(t, callerFile()) }

// Register adds a step type. Conflicts are reported by Check, all together.
func (r *Registry) Register(t StepType) { r.register(t, callerFile()) }

func (r *Registry) register(t StepType, source string) {
	problem := func(format string, args ...any) {
		r.problems = append(r.problems, fmt.Sprintf("step type %q (%s): ", t.Type, source)+fmt.Sprintf(format, args...))
	}
	if t.Type == "" || t.Summary == "" || t.Label == "" || t.Compile == nil {
		problem("needs Type, Label, Summary and Compile")
	}
	if other, taken := r.sources[t.Type]; taken {
		problem("is already registered by %s", other)
		return
	}
	for _, p := range checkFields(t.Fields) {
		problem("%s", p)
	}
	for _, name := range t.Output.names() {
		if other, taken := r.outputNames[name]; taken {
			problem("output name %q belongs to %q (%s)", name, other, r.sources[other])
			continue
		}
		r.outputNames[name] = t.Type
	}
	r.types[t.Type], r.sources[t.Type] = &t, source
}

// Check reports every conflict and every incomplete declaration.
func (r *Registry) Check() error {
	if len(r.problems) == 0 {
		return nil
	}
	return fmt.Errorf("step types:\n  %s", strings.Join(r.problems, "\n  "))
}

// Get returns a step type.
func (r *Registry) Get(name string) (*StepType, bool) {
	t, ok := r.types[name]
	return t, ok
}

// Source is the file and line that registered a step type.
func (r *Registry) Source(name string) string { return r.sources[name] }

// All lists the step types by name.
func (r *Registry) All() []*StepType {
	all := make([]*StepType, 0, len(r.types))
	for _, t := range r.types {
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b *StepType) int { return strings.Compare(a.Type, b.Type) })
	return all
}

func (o Output) names() []string {
	if o.Default == "" {
		return nil
	}
	return append([]string{o.Default}, o.Aliases...)
}

// callerFile is a file by the last three elements of its path, as routes have it.
func callerFile() string {
	_, file, line, _ := runtime.Caller(2)
	parts := strings.Split(file, "/")
	return fmt.Sprintf("%s:%d", strings.Join(parts[max(0, len(parts)-3):], "/"), line)
}
