package assets_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/assets"
	"github.com/orchestrix/orchestrix/platform/registry"
)

func site(t *testing.T) *assets.Site {
	t.Helper()
	s, err := assets.New(fstest.MapFS{"index.html": {Data: []byte("<p>")}, "app.js": {Data: []byte("go()")}})
	require.NoError(t, err)
	return s
}

func header(r *registry.Reply, name string) string {
	for _, h := range r.Header {
		if h.Name == name {
			return h.Value
		}
	}
	return ""
}

func TestFilesComeWithTypePolicyAndTag(t *testing.T) {
	for name, kind := range map[string]string{"index.html": "text/html; charset=utf-8", "app.js": "text/javascript; charset=utf-8"} {
		reply, err := site(t).Reply(name, "")
		require.NoError(t, err)
		assert.Equal(t, kind, header(reply, "Content-Type"))
		assert.Contains(t, header(reply, "Content-Security-Policy"), "default-src 'none'; script-src 'self'")
		assert.NotContains(t, header(reply, "Content-Security-Policy"), "unsafe")
		assert.NotEmpty(t, reply.Body)
	}
}

func TestWhatTheCallerHasIsNotSentAgain(t *testing.T) {
	s := site(t)
	first, err := s.Reply("app.js", "")
	require.NoError(t, err)
	tag := header(first, "ETag")
	for _, has := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
		reply, err := s.Reply("app.js", has)
		require.NoError(t, err)
		assert.Equal(t, 304, reply.Status, has)
		assert.Nil(t, reply.Body)
		assert.Equal(t, tag, header(reply, "ETag"))
	}
	reply, err := s.Reply("app.js", `"other"`)
	require.NoError(t, err)
	assert.Zero(t, reply.Status)
}

func TestUnknownNames(t *testing.T) {
	for _, name := range []string{"", ".", "..", "../assets.go", "missing.js"} {
		_, err := site(t).Reply(name, "")
		var refused *apierr.Error
		require.ErrorAs(t, err, &refused, name)
		assert.Equal(t, 404, refused.Status)
	}
}
