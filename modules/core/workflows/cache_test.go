package workflows

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// A few hundred workflows of the largest size would fill the memory for good.
func TestTheCacheIsBoundedInBytes(t *testing.T) {
	c := newCache(engine.NewRegistry(), time.Now)
	call := func(path string, size int) {
		_, err := c.get(t.Context(), path, func(context.Context) (*Workflow, error) {
			return &Workflow{Draft: Draft{WorkflowID: path, Steps: doc.Array{doc.Object{{Key: "type", Value: strings.Repeat("x", size)}}}}}, nil
		})
		require.NoError(t, err)
	}
	for i := range 6 {
		call(fmt.Sprint("large", i), 9<<20)
	}
	assert.Len(t, c.entries, 3)
	for i := range 1000 {
		call(fmt.Sprint("small", i), 100)
	}
	assert.Len(t, c.entries, 1003, "small ones push none out while there is room")
	call("huge", 40<<20)
	assert.Len(t, c.entries, 1, "one that is larger than all may be is kept alone")
	c.forgetAll("huge")
	assert.Zero(t, c.size)
	call("small", 100)
	c.forget("small")
	assert.Zero(t, c.size)
}
