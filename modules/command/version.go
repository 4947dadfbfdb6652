package command

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/orchestrix/orchestrix/platform/buildinfo"
)

func versionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Tell what this binary was built from",
		Args:  noArguments,
	}
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		info := buildinfo.Get()
		if *asJSON {
			return writeJSON(cmd, info)
		}
		t := newTable(cmd)
		t.row("orchestrix", info.Version)
		t.row("commit", info.Commit)
		t.row("date", info.Date)
		t.row("go", fmt.Sprintf("%s %s/%s", info.Go, runtime.GOOS, runtime.GOARCH))
		return t.flush()
	}
	return cmd
}
