package engine

import "github.com/orchestrix/orchestrix/platform/doc"

// Sink hears how a run goes, as it happens and in order: a call returns before
// the run goes on. What it is given belongs to the run, and may change once the
// call has returned; a sink that keeps something copies it.
type Sink interface {
	// RunStarted says how many steps there are.
	RunStarted(steps int)
	// StepStarted says which step begins: its Index, Type, Name and Started.
	StepStarted(step *StepRecord)
	// StepData shows something that is worth seeing before the step has ended.
	StepData(step *StepRecord, message string, data doc.Object)
	// StepEnded says how the step went; Err is nil when it went well.
	StepEnded(step *StepRecord)
	// RunEnded comes last, exactly once.
	RunEnded(result *Result)
}

// silent is the Sink of a run that nobody listens to.
type silent struct{}

func (silent) RunStarted(int)                           {}
func (silent) StepStarted(*StepRecord)                  {}
func (silent) StepData(*StepRecord, string, doc.Object) {}
func (silent) StepEnded(*StepRecord)                    {}
func (silent) RunEnded(*Result)                         {}
