package seal_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/seal"
)

func box(t *testing.T, fill byte) *seal.Box {
	t.Helper()
	b, err := seal.New(bytes.Repeat([]byte{fill}, seal.KeySize))
	require.NoError(t, err)
	return b
}

func TestWhatOpensAndWhatDoesNot(t *testing.T) {
	one, other := box(t, 1), box(t, 2)
	sealed := one.Seal([]byte("a secret"), []byte("ann"))
	plain, err := one.Open(sealed, []byte("ann"))
	require.NoError(t, err)
	assert.Equal(t, "a secret", string(plain))
	assert.NotContains(t, string(sealed), "secret")
	assert.NotEqual(t, sealed, one.Seal([]byte("a secret"), []byte("ann")), "never the same twice")

	changed := func(at int) []byte {
		c := bytes.Clone(sealed)
		c[at] ^= 1
		return c
	}
	for name, row := range map[string]struct {
		box    *seal.Box
		sealed []byte
		owner  string
	}{
		"another owner":    {one, sealed, "bob"},
		"no owner":         {one, sealed, ""},
		"another key":      {other, sealed, "ann"},
		"changed nonce":    {one, changed(0), "ann"},
		"changed text":     {one, changed(14), "ann"},
		"changed tag":      {one, changed(len(sealed) - 1), "ann"},
		"cut":              {one, sealed[:len(sealed)-1], "ann"},
		"only a nonce":     {one, sealed[:12], "ann"},
		"shorter than one": {one, sealed[:5], "ann"},
		"nothing":          {one, nil, "ann"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := row.box.Open(row.sealed, []byte(row.owner))
			require.ErrorIs(t, err, seal.ErrSealed)
		})
	}
}

func TestKeys(t *testing.T) {
	for _, size := range []int{0, 16, 31, 33} {
		_, err := seal.New(make([]byte, size))
		require.Error(t, err, size)
	}
	assert.Regexp(t, `^[0-9a-f]{16}$`, box(t, 1).KeyID())
	assert.Equal(t, box(t, 1).KeyID(), box(t, 1).KeyID())
	assert.NotEqual(t, box(t, 1).KeyID(), box(t, 2).KeyID())
	assert.False(t, strings.Contains(box(t, 1).KeyID(), "0101"), "it is no piece of the key")
}
