package docs_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// placeholders are values that a page cannot know, by what it writes in their
// place: where an answer is shown with "executionId":"01a2...", a later command
// that says 01a2... means the value that was there.
type placeholders map[string]string

// marks are what an answer leaves open: a text that is cut off, or anything.
var marks = regexp.MustCompile(`[\w-]*\.\.\.`)

// match holds an answer against one that is shown, and learns the values.
func (p placeholders) match(shown, said string) bool {
	var pattern strings.Builder
	var names []string
	at := 0
	for _, found := range marks.FindAllStringIndex(shown, -1) {
		pattern.WriteString(regexp.QuoteMeta(shown[at:found[0]]))
		if name := shown[found[0]:found[1]]; name == "..." {
			pattern.WriteString(`.*`)
		} else {
			names = append(names, name)
			pattern.WriteString(`([^"]+)`)
		}
		at = found[1]
	}
	pattern.WriteString(regexp.QuoteMeta(shown[at:]))
	values := regexp.MustCompile(`(?s)^` + pattern.String() + `$`).FindStringSubmatch(said)
	if values == nil {
		return false
	}
	for i, name := range names {
		p[name] = values[i+1]
	}
	return true
}

// fill puts the values that are known into a command.
func (p placeholders) fill(command string) string {
	for name, value := range p {
		command = strings.ReplaceAll(command, name, value)
	}
	return command
}

func TestPlaceholders(t *testing.T) {
	known := placeholders{}
	assert.True(t, known.match(`{"ok":true,"id":"01a2...","log":[...],...}`, `{"ok":true,"id":"0193-77","log":[1,2],"more":3}`))
	assert.Equal(t, "curl localhost:4000/runs/0193-77/log", known.fill("curl localhost:4000/runs/01a2.../log"))
	for shown, said := range map[string]string{
		`{"ok":true}`:         `{"ok":true,"more":1}`,
		`{"id":"01a2..."}`:    `{"id":""}`,
		`{"ok":true,"x":...}`: `{"ok":false,"x":1}`,
	} {
		assert.False(t, known.match(shown, said), shown)
	}
}
