// Package buildinfo says what this binary was built from.
package buildinfo

import (
	"cmp"
	"runtime/debug"
	"strings"
)

// Stamped by the Makefile: -ldflags "-X .../platform/buildinfo.version=v1.2.3".
var version, commit, date string

// Info is what a binary was built from. What is not known is empty.
type Info struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Date    string `json:"date"` // of the build when it was stamped, else of the commit
	Go      string `json:"go"`
}

// Get returns what was stamped into the binary, else what the Go tool has noted in
// it. A build that nobody named is "devel".
func Get() Info {
	built, ok := debug.ReadBuildInfo()
	if !ok {
		built = new(debug.BuildInfo)
	}
	noted := map[string]string{}
	for _, setting := range built.Settings {
		noted[setting.Key] = setting.Value
	}
	revision := noted["vcs.revision"]
	if noted["vcs.modified"] == "true" {
		revision += " with changes"
	}
	return Info{
		Version: cmp.Or(version, strings.Trim(built.Main.Version, "()"), "devel"),
		Commit:  cmp.Or(commit, revision),
		Date:    cmp.Or(date, noted["vcs.time"]),
		Go:      built.GoVersion,
	}
}
