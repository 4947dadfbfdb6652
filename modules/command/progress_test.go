package command

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/orchestrix/orchestrix/platform/runlog"
)

// On a terminal the line of a step is there while it runs, under what it shows
// meanwhile, and gives way to how it went.
func TestProgressOnATerminal(t *testing.T) {
	var out bytes.Buffer
	p := &progress{out: &out, paint: palette{coloured: true}, live: true}
	step := &runlog.Step{Type: "dbFind", Name: "Find\x1b[2J"}
	for _, e := range []*runlog.Entry{
		{Kind: runlog.RunStarted},
		{Kind: runlog.StepStarted, Step: step},
		{Kind: runlog.StepData, Step: step, Note: "Records found"},
		{Kind: runlog.StepFailed, Step: step, Error: "no\r\n", Duration: time.Millisecond},
		{Kind: runlog.RunFailed, Error: "no", Duration: time.Second},
	} {
		e.TotalSteps = 1
		p.entry(e)
	}
	const back, running = "\r\x1b[K", "\x1b[2mrun \x1b[0m  1/1  Find [2J (dbFind)"
	assert.Equal(t, back+"Workflow started, 1 step\n"+
		running+
		back+"      \x1b[2mRecords found\x1b[0m\n"+running+
		back+"\x1b[31mfail\x1b[0m  1/1  Find [2J (dbFind)  \x1b[2m1ms\x1b[0m  no  \n"+
		back+"\x1b[31mWorkflow failed\x1b[0m after 1s: no\n", out.String())
}

// Colours must not move the columns.
func TestColouredTablesStayAligned(t *testing.T) {
	lines := func(coloured bool) string {
		var out bytes.Buffer
		t := newTableTo(&out, palette{coloured: coloured})
		t.head("A", "LONG NAME")
		t.row("longer", "x")
		_ = t.flush()
		return out.String()
	}
	assert.Equal(t, "A       LONG NAME\nlonger  x\n", lines(false))
	assert.Equal(t, "\x1b[1mA       LONG NAME\x1b[0m\n\x1b[0mlonger  x\x1b[0m\n", lines(true))
}
