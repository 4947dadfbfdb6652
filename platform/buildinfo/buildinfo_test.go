package buildinfo_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orchestrix/orchestrix/platform/buildinfo"
)

func TestWhatNobodyStamped(t *testing.T) {
	info := buildinfo.Get()
	assert.Equal(t, "devel", info.Version)
	assert.Equal(t, runtime.Version(), info.Go)
}
