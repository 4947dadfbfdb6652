package mongo_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

func TestCheckName(t *testing.T) {
	for _, name := range []string{"a", "user data", "systems", "a.system.b", "größe", strings.Repeat("x", mongo.MaxNameLength)} {
		assert.NoError(t, mongo.CheckName(name), name)
	}
	for _, name := range []string{"", "a\x00b", "$a", "a$b", ".", ".a", "system.", "system.users", strings.Repeat("x", mongo.MaxNameLength+1)} {
		require.ErrorIs(t, mongo.CheckName(name), mongo.ErrInvalid, "%q", name)
	}
}
