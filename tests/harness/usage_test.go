package harness_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/tests/harness"
)

func TestUsageOf(t *testing.T) {
	before, err := harness.UsageOf(os.Getpid())
	require.NoError(t, err)
	f, err := os.Open(os.DevNull)
	require.NoError(t, err)
	defer f.Close()
	after, err := harness.UsageOf(os.Getpid())
	require.NoError(t, err)
	assert.GreaterOrEqual(t, after.CPU, before.CPU)
	assert.Greater(t, after.RSS, int64(1<<20))
	assert.GreaterOrEqual(t, after.Peak, after.RSS)
	assert.Positive(t, after.Threads)
	assert.Equal(t, before.Files+1, after.Files)
	_, err = harness.UsageOf(-1)
	require.Error(t, err)
}
