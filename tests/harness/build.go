// Package harness runs the real program as its own process, for the tests that
// kill it, load it and weigh it.
package harness

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

const module = "github.com/orchestrix/orchestrix"

// Build builds the program into a directory, as a release is built, and returns
// its path.
func Build(ctx context.Context, dir string) (path string, err error) {
	return BuildPackage(ctx, dir, "")
}

// BuildPackage builds the command in a folder of the repository the same way.
func BuildPackage(ctx context.Context, dir, folder string) (path string, err error) {
	pkg := module
	if folder != "" {
		pkg += "/" + folder
	}
	path = filepath.Join(dir, filepath.Base(pkg))
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, pkg)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return "", fmt.Errorf("building %s: %w", pkg, err)
	}
	return path, nil
}
