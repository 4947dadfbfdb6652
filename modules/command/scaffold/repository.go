package scaffold

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// domains is the file that lists the domains.
const domains = "modules/modules.go"

var moduleLine = regexp.MustCompile(`(?m)^module\s+(\S+)$`)

// modulePath is the path of the module whose repository root is.
func modulePath(root string) (string, error) {
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	found := moduleLine.FindSubmatch(text)
	_, listed := os.Stat(filepath.Join(root, domains))
	if err != nil || found == nil || listed != nil {
		return "", fmt.Errorf("new writes source code: run it in the root of the repository, where go.mod and %s are", domains)
	}
	return string(found[1]), nil
}

// refuse says which of the names a package has already, in the files of a
// directory that may not be there yet.
func refuse(root, dir string, names ...string) error {
	paths, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
	if err != nil {
		return err
	}
	for _, path := range paths {
		parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, name := range declared(parsed) {
			if slices.Contains(names, name) {
				return fmt.Errorf("%s has a %s already; choose another name", path, name)
			}
		}
	}
	return nil
}

// declared lists what a file declares for its package.
func declared(f *ast.File) (names []string) {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				names = append(names, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					names = append(names, spec.Name.Name)
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						names = append(names, name.Name)
					}
				}
			}
		}
	}
	return names
}

// withDomain is the list of domains with one more, in its place, or nothing when
// it is there.
func withDomain(root, module, domain string) ([]file, error) {
	text, err := os.ReadFile(filepath.Join(root, domains))
	if err != nil {
		return nil, err
	}
	path := fmt.Sprintf("%q", module+"/modules/"+domain)
	if bytes.Contains(text, []byte(path)) {
		return nil, nil
	}
	before, after, found := strings.Cut(string(text), "import (\n")
	if !found {
		return nil, errors.New(domains + ` has no "import (" to add the domain to`)
	}
	line := fmt.Sprintf("\t_ %s // /%s\n", path, domain)
	sorted, err := format.Source([]byte(before + "import (\n" + line + after)) // which sorts imports
	if err != nil {
		return nil, fmt.Errorf("%s: %w", domains, err)
	}
	return []file{{path: domains, text: sorted, changed: true}}, nil
}
