package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/orchestrix/orchestrix/config"
	"github.com/orchestrix/orchestrix/modules"
	"github.com/orchestrix/orchestrix/modules/core/runs"
	"github.com/orchestrix/orchestrix/modules/core/workflows"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

func workflowRunCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run FILE",
		Short: "Run a workflow on an empty store that is gone afterwards",
		Long: "Run a workflow as a call of its API would, on an empty store that is gone afterwards and without a port.\n" +
			"The log goes to standard error, step by step, and the answer to standard output. Mails are sent as the\n" +
			"settings say. The exit status is 1 when the run failed.",
		Example: "  orchestrix workflow run signup.json --input '{\"email\":\"ada@example.com\",\"name\":\"Ada\"}'\n" +
			"  orchestrix workflow run signup.json --input @ada.json | jq .email",
		Args: cobra.ExactArgs(1),
	}
	flags := settingsFlags(cmd, "config", "log-level")
	input := cmd.Flags().String("input", "{}", "what to call it with: a JSON object, @FILE, or - for standard input")
	authorization := cmd.Flags().String("authorization", "", "Authorization header to call it with, or @FILE")
	verbose := cmd.Flags().BoolP("verbose", "v", false, "also show what the steps take and give")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if args[0] == "-" && *input == "-" {
			return errors.New("standard input can be the workflow or its input, not both")
		}
		d, err := readWorkflow(cmd, args[0])
		if err != nil {
			return err
		}
		if err := checkWorkflow(cmd.ErrOrStderr(), args[0], d); err != nil {
			return err
		}
		call, err := readCall(cmd, *input, *authorization)
		if err != nil {
			return err
		}
		progress := newProgress(cmd.ErrOrStderr(), *verbose)
		call.Watch = progress.entry
		settings, err := runSettings(flags)
		if err != nil {
			return err
		}
		return runWorkflow(cmd, settings, d, call)
	}
	return cmd
}

// readCall makes a call of what was given for it.
func readCall(cmd *cobra.Command, input, authorization string) (runs.Call, error) {
	read := func(value string) ([]byte, error) {
		if value == "-" {
			return readFile(cmd, value)
		}
		if name, isFile := strings.CutPrefix(value, "@"); isFile {
			return readFile(cmd, name)
		}
		return []byte(value), nil
	}
	text, err := read(input)
	if err != nil {
		return runs.Call{}, fmt.Errorf("--input: %w", err)
	}
	v, err := doc.Decode(text)
	if err != nil {
		return runs.Call{}, fmt.Errorf("--input: %w", err)
	}
	o, isObject := v.(doc.Object)
	if !isObject {
		return runs.Call{}, errors.New("--input must be a JSON object")
	}
	header, err := read(authorization)
	if err != nil {
		return runs.Call{}, fmt.Errorf("--authorization: %w", err)
	}
	return runs.Call{Input: o, Authorization: string(bytes.TrimSpace(header))}, nil
}

// runSettings are the settings in force, but for the store: none that exists is
// touched. What goes right is told by the run's own log.
func runSettings(flags *pflag.FlagSet) (*config.Settings, error) {
	s, err := config.Load(flags)
	if err != nil {
		return nil, err
	}
	s.MongoURI = ""
	if !flags.Changed("log-level") {
		s.LogLevel = "warn"
	}
	return s, nil
}

// runWorkflow builds the program on a store of its own, runs the workflow, and
// leaves nothing behind.
func runWorkflow(cmd *cobra.Command, s *config.Settings, d workflows.Draft, call runs.Call) (err error) {
	s.DataDir, err = os.MkdirTemp("", "orchestrix-run-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(s.DataDir)) }()
	if _, err := s.EnsureJWTSecret(); err != nil {
		return err
	}
	log, err := logger(cmd, s)
	if err != nil {
		return err
	}
	compiled, err := engine.Steps.Compile(engine.Workflow{Steps: d.Steps, Edges: d.Edges, InputVariables: d.InputVariables})
	if err != nil {
		return err
	}
	program, err := modules.Build(cmd.Context(), s, log)
	if err != nil {
		return err
	}
	api := &workflows.Published{Workflow: &workflows.Workflow{Draft: d}, Program: compiled}
	answer := program.App.Runs.Published(cmd.Context(), api, call)
	closing, cancel := context.WithTimeout(context.WithoutCancel(cmd.Context()), s.ShutdownTimeout)
	defer cancel()
	return errors.Join(writeAnswer(cmd, answer), program.Close(closing))
}

func writeAnswer(cmd *cobra.Command, answer runs.Answer) error {
	var text bytes.Buffer
	if err := json.Indent(&text, doc.MarshalJSON(answer.Body), "", "  "); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(cmd.OutOrStdout(), text.String()); err != nil {
		return err
	}
	if answer.Result.Failed() != nil {
		return ErrReported
	}
	return nil
}
