// Package assets serves the embedded files of the pages that the program brings
// along: read once, sent with a tag that saves sending them again, and under a
// policy by which a page runs and loads only what came with it.
package assets

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/registry"
)

// policy lets a page run, load and call only what its own server gives it, and
// nobody frame it. Pages have no inline scripts or styles.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// types are those of the files that pages have. The machine's own table may know
// less, or something else.
var types = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
	".json": "application/json; charset=utf-8",
	".txt":  "text/plain; charset=utf-8",
}

// Site is a set of files, by their names.
type Site struct{ files map[string]*File }

// File is what is sent under one name.
type File struct {
	body   []byte
	header []registry.Header
	tag    string
}

// New reads the files of one directory.
func New(dir fs.FS) (*Site, error) {
	s := &Site{files: map[string]*File{}}
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		return nil, fmt.Errorf("assets: %w", err)
	}
	for _, e := range entries {
		body, err := fs.ReadFile(dir, e.Name())
		if err != nil {
			return nil, fmt.Errorf("assets: %w", err)
		}
		s.files[e.Name()] = NewFile(e.Name(), body)
	}
	return s, nil
}

// Must is New for files that are embedded, and therefore there.
func Must(dir fs.FS, err error) *Site {
	if err != nil {
		panic(err)
	}
	s, err := New(dir)
	if err != nil {
		panic(err)
	}
	return s
}

// NewFile is a file that was made; its name says its type.
func NewFile(name string, body []byte) *File {
	kind := types[path.Ext(name)]
	if kind == "" {
		kind = mime.TypeByExtension(path.Ext(name))
	}
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	return &File{body: body, tag: tag, header: []registry.Header{
		{Name: "Content-Type", Value: kind},
		{Name: "Content-Security-Policy", Value: policy},
		{Name: "X-Content-Type-Options", Value: "nosniff"},
		{Name: "Referrer-Policy", Value: "no-referrer"},
		{Name: "Cache-Control", Value: "no-cache"}, // asked for again each time, sent again only when it is new
		{Name: "ETag", Value: tag},
	}}
}

// Reply answers with a file, or with a 304 when the caller says in If-None-Match
// that it has it. An unknown name is a 404.
func (s *Site) Reply(name, ifNoneMatch string) (*registry.Reply, error) {
	f, ok := s.files[name]
	if !ok {
		return nil, apierr.NotFound("Not Found").WithMessage("There is no such file")
	}
	return f.Reply(ifNoneMatch), nil
}

// Reply answers with the file, or with a 304.
func (f *File) Reply(ifNoneMatch string) *registry.Reply {
	if has(ifNoneMatch, f.tag) {
		return &registry.Reply{Status: http.StatusNotModified, Header: f.header}
	}
	return &registry.Reply{Header: f.header, Body: f.body}
}

// has compares as RFC 9110, 13.1.2: weakly, with any of a list.
func has(ifNoneMatch, tag string) bool {
	for t := range strings.SplitSeq(ifNoneMatch, ",") {
		if t = strings.TrimSpace(t); t == "*" || strings.TrimPrefix(t, "W/") == tag {
			return true
		}
	}
	return false
}
