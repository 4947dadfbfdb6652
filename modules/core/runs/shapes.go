package runs

import (
	"reflect"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// The types below are what callers of a published API get that no response step
// wrote (engine.md, "The result"). They are for the documentation: the answers
// themselves are made by engine.Result.

// Report is the answer of a run without a response step.
type Report struct {
	OK              bool         `json:"ok" example:"true"`
	StepsExecuted   int          `json:"stepsExecuted" example:"2"`
	Steps           []StepReport `json:"steps"`
	Output          doc.Object   `json:"output" description:"The variables at the end of the run."`
	TotalDurationMs int64        `json:"totalDurationMs" example:"12"`
}

// Failure is the answer of a run that failed.
type Failure struct {
	OK              bool         `json:"ok" example:"false"`
	FailedStep      int          `json:"failedStep" description:"Index of the step." example:"1"`
	FailedStepName  string       `json:"failedStepName" example:"Validate Input"`
	Error           string       `json:"error" example:"Input validation failed"`
	ErrorDetails    any          `json:"errorDetails" description:"Of a failed validation: the messages of each field." example:"{\"email\":[\"Field is required\"]}"`
	Steps           []StepReport `json:"steps"`
	TotalDurationMs int64        `json:"totalDurationMs" example:"3"`
}

// StepReport is how one step went.
type StepReport struct {
	StepIndex  int          `json:"stepIndex"  example:"0"`
	StepType   string       `json:"stepType" example:"input"`
	StepName   string       `json:"stepName" example:"User Input"`
	Status     string       `json:"status" enum:"success,failed"`
	Input      doc.Object   `json:"input" description:"What the step worked on."`
	Output     doc.Object   `json:"output" description:"What came of it."`
	Error      *StepFailure `json:"error"`
	DurationMs int64        `json:"durationMs" example:"1"`
	StartedAt  int64        `json:"startedAt" description:"Milliseconds since 1970." example:"1770890400000"`
}

// StepFailure is why a step failed.
type StepFailure struct {
	Message string  `json:"message"`
	Code    *string `json:"code"`
	Details any     `json:"details"`
}

// Failures are the statuses that a published call may fail with besides those of
// any request, and what their bodies are.
func Failures() map[int]reflect.Type {
	all := map[int]reflect.Type{}
	for _, status := range []int{401, 422, 500, 503, 504} {
		all[status] = reflect.TypeFor[Failure]()
	}
	return all
}
