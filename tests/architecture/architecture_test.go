// Package architecture_test keeps the rules that hold the house together.
package architecture_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	root   = "../.."
	module = "github.com/orchestrix/orchestrix/"
	driver = "go.mongodb.org/mongo-driver/"
)

// eachFile calls visit with every file of the repository, by its path in it. What
// people and tools leave there is none of it.
func eachFile(t *testing.T, visit func(path string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		relative = filepath.ToSlash(relative)
		switch {
		case entry.IsDir() && (slices.Contains([]string{".git", "data", "bin"}, relative) || entry.Name() == "node_modules"):
			return filepath.SkipDir
		case !entry.IsDir() && relative != ".env":
			visit(relative)
		}
		return nil
	})
	require.NoError(t, err)
}

func imports(t *testing.T, path string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, path), nil, parser.ImportsOnly)
	require.NoError(t, err)
	var all []string
	for _, spec := range file.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		require.NoError(t, err)
		all = append(all, name)
	}
	return all
}

func TestImportRules(t *testing.T) {
	eachFile(t, func(path string) {
		if !strings.HasSuffix(path, ".go") {
			return
		}
		for _, name := range imports(t, path) {
			if why := forbidden(path, name); why != "" {
				t.Errorf("%s imports %s: %s", path, name, why)
			}
		}
	})
}

func forbidden(path, name string) string {
	test := strings.HasSuffix(path, "_test.go")
	own := strings.TrimPrefix(name, module)
	switch {
	case name == "log":
		return "use platform/logging"
	case strings.HasPrefix(name, driver) && !strings.HasPrefix(name, driver+"bson") &&
		!strings.HasPrefix(path, "platform/mongo/") && !strings.HasPrefix(path, "tests/wire/"):
		return "only platform/mongo speaks to the driver"
	case own == name || test:
		return ""
	case strings.HasPrefix(path, "platform/") && (strings.HasPrefix(own, "modules") || own == "config"):
		return "the platform knows neither the modules nor the settings"
	case strings.HasPrefix(path, "platform/engine/") && own != "platform/doc":
		return "the engine knows documents and nothing else"
	case strings.HasPrefix(path, "modules/steps/") && own != "platform/doc" && own != "platform/engine":
		return "a step type knows the engine and nothing else"
	case domain(path) != "" && domain(own+"/") != "" && domain(path) != domain(own+"/"):
		return "domains do not know each other"
	case strings.HasPrefix(path, "modules/core/") && domain(own+"/") != "":
		return "what domains share does not know them"
	}
	return ""
}

// domain is the domain that a file belongs to: modules/<domain>/..., but not
// the shared core.
func domain(path string) string {
	parts := strings.Split(path, "/")
	if len(parts) < 3 || parts[0] != "modules" || parts[1] == "core" {
		return ""
	}
	return parts[1]
}

func TestFilesStayShort(t *testing.T) {
	eachFile(t, func(path string) {
		if !strings.HasSuffix(path, ".go") {
			return
		}
		text, err := os.ReadFile(filepath.Join(root, path))
		require.NoError(t, err)
		limit := 300
		if strings.HasSuffix(path, "_test.go") {
			limit = 500
		}
		assert.LessOrEqual(t, strings.Count(string(text), "\n"), limit, "%s: split it", path)
	})
}

// The framework and the cache server of the old backend are named in one place:
// the README's section on differences. This file must not name them either.
func TestOldNamesStayOut(t *testing.T) {
	names := []string{"mot" + "ia", "red" + "is"}
	eachFile(t, func(path string) {
		text, err := os.ReadFile(filepath.Join(root, path))
		require.NoError(t, err)
		lower := strings.ToLower(string(text))
		if path == "README.md" {
			lower = withoutSection(lower, "## differences")
		}
		for _, name := range names {
			assert.NotContains(t, path, name)
			for at, rest := 0, lower; ; {
				i := strings.Index(rest, name)
				if i < 0 {
					break
				}
				at += i
				if !insideWord(lower, at, len(name)) {
					t.Errorf("%s names %s", path, name)
					break
				}
				at += len(name)
				rest = lower[at:]
			}
		}
	})
}

// insideWord lets words pass that only contain a name ("redistribute").
func insideWord(text string, at, length int) bool {
	letter := func(i int) bool { return i >= 0 && i < len(text) && text[i] >= 'a' && text[i] <= 'z' }
	return letter(at-1) || letter(at+length)
}

func withoutSection(text, heading string) string {
	before, rest, found := strings.Cut(text, heading)
	if !found {
		return text
	}
	_, after, _ := strings.Cut(rest, "\n## ")
	return before + after
}

func TestTopLevelStaysSmall(t *testing.T) {
	known := map[string]bool{}
	for _, name := range strings.Fields("main.go modules platform config tests go.mod go.sum README.md CONTRIBUTING.md LICENSE Makefile Dockerfile data bin docs CHANGELOG.md SECURITY.md compose.yaml") {
		known[name] = true
	}
	entries, err := os.ReadDir(root)
	require.NoError(t, err)
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), ".") && !known[entry.Name()] {
			t.Errorf("%s does not belong at the top level", entry.Name())
		}
	}
}
