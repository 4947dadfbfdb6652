// Package scaffold writes files to begin with: an endpoint or a step type that
// works, and its test.
package scaffold

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"go/format"
	"io/fs"
	"os"
	"path/filepath"
	"text/template"
)

//go:embed templates
var sources embed.FS

// The templates' own marks are not those of workflows.
var templates = template.Must(template.New("").Delims("<<", ">>").ParseFS(sources, "templates/*.tmpl"))

// Written says what was written.
type Written struct {
	Files   []string // by their paths in the repository
	Package string   // to test
	Test    string
}

// file is a file to write.
type file struct {
	path    string // in the repository
	text    []byte
	changed bool // it is there and is replaced
}

// render makes a file of a template.
func render(path, name string, values any) (file, error) {
	var text bytes.Buffer
	if err := templates.ExecuteTemplate(&text, name, values); err != nil {
		return file{}, err
	}
	source, err := format.Source(text.Bytes())
	return file{path: path, text: source}, err
}

// write writes all files or none.
func write(root string, files ...file) (paths []string, err error) {
	var made []string
	defer func() {
		if err == nil {
			return
		}
		for _, path := range made {
			_ = os.Remove(path) // one that is not there is fine
		}
	}()
	for _, f := range files {
		path := filepath.Join(root, f.path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return nil, err
		}
		if !f.changed {
			made = append(made, path)
		}
		if err := os.WriteFile(path, f.text, 0o644); err != nil {
			return nil, err
		}
		paths = append(paths, f.path)
	}
	return paths, nil
}

// absent refuses a path at which there is something.
func absent(root, path string) error {
	_, err := os.Lstat(filepath.Join(root, path))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("%s exists already", path)
}
