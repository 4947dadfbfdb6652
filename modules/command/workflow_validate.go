package command

import (
	"fmt"

	"github.com/spf13/cobra"
)

func workflowValidateCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "validate FILE",
		Short:   "List what is wrong with a workflow, whatever it is called with",
		Example: "  orchestrix workflow validate signup.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := readWorkflow(cmd, args[0])
			if err != nil {
				return err
			}
			if err := checkWorkflow(cmd.OutOrStdout(), args[0], d); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: ok, %s\n", spoken(args[0]), count(len(d.Steps)))
			return err
		},
	}
}
