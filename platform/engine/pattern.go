package engine

import (
	"errors"

	"github.com/orchestrix/orchestrix/platform/doc"
)

const maxPattern = 1000

// Pattern returns a regular expression, or nil when none was written. Those of one
// workflow are bounded together.
func (f *Fields) Pattern(name string) *doc.Pattern {
	text := f.Name(name)
	if text == "" || f.Err() != nil {
		return nil
	}
	p, err := doc.CompilePattern(text, f.patterns)
	switch {
	case errors.Is(err, doc.ErrPatternTooHeavy):
		f.Wrong(name, "repeats too much, alone or with the other patterns of the workflow")
		return nil
	case err != nil || len(text) > maxPattern:
		f.Wrong(name, "must be a regular expression (RE2) of at most %d characters", maxPattern)
		return nil
	}
	return p
}
