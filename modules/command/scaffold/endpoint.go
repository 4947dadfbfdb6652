package scaffold

import (
	"path"
	"path/filepath"
	"strings"
)

// Endpoint writes an endpoint and its test into the repository.
func Endpoint(root, domain, action string) (Written, error) {
	module, err := modulePath(root)
	if err != nil {
		return Written{}, err
	}
	if err := checkDomain(domain); err != nil {
		return Written{}, err
	}
	parts, err := words("an action", action)
	if err != nil {
		return Written{}, err
	}
	dir, name := path.Join("modules", domain), strings.Join(parts, "_")
	existing, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
	if err != nil {
		return Written{}, err
	}
	values := map[string]any{
		"Module": module, "Domain": domain, "Tag": title(domain), "First": len(existing) == 0,
		"Action": action, "Function": function(action), "Name": title(action), "Path": strings.Join(parts, "-"),
	}
	test := "Test" + title(action)
	files, err := pair(root, dir, name, "endpoint", values, function(action), action+"Request", action+"Response", test)
	if err != nil {
		return Written{}, err
	}
	list, err := withDomain(root, module, domain)
	if err != nil {
		return Written{}, err
	}
	written, err := write(root, append(files, list...)...)
	return Written{Files: written, Package: "./" + dir, Test: test}, err
}

// pair makes a file and its test of templates, unless they are there or declare
// names that their package has.
func pair(root, dir, name, kind string, values any, names ...string) ([]file, error) {
	var files []file
	for _, end := range []string{".go", "_test.go"} {
		f, err := render(path.Join(dir, name+end), kind+end+".tmpl", values)
		if err != nil {
			return nil, err
		}
		if err := absent(root, f.path); err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, refuse(root, dir, names...)
}
