package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	// named is a file or directory of the repository that a page names.
	named = regexp.MustCompile("(?m)(?:^|[\\s`(@|])((?:\\.ci|config|docs|modules|platform|tests)/[\\w.*/-]*|main\\.go|Makefile|Dockerfile|compose\\.yaml|[A-Z]+\\.md|\\.env\\.example)")
	link  = regexp.MustCompile(`\]\(([^)#\s]+)[^)]*\)`)
)

// TestNamedPathsExist holds every path in the pages against the repository.
func TestNamedPathsExist(t *testing.T) {
	for _, page := range append(pages(t), filepath.Join(root, "SECURITY.md"), filepath.Join(root, "CHANGELOG.md")) {
		text := read(t, page)
		for _, found := range named.FindAllStringSubmatchIndex(text, -1) {
			path := strings.TrimRight(text[found[2]:found[3]], ".")
			if strings.HasPrefix(text[found[3]:], "<") || strings.HasSuffix(text[:found[3]], "...") {
				continue // a path with a part left open
			}
			matches, err := filepath.Glob(filepath.Join(root, path))
			require.NoError(t, err)
			assert.NotEmpty(t, matches, "%s names %s", filepath.Base(page), path)
		}
		for _, found := range link.FindAllStringSubmatch(text, -1) {
			if strings.Contains(found[1], "://") {
				continue
			}
			_, err := os.Stat(filepath.Join(filepath.Dir(page), found[1]))
			assert.NoError(t, err, "%s links to %s", filepath.Base(page), found[1])
		}
	}
}

// TestEveryPackageIsOnTheMap demands a row in docs/architecture.md for what is new.
func TestEveryPackageIsOnTheMap(t *testing.T) {
	page := read(t, filepath.Join(root, "docs", "architecture.md"))
	for _, pattern := range []string{"platform/*", "modules/core/*"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		for _, directory := range found {
			name, err := filepath.Rel(root, directory)
			require.NoError(t, err)
			assert.True(t, strings.Contains(page, "`"+filepath.ToSlash(name)+"`"), "%s has no row in docs/architecture.md", name)
		}
	}
}

func TestEveryPageIsListed(t *testing.T) {
	index := read(t, filepath.Join(root, "docs", "README.md"))
	for _, page := range pages(t) {
		name := filepath.Base(page)
		assert.True(t, name == "README.md" || strings.Contains(index, "]("+name+")"), "%s is not listed in docs/README.md", name)
	}
}
