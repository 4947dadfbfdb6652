package runs

import (
	"context"
	"slices"
	"time"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/runlog"
)

// recorder is the engine's sink of one run: it makes entries of what happens,
// without secrets, and passes them on.
type recorder struct {
	ctx     context.Context // of the run
	service *Service
	run     *run
	mask    *runlog.Masker
	steps   int
	current *runlog.Step
	spare   []runlog.Entry // memory for the next ones
}

// maxSpare is how many entries are made room for at a time: those of a short run
// all at once.
const maxSpare = 32

func (rec *recorder) entry(kind runlog.Kind, at time.Time) *runlog.Entry {
	if len(rec.spare) == 0 {
		rec.spare = make([]runlog.Entry, min(2*rec.steps+2, maxSpare))
	}
	e := &rec.spare[0]
	rec.spare = rec.spare[1:]
	e.Kind, e.Step, e.TotalSteps, e.At = kind, rec.current, rec.steps, at
	return e
}

func (rec *recorder) emit(e *runlog.Entry) { rec.service.emit(rec.ctx, rec.run, e) }

// RunStarted begins the log.
func (rec *recorder) RunStarted(steps int) {
	rec.steps = steps
	rec.emit(rec.entry(runlog.RunStarted, rec.service.now()))
}

// StepStarted writes that a step begins.
func (rec *recorder) StepStarted(s *engine.StepRecord) {
	rec.current = &runlog.Step{Index: s.Index, Type: rec.mask.Name(s.Type), Name: rec.mask.Name(s.Name)}
	rec.emit(rec.entry(runlog.StepStarted, s.Started))
}

// StepData writes what a step shows.
func (rec *recorder) StepData(_ *engine.StepRecord, message string, data doc.Object) {
	e := rec.entry(runlog.StepData, rec.service.now())
	e.Note = message
	rec.mask.Fill(e, nil, nil, data)
	rec.emit(e)
}

// StepEnded writes how a step went.
func (rec *recorder) StepEnded(s *engine.StepRecord) {
	e := rec.entry(runlog.StepFinished, s.Started.Add(s.Duration))
	e.Duration = s.Duration
	var data doc.Object
	if s.Err != nil {
		e.Kind, e.Error = runlog.StepFailed, rec.mask.Error(s.Err.Message)
		if details, ok := s.Err.Details.(doc.Object); ok {
			data = doc.Object{{Key: "errors", Value: details}}
		}
	}
	rec.mask.Fill(e, s.Input, s.Output, data)
	rec.emit(e)
	if o := rec.service.opts.Observer; o != nil {
		o.StepEnded(s.Type, s.Err != nil, s.Duration)
	}
}

// RunEnded closes the log.
func (rec *recorder) RunEnded(r *engine.Result) {
	x := rec.run.snapshot()
	x.end(r, rec.service.now())
	x.Error = rec.mask.Error(x.Error)
	if x.Status == Cancelled && !rec.run.isUnwanted() {
		x.Status, x.Error = Interrupted, interruption
	}
	rec.service.end(rec.run, x, ending(&x, r.Duration, failedStep(r)))
}

func failedStep(r *engine.Result) int {
	if failed := r.Failed(); failed != nil {
		return failed.Index
	}
	return -1
}

// ending is the last entry of a run's log.
func ending(x *Execution, took time.Duration, failedStep int) *runlog.Entry {
	e := &runlog.Entry{Kind: runlog.RunFinished, Duration: took, TotalSteps: x.StepCount, FailedStep: failedStep, At: x.FinishedAt}
	if x.Status != Succeeded {
		e.Kind, e.Error = runlog.RunFailed, x.Error
		e.Metadata = doc.Object{{Key: "status", Value: string(x.Status)}}
	}
	return e
}

// endedAs is the status of a run whose log ends with an entry.
func endedAs(last *runlog.Entry) Status {
	if last.Kind == runlog.RunFinished {
		return Succeeded
	}
	if status := Status(doc.String(last.Metadata, "status")); slices.Contains(Statuses, status) && status.Ended() {
		return status
	}
	return Failed
}

// stepsRun is how many steps of a run began, by the last entry before its end.
func stepsRun(last *runlog.Entry) int {
	if last.Step == nil {
		return 0
	}
	return last.Step.Index + 1
}
