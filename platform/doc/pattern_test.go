package doc_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/doc"
)

func TestPatternsThatPeopleWrite(t *testing.T) {
	for text, matches := range map[string]string{
		`^.{1,1000}$`: strings.Repeat("ä", 1000),
		`^[a-z]{1,64}@[a-z.]{1,255}\.[a-z]{2,63}$`:      "ada@example.com",
		`^data:image/[a-z]+;base64,[A-Za-z0-9+/=]{4,}$`: "data:image/png;base64," + strings.Repeat("A", 9<<20),
		`(?i)a|b`: "B", ``: "x", `^\p{L}+$`: "Zoë",
	} {
		left := doc.PatternsTogether
		p, err := doc.CompilePattern(text, &left)
		require.NoError(t, err, text)
		assert.True(t, p.Match(matches), text)
		assert.Less(t, left, doc.PatternsTogether, text)
	}
	left := doc.PatternsTogether
	_, err := doc.CompilePattern("(", &left)
	require.Error(t, err)
	require.NotErrorIs(t, err, doc.ErrPatternTooHeavy)
}

func TestPatternsThatTakeTooMuchAreRefused(t *testing.T) {
	left := doc.PatternsTogether
	for _, text := range []string{strings.Repeat(".{0,900}", 100), strings.Repeat("(a{30}){33}", 10)} {
		_, err := doc.CompilePattern(text, &left)
		require.ErrorIs(t, err, doc.ErrPatternTooHeavy, text)
	}
	n := 0
	for ; ; n++ {
		if _, err := doc.CompilePattern("a{900}", &left); err != nil {
			require.ErrorIs(t, err, doc.ErrPatternTooHeavy)
			break
		}
	}
	assert.Less(t, n, 200, "many of them weigh as much as one")
}

func TestLongTextsAreNotMatchedAgainstHeavyPatterns(t *testing.T) {
	left := doc.PatternsTogether
	p, err := doc.CompilePattern("(([a-z]{0,30}){0,30}[0-9])$", &left)
	require.NoError(t, err)
	assert.False(t, p.Match(strings.Repeat("a", 10<<20)+"1"))
	assert.True(t, p.Match("a1"))
}
