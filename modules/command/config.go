package command

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/orchestrix/orchestrix/config"
)

func configCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Show the settings in force and where they come from, without secrets",
		Args:  noArguments,
	}
	flags := settingsFlags(cmd)
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		settings, err := config.Load(flags)
		if err != nil {
			return err
		}
		for _, warning := range settings.Warnings() {
			if _, err := fmt.Fprintln(cmd.ErrOrStderr(), "warning:", warning); err != nil {
				return err
			}
		}
		if *asJSON {
			return writeJSON(cmd, settings.Values())
		}
		t := newTable(cmd)
		t.head("NAME", "VALUE", "FROM")
		for _, v := range settings.Values() {
			t.row(v.Name, v.Value, v.Source)
		}
		return t.flush()
	}
	return cmd
}
