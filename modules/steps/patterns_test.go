package steps_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// A pattern of a few characters is compiled to megabytes, and matching it against a
// long text takes minutes that no time limit ends.
func TestPatternsAreBounded(t *testing.T) {
	env := environment(t)
	rule := func(pattern string) string {
		return fmt.Sprintf(`{"type":"inputValidation","rules":[{"field":"input.a","pattern":%q}]}`, pattern)
	}
	assert.Contains(t, failure(t, env, "["+rule(strings.Repeat(".{0,900}", 100))+"]", `{}`), "rules[0].pattern repeats too much")

	many := "[" + strings.TrimSuffix(strings.Repeat(rule("a{900}")+",", 200), ",") + "]"
	assert.Contains(t, failure(t, env, many, `{}`), "rules[0].pattern repeats too much", "many steps weigh as much as one")
	broken := 0
	for range engine.Steps.Broken(decode(t, many).(doc.Array)) {
		broken++
	}
	assert.Positive(t, broken, "and a save says so")

	long := `{"a":"` + strings.Repeat("a", 9<<20) + `"}`
	start := time.Now()
	result := run(t, env, "["+rule("(([a-z]{0,30}){0,30}[0-9])$")+"]", long)
	require.NotNil(t, result.Failed())
	assert.Less(t, time.Since(start), 30*time.Second, "it took two minutes")

	assert.Contains(t, answer(t, env, "["+rule("^.{1,1000}$")+"]", `{"a":"some text"}`), `"ok":true`)
}

func TestALongListOfAllowedValues(t *testing.T) {
	list := make(doc.Array, 100_000)
	for i := range list {
		list[i] = int64(i)
	}
	steps := doc.Array{doc.Object{{"type", "inputValidation"}, {"rules", doc.Array{doc.Object{{"field", "input.a"}, {"enum", list}}}}}}
	start := time.Now()
	assert.Contains(t, answer(t, environment(t), string(doc.MarshalJSON(steps)), `{"a":99999}`), `"ok":true`)
	assert.Less(t, time.Since(start), 30*time.Second, "each value was compared with all before it: minutes")
}
