// Package docs_test keeps docs/ and the README true: the pages that come from the
// registries agree with them, what is named exists, and what is shown works.
package docs_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/template"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "github.com/orchestrix/orchestrix/modules" // registers every route and step type
	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/engine"
)

const root = "../.."

var update = flag.Bool("update", false, "write the generated pages anew")

func TestGeneratedPages(t *testing.T) {
	pages := map[string]any{
		"endpoints.md": endpointsPage(app.Routes.Routes()),
		"steps.md":     stepsPage(engine.Steps.All()),
	}
	for name, content := range pages {
		t.Run(name, func(t *testing.T) {
			want, path := fill(t, name+".tmpl", content), filepath.Join(root, "docs", name)
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(want), 0o644))
			}
			assert.Equal(t, want, read(t, path), "it is stale: make docs")
		})
	}
}

// TestWordsAreExplained demands a meaning for every word in the tables of the
// pages.
func TestWordsAreExplained(t *testing.T) {
	for _, route := range app.Routes.Routes() {
		assert.NotEmpty(t, auths[route.Auth].Name, "%s: say in auths who %q is", route.ID, route.Auth)
	}
	for _, stepType := range engine.Steps.All() {
		for _, f := range stepType.Fields {
			assert.True(t, slices.ContainsFunc(kinds, func(m meaning) bool { return m.Name == string(f.Kind) }),
				"%s.%s: say in kinds what a %s is", stepType.Type, f.Name, f.Kind)
		}
	}
}

// fill writes a page by its template. Pages are full of {{variables}}, so the
// templates have marks of their own.
func fill(t *testing.T, name string, content any) string {
	t.Helper()
	page, err := template.New(name).Delims("<<", ">>").Funcs(template.FuncMap{
		"file": func(path string) string { return strings.TrimSpace(read(t, filepath.Join(root, path))) },
	}).ParseFiles(name)
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, page.Execute(&b, content))
	return strings.TrimSpace(b.String()) + "\n"
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

// cell is text that may stand in a cell of a table.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

// meaning explains a word that the tables of a page use.
type meaning struct{ Name, Meaning string }
