// Package runlog is the log of a run: what an entry holds, how it is stored and
// sent, and how secrets are kept out of it (contract file realtime.md).
package runlog

import (
	"strconv"
	"sync/atomic"
	"time"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// Kind is what an entry says; it stands for a pair of type and phase.
type Kind uint8

// The kinds of entry, in the order in which a run has them.
const (
	RunStarted Kind = iota
	StepStarted
	StepData
	StepFinished
	StepFailed
	RunFinished
	RunFailed
)

var kinds = [...]struct{ name, phase string }{
	RunStarted:   {"step_start", "info"},
	StepStarted:  {"step_start", "step_started"},
	StepData:     {"step_data", "data"},
	StepFinished: {"step_complete", "step_finished"},
	StepFailed:   {"step_error", "error"},
	RunFinished:  {"workflow_complete", "execution_finished"},
	RunFailed:    {"workflow_failed", "execution_failed"},
}

// Type is what clients tell entries apart by.
func (k Kind) Type() string { return kinds[k].name }

// Phase is what the stream frontend tells entries apart by.
func (k Kind) Phase() string { return kinds[k].phase }

// Ends reports whether a run's log ends with such an entry.
func (k Kind) Ends() bool { return k == RunFinished || k == RunFailed }

// Step is the step that an entry is about.
type Step struct {
	Index      int
	Type, Name string
}

// Entry is one entry of a run's log. Once published it is shared by everyone who
// follows the run and must not be changed.
type Entry struct {
	ExecutionID string
	Seq         int64 // from 0, without gaps
	Kind        Kind
	Step        *Step  // nil when it is about the whole run
	Note        string // of a StepData: what is shown
	Input       any    // these are bson.Raw that a Masker made, or what the store
	Output      any    // has of it; most data follows from the rest
	Data        any
	Metadata    doc.Object
	Error       string
	Duration    time.Duration // of the step, or of the run that has ended
	TotalSteps  int
	FailedStep  int // of a RunFailed: the index of the step, or -1
	At          time.Time
	Size        int // in memory, roughly, in bytes

	forms [encodings]atomic.Value
}

// ID is unique in the entry's run, and the same each time it is read.
func (e *Entry) ID() string { return e.ExecutionID + ":" + strconv.FormatInt(e.Seq, 10) }

// Interrupts reports whether the entry ends a run under which the server stopped.
// Its number may be that of an entry which was sent and not stored any more.
func (e *Entry) Interrupts() bool {
	return e.Kind == RunFailed && doc.String(e.Metadata, "status") == "interrupted"
}

// StartMessage is the message of a RunStarted.
const StartMessage = "Workflow execution started"

// Title is the entry in a few words, for people.
func (e *Entry) Title() string {
	switch e.Kind {
	case RunStarted:
		return "Workflow started"
	case RunFinished:
		return "Workflow completed"
	case RunFailed:
		if status := doc.String(e.Metadata, "status"); status != "" {
			return "Workflow " + status
		}
		return "Workflow failed"
	case StepData:
		return e.Note
	}
	what := map[Kind]string{StepStarted: "started", StepFinished: "finished", StepFailed: "failed"}[e.Kind]
	if e.Step == nil {
		return "Step " + what
	}
	return "Step " + strconv.Itoa(e.Step.Index+1) + " of " + strconv.Itoa(e.TotalSteps) + " " + what
}

// Message says what there is to say besides, for people.
func (e *Entry) Message() string {
	name := ""
	if e.Step != nil {
		name = e.Step.Name
	}
	switch e.Kind {
	case RunStarted:
		return StartMessage
	case RunFinished:
		return "Workflow execution completed"
	case StepFinished:
		return name + " took " + e.Duration.Truncate(time.Millisecond).String()
	case StepFailed, RunFailed:
		return e.Error
	}
	return name
}

// Encoding names a form of an entry that is made once for all who get it.
type Encoding uint8

// The forms that are kept.
const (
	SocketIO  Encoding = iota // a packet of the Socket.IO transport
	Stream                    // a frame of the log stream
	Plain                     // JSON
	encodings = iota
)

// Encoded returns the entry in a form, made by build when nobody has yet. It is
// shared: it must not be changed. A form always has the same type.
func Encoded[T any](e *Entry, form Encoding, build func(*Entry) T) T {
	if v := e.forms[form].Load(); v != nil {
		return v.(T)
	}
	v := build(e)
	e.forms[form].Store(v)
	return v
}
