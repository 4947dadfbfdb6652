package command

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/modules/core/workflows"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

func workflowCommand() *cobra.Command {
	return group("workflow", "Check and run workflow files", workflowRunCommand(), workflowValidateCommand())
}

// maxFile is what the server takes in one request.
const maxFile = 10 << 20

// readFile reads a file, or standard input when its name is -.
func readFile(cmd *cobra.Command, name string) ([]byte, error) {
	in := cmd.InOrStdin()
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close() //nolint:errcheck // it was only read
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("%s is larger than %d MB", spoken(name), maxFile>>20)
	}
	return text, err
}

// spoken is what a file is called in messages.
func spoken(name string) string {
	if name == "-" {
		return "standard input"
	}
	return name
}

// readWorkflow reads a workflow as it is saved, or as one is generated.
func readWorkflow(cmd *cobra.Command, name string) (workflows.Draft, error) {
	text, err := readFile(cmd, name)
	if err != nil {
		return workflows.Draft{}, err
	}
	d, err := parseWorkflow(text)
	if err != nil {
		return workflows.Draft{}, fmt.Errorf("%s: %w", spoken(name), err)
	}
	return d, nil
}

func parseWorkflow(text []byte) (workflows.Draft, error) {
	v, err := doc.Decode(text)
	if err != nil {
		return workflows.Draft{}, err
	}
	o, _ := v.(doc.Object)
	steps := doc.List(o, "steps")
	if steps == nil {
		steps = doc.List(o, "nodes")
	}
	if len(steps) == 0 {
		return workflows.Draft{}, errors.New(`a workflow is an object with a list "steps" that is not empty`)
	}
	d := workflows.Draft{
		WorkflowID: doc.String(o, "workflowId"), OwnerID: doc.String(o, "ownerId"), APIName: doc.String(o, "apiName"),
		Steps: steps, Edges: doc.List(o, "edges"), InputVariables: doc.List(o, "inputVariables"),
	}
	if d.OwnerID == "" {
		d.OwnerID = app.DefaultOwner
	}
	return d, nil
}

// checkWorkflow writes what is wrong with a workflow, if anything, and is then
// ErrReported.
func checkWorkflow(out io.Writer, name string, d workflows.Draft) error {
	problems := workflows.Problems(engine.Steps, d.Steps, d.Edges)
	for _, p := range problems {
		if _, err := fmt.Fprintf(out, "%s: %s\n", spoken(name), printable(p.String())); err != nil {
			return err
		}
	}
	if len(problems) > 0 {
		return ErrReported
	}
	return nil
}
