package ship_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestContext holds .dockerignore against what the program is compiled of, and
// what must never leave this machine.
func TestContext(t *testing.T) {
	patterns, err := ignorefile.ReadAll(bytes.NewReader(read(t, ".dockerignore")))
	require.NoError(t, err)
	ignored, err := patternmatcher.New(patterns)
	require.NoError(t, err)

	for _, path := range append(sources(t), "go.mod", "go.sum", "Makefile") {
		left, err := ignored.MatchesOrParentMatches(path)
		require.NoError(t, err)
		assert.False(t, left, "the build needs %s", path)
	}
	for _, path := range []string{".env", ".env.local", "data/orchestrix.db", ".git/config", "bin/orchestrix", "README.md", "tests/e2e/signup.json", "config/load_test.go"} {
		left, err := ignored.MatchesOrParentMatches(path)
		require.NoError(t, err)
		assert.True(t, left, "the build does not need %s", path)
	}
}

// sources are the files of this repository that the program is compiled of.
func sources(t *testing.T) (files []string) {
	t.Helper()
	directory, err := filepath.Abs(root)
	require.NoError(t, err)
	command := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=Dir,Module,GoFiles,EmbedFiles", ".")
	command.Dir = directory
	output, err := command.Output()
	require.NoError(t, err)
	for decoder := json.NewDecoder(bytes.NewReader(output)); decoder.More(); {
		var p struct {
			Dir                 string
			Module              *struct{ Main bool }
			GoFiles, EmbedFiles []string
		}
		require.NoError(t, decoder.Decode(&p))
		if p.Module == nil || !p.Module.Main {
			continue
		}
		for _, file := range append(p.GoFiles, p.EmbedFiles...) {
			files = append(files, strings.TrimPrefix(filepath.Join(p.Dir, file), directory+"/"))
		}
	}
	require.NotEmpty(t, files)
	return files
}
