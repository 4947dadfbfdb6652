package engine_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// Anyone may ask for the description of a published API.
func TestDescribingManyVariablesIsQuick(t *testing.T) {
	const n = 200_000
	variables := make(doc.Array, n)
	for i := range variables {
		variables[i] = doc.Object{{"name", fmt.Sprintf("v%d", i)}}
	}
	start := time.Now()
	c, err := types.Contract(engine.Workflow{InputVariables: variables})
	require.NoError(t, err)
	assert.Len(t, doc.Child(c.Input(), "properties"), n)
	assert.Less(t, time.Since(start), 20*time.Second, "it took two minutes: each variable was looked for among all")
}
