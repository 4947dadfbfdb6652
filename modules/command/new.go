package command

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/orchestrix/orchestrix/modules/command/scaffold"
)

func newCommand() *cobra.Command {
	return group("new", "Write an endpoint or a step type to begin with", newEndpointCommand(), newStepCommand())
}

func newEndpointCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "endpoint DOMAIN ACTION",
		Short: "Write modules/DOMAIN/ACTION.go and its test",
		Long: "Write an endpoint that answers with what it was sent, and its test, in the root of the repository. A new\n" +
			"domain also gets its line in modules/modules.go.",
		Example: "  go run . new endpoint orders list",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			written, err := scaffold.Endpoint(".", args[0], args[1])
			return tellWritten(cmd, written, err)
		},
	}
}

func newStepCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "step TYPE",
		Short:   "Write modules/steps/TYPE.go and its test",
		Long:    "Write a step type that writes a text in capital letters, and its test, in the root of the repository.",
		Example: "  go run . new step upperCase",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			written, err := scaffold.Step(".", args[0])
			return tellWritten(cmd, written, err)
		},
	}
}

func tellWritten(cmd *cobra.Command, w scaffold.Written, err error) error {
	if err != nil {
		return err
	}
	for _, file := range w.Files {
		if _, err := fmt.Fprintln(cmd.OutOrStdout(), "wrote", file); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "It works as it is; make it do what you want, and try it:\n  go test %s -run '^%s$'\n", w.Package, w.Test)
	return err
}
