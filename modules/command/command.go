// Package command is the command line: one file for each command. A command
// writes to the streams that it is given and returns what went wrong; the caller
// makes an exit status of that.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/orchestrix/orchestrix/platform/buildinfo"
)

// Streams are what a command reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer // what was asked for, and what is said besides
}

// ErrReported is a failure that the command has told about already.
var ErrReported = errors.New("failed")

// Run runs the command that args name, until it is done or ctx ends. Without one
// it serves.
func Run(ctx context.Context, args []string, streams Streams) error {
	root := Root()
	root.SetArgs(args)
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.Err)
	return root.ExecuteContext(ctx)
}

// Root is the tree of all commands.
func Root() *cobra.Command {
	root := serveCommand()
	root.Use = "orchestrix"
	root.Short = "Serve workflows as live REST endpoints"
	root.Long = root.Short + "; without a command, serve."
	root.Args = noArguments
	root.Version = buildinfo.Get().Version
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())
	})
	root.AddCommand(serveCommand(), workflowCommand(), modulesCommand(), newCommand(), configCommand(), healthcheckCommand(), versionCommand())
	root.SetHelpCommand(helpCommand())
	return root
}

// group makes a command that only holds others.
func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		Args:  noArguments,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(commands...)
	return cmd
}

func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: "Tell about a command",
		RunE: func(cmd *cobra.Command, args []string) error {
			target, rest, err := cmd.Root().Find(args)
			if err != nil {
				return err
			}
			if err := noArguments(target, rest); err != nil {
				return err
			}
			target.InitDefaultHelpFlag()
			return target.Help()
		},
	}
}

// noArguments refuses arguments: to a command that takes none, each is a command
// that there is not.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return fmt.Errorf("unknown command %q for %q; did you mean %q?", args[0], cmd.CommandPath(), near[0])
	}
	return fmt.Errorf("unknown command %q for %q; see %s --help", args[0], cmd.CommandPath(), cmd.CommandPath())
}
