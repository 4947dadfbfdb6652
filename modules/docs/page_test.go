package docs_test

import (
	"io/fs"
	"net/http"
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/modulestest"
)

func TestThePageAndItsFiles(t *testing.T) {
	host := modulestest.Start(t, "docs.page", "docs.asset")
	page := host.Call(http.MethodGet, "/docs", "")
	require.Equal(t, http.StatusOK, page.Status)
	assert.Equal(t, "text/html; charset=utf-8", page.Header.Get("Content-Type"))
	assert.Contains(t, page.Header.Get("Content-Security-Policy"), "script-src 'self'")
	assert.Equal(t, page.Body, host.Call(http.MethodGet, "/docs/", "").Body)

	files := os.DirFS("page")
	entries, err := fs.ReadDir(files, ".")
	require.NoError(t, err)
	for _, e := range entries {
		text, err := fs.ReadFile(files, e.Name())
		require.NoError(t, err)
		got := host.Call(http.MethodGet, "/docs/"+e.Name(), "")
		assert.Equal(t, http.StatusOK, got.Status, e.Name())
		assert.Equal(t, string(text), got.Body, e.Name())
		again := host.Call(http.MethodGet, "/docs/"+e.Name(), "", "If-None-Match", got.Header.Get("ETag"))
		assert.Equal(t, http.StatusNotModified, again.Status, e.Name())
		holdsPolicy(t, host, e.Name(), got.Body)
	}
	for _, path := range []string{"/docs/missing.js", "/docs/..%2Fpage.go", "/docs/page"} {
		assert.Equal(t, http.StatusNotFound, host.Call(http.MethodGet, path, "").Status, path)
	}
}

var (
	inline = regexp.MustCompile(`<script(?:\s+type="module")?>|<style|\son\w+=|\sstyle=|javascript:`)
	loaded = regexp.MustCompile(`(?:src|href)="(/docs/[^"]+)"|from '(/docs/[^']+)'`)
)

// The page keeps to its policy: nothing inline, nothing from elsewhere, and what
// it loads is there.
func holdsPolicy(t *testing.T, host *modulestest.Host, name, text string) {
	t.Helper()
	if regexp.MustCompile(`\.html$`).MatchString(name) {
		assert.NotRegexp(t, inline, text, name)
		assert.NotRegexp(t, `(src|href)="(https?:)?//`, text, name)
	}
	assert.NotRegexp(t, `innerHTML|insertAdjacentHTML|document\.write|\beval\(`, text, name)
	for _, m := range loaded.FindAllStringSubmatch(text, -1) {
		assert.Equal(t, http.StatusOK, host.Call(http.MethodGet, m[1]+m[2], "").Status, "%s loads %s", name, m[0])
	}
}
