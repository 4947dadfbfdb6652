package console_test

import (
	"io/fs"
	"net/http"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/modulestest"
)

const official = "socket.io.min.js" // the client as its makers ship it

func TestPage(t *testing.T) {
	host := modulestest.Start(t, "console.page", "console.file")
	for path, kind := range map[string]string{
		"/console":                       "text/html; charset=utf-8",
		"/console/":                      "text/html; charset=utf-8",
		"/console/app.js":                "text/javascript; charset=utf-8",
		"/console/console.css":           "text/css; charset=utf-8",
		"/console/icon.svg":              "image/svg+xml",
		"/console/" + official:           "text/javascript; charset=utf-8",
		"/console/socket.io.LICENSE.txt": "text/plain; charset=utf-8",
	} {
		got := host.Call(http.MethodGet, path, "")
		assert.Equal(t, http.StatusOK, got.Status, path)
		assert.Equal(t, kind, got.Header.Get("Content-Type"), path)
		policy := got.Header.Get("Content-Security-Policy")
		assert.Contains(t, policy, "default-src 'none'", path)
		assert.NotContains(t, policy, "unsafe", path)

		tag := got.Header.Get("ETag")
		require.NotEmpty(t, tag, path)
		again := host.Call(http.MethodGet, path, "", "If-None-Match", tag)
		assert.Equal(t, http.StatusNotModified, again.Status, path)
		assert.Empty(t, again.Body, path)
		assert.Equal(t, tag, again.Header.Get("ETag"), path)

		head := host.Call(http.MethodHead, path, "")
		assert.Equal(t, http.StatusOK, head.Status, path)
		assert.Empty(t, head.Body, path)
		assert.Equal(t, got.Header.Get("Content-Length"), head.Header.Get("Content-Length"), path)
	}
	for _, path := range []string{"/console/missing.js", "/console/console.go", "/console/..%2Fconsole.go", "/console/page%2Fapp.js", "/console/a/b"} {
		assert.Equal(t, http.StatusNotFound, host.Call(http.MethodGet, path, "").Status, path)
	}
	assert.Equal(t, http.StatusNotFound, host.Call(http.MethodPost, "/console", "{}").Status)
}

func TestSession(t *testing.T) {
	t.Setenv("APP_NAME", "Acme")
	host := modulestest.Start(t, "console.session")
	got := host.Call(http.MethodGet, "/console/session", "")
	assert.Equal(t, `{"appName":"Acme","loginRequired":false}`, got.Body)
}

func TestSessionWhereALoginIsRequired(t *testing.T) {
	t.Setenv("AUTH_MODE", "required")
	host := modulestest.Start(t, "console.session", "auth.register", "auth.logout")
	const nobody = `{"appName":"Orchestrix","loginRequired":true}`
	assert.Equal(t, nobody, host.Call(http.MethodGet, "/console/session", "").Body)

	registered := host.Call(http.MethodPost, "/auth/register", `{"email":"ann@example.com","password":"correct horse","name":"Ann"}`)
	require.Equal(t, http.StatusCreated, registered.Status, registered.Body)
	cookie, _, _ := strings.Cut(registered.Header.Get("Set-Cookie"), ";")
	const ann = `{"appName":"Orchestrix","loginRequired":true,"user":{"email":"ann@example.com","name":"Ann"}}`
	assert.Equal(t, ann, host.Call(http.MethodGet, "/console/session", "", "Cookie", cookie).Body)
	assert.Equal(t, nobody, host.Call(http.MethodGet, "/console/session", "", "Cookie", cookie, "Origin", "http://evil.example").Body)

	require.Equal(t, http.StatusOK, host.Call(http.MethodPost, "/auth/logout", "{}", "Cookie", cookie).Status)
	assert.Equal(t, nobody, host.Call(http.MethodGet, "/console/session", "", "Cookie", cookie).Body)
}

// eachFile calls visit with the text of every file of the page.
func eachFile(t *testing.T, visit func(name, text string)) {
	t.Helper()
	files, err := fs.ReadDir(os.DirFS("page"), ".")
	require.NoError(t, err)
	for _, f := range files {
		text, err := os.ReadFile(path.Join("page", f.Name()))
		require.NoError(t, err)
		visit(f.Name(), string(text))
	}
}

// forbidden is what the policy of the page does not let it do, and what would make
// markup of other people's text.
var forbidden = regexp.MustCompile(`https?://|//# |<style|\sstyle="|<script>|\son\w+="|javascript:|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|@import|url\(["'/]`)

var drawing = strings.NewReplacer("http://www.w3.org/2000/svg", "") // a name, never loaded

func TestFilesLoadNothingFromElsewhere(t *testing.T) {
	eachFile(t, func(name, text string) {
		if strings.HasPrefix(name, "socket.io.") {
			return
		}
		assert.Empty(t, forbidden.FindAllString(drawing.Replace(text), -1), name)
	})
}

func TestFilesStaySmall(t *testing.T) {
	eachFile(t, func(name, text string) {
		if name == official {
			assert.Less(t, len(text), 64<<10, name)
			assert.Contains(t, text, "Socket.IO v4.8.4", name)
			return
		}
		assert.Less(t, len(text), 24<<10, name)
		assert.LessOrEqual(t, strings.Count(text, "\n"), 250, name)
	})
}

var reference = regexp.MustCompile(`(?:href|src)="/console/([^"]+)"|from '\./([^']+)'`)

// TestFilesAreThere finds a file that the page names and does not have, and one
// that nothing names.
func TestFilesAreThere(t *testing.T) {
	have, named := map[string]bool{}, map[string]bool{"index.html": true, "socket.io.LICENSE.txt": true}
	eachFile(t, func(name, text string) {
		have[name] = true
		for _, found := range reference.FindAllStringSubmatch(text, -1) {
			named[found[1]+found[2]] = true
		}
	})
	assert.Equal(t, named, have)
}
