package command

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/runlog"
	"github.com/orchestrix/orchestrix/platform/terminal"
)

// progress writes the log of a run for people. On a terminal the line of the step
// under way is the last, until it is replaced by how the step went.
type progress struct {
	out     io.Writer
	paint   palette
	live    bool
	verbose bool
	running string // that line
}

func newProgress(out io.Writer, verbose bool) *progress {
	return &progress{out: out, paint: paletteFor(out), live: terminal.Watched(out), verbose: verbose}
}

// entry writes one entry of the log.
func (p *progress) entry(e *runlog.Entry) {
	took := e.Duration.Round(time.Microsecond).String()
	if e.Kind != runlog.StepData {
		p.running = ""
	}
	switch e.Kind {
	case runlog.RunStarted:
		p.line(fmt.Sprintf("%s, %s", e.Title(), count(e.TotalSteps)))
	case runlog.StepStarted:
		p.begin(p.paint.faint("run ") + "  " + place(e))
	case runlog.StepData:
		p.line("      " + p.paint.faint(printable(e.Title())))
		p.values(e, "data")
	case runlog.StepFinished:
		p.line(p.paint.green("ok  ") + "  " + place(e) + "  " + p.paint.faint(took))
		p.values(e, "input", "output")
	case runlog.StepFailed:
		p.line(p.paint.red("fail") + "  " + place(e) + "  " + p.paint.faint(took) + "  " + printable(e.Error))
		p.values(e, "input", "output", "data")
	case runlog.RunFinished:
		p.line(p.paint.green(e.Title()) + " in " + took)
	case runlog.RunFailed:
		text := p.paint.red(e.Title()) + " after " + took
		if !e.Interrupts() { // by whoever reads this
			text += ": " + printable(e.Error)
		}
		p.line(text)
	}
}

func count(steps int) string {
	if steps == 1 {
		return "1 step"
	}
	return fmt.Sprintf("%d steps", steps)
}

// place is which of how many steps an entry is about.
func place(e *runlog.Entry) string {
	return fmt.Sprintf("%d/%d  %s (%s)", e.Step.Index+1, e.TotalSteps, printable(e.Step.Name), printable(e.Step.Type))
}

// begin writes the line of a step that begins.
func (p *progress) begin(text string) {
	if !p.live {
		p.line(text)
		return
	}
	p.running = text
	p.write(text)
}

func (p *progress) line(text string) {
	if p.live {
		text = "\r\x1b[K" + text
	}
	p.write(text + "\n" + p.running)
}

// write leaves out what cannot be written: the run goes on without its log.
func (p *progress) write(text string) { _, _ = io.WriteString(p.out, text) }

// values writes parts of an entry as its JSON has them.
func (p *progress) values(e *runlog.Entry, names ...string) {
	if !p.verbose {
		return
	}
	v, err := doc.Decode(e.AppendJSON(nil))
	if err != nil {
		return
	}
	for _, name := range names {
		if value, has := doc.Get(v.(doc.Object), name); has {
			p.line("      " + p.paint.faint(name) + " " + string(doc.MarshalJSON(value)))
		}
	}
}

// printable is a text that cannot move a terminal's cursor.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}
