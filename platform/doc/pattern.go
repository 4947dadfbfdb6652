package doc

import (
	"errors"
	"regexp"
	"regexp/syntax"
)

const (
	maxWeight = 5000 // of one pattern
	// maxWork is the weight of a pattern times the bytes of a text, some seconds.
	maxWork = 1 << 29
)

// PatternsTogether bounds the patterns of one workflow or query: it is for
// CompilePattern.
const PatternsTogether = 100_000

// ErrPatternTooHeavy is a pattern, or several, that repeat too much.
var ErrPatternTooHeavy = errors.New("repeats too much")

// Pattern is a regular expression (RE2) that a stranger may write. One of a few
// characters may repeat until it takes megabytes, and as many steps for each
// character that it is matched against, which nothing can interrupt: so both are
// bounded.
type Pattern struct {
	expr   *regexp.Regexp
	weight int
}

// CompilePattern compiles a pattern and takes its weight from what is left of
// PatternsTogether.
func CompilePattern(text string, left *int) (*Pattern, error) {
	parsed, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, err
	}
	weight := weigh(parsed)
	if weight > maxWeight || weight > *left {
		return nil, ErrPatternTooHeavy
	}
	*left -= weight
	expr, err := regexp.Compile(text)
	return &Pattern{expr, weight}, err
}

// weigh counts what a pattern is compiled to, roughly, without doing it.
func weigh(re *syntax.Regexp) int {
	n := 1
	if re.Op == syntax.OpLiteral {
		n = len(re.Rune)
	}
	for _, part := range re.Sub {
		n += weigh(part)
	}
	if re.Op == syntax.OpRepeat {
		n *= max(re.Min, re.Max, 1)
	}
	return n
}

// Fits reports whether a text is short enough to be matched in bounded time.
func (p *Pattern) Fits(s string) bool { return len(s) <= maxWork/p.weight }

// Match reports whether a text fits and matches.
func (p *Pattern) Match(s string) bool { return p.Fits(s) && p.expr.MatchString(s) }
