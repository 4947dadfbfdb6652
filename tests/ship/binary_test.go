package ship_test

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestBinaryIsStatic builds what the image holds, as the Dockerfile does.
func TestBinaryIsStatic(t *testing.T) {
	command := exec.CommandContext(t.Context(), "make", "build", "VERSION=1.2.3")
	command.Dir = root
	command.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64")
	output, err := command.CombinedOutput()
	require.NoError(t, err, "%s", output)

	binary, err := elf.Open(filepath.Join(root, "bin/orchestrix"))
	require.NoError(t, err)
	defer binary.Close()
	libraries, err := binary.ImportedLibraries()
	require.NoError(t, err)
	assert.Empty(t, libraries)
	for _, part := range binary.Progs {
		assert.NotEqual(t, elf.PT_INTERP, part.Type, "no loader is in the image")
	}
	assert.Nil(t, binary.Section(".symtab"), "it is stripped")
}
