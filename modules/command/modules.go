package command

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/engine"
)

func modulesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "modules",
		Short: "List the routes and the step types that this binary has",
		Args:  noArguments,
	}
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		list := listModules()
		if *asJSON {
			return writeJSON(cmd, list)
		}
		return list.table(newTable(cmd))
	}
	return cmd
}

type moduleList struct {
	Routes    []routeRow    `json:"routes"`
	StepTypes []stepTypeRow `json:"stepTypes"`
}

type routeRow struct {
	ID      string   `json:"id"`
	Method  string   `json:"method"`
	Path    string   `json:"path"`
	Aliases []string `json:"aliases"`
	Auth    string   `json:"auth"`
	Summary string   `json:"summary"`
	Source  string   `json:"source"`
}

type stepTypeRow struct {
	Type    string `json:"type"`
	Label   string `json:"label"`
	Output  string `json:"output"` // the name of its variable
	Summary string `json:"summary"`
	Source  string `json:"source"`
}

func listModules() moduleList {
	list := moduleList{Routes: []routeRow{}, StepTypes: []stepTypeRow{}}
	for _, r := range app.Routes.Routes() {
		list.Routes = append(list.Routes, routeRow{
			ID: r.ID, Method: r.Method, Path: r.Path, Aliases: append([]string{}, r.Aliases...),
			Auth: r.Auth.String(), Summary: r.Summary, Source: r.Source(),
		})
	}
	for _, t := range engine.Steps.All() {
		list.StepTypes = append(list.StepTypes, stepTypeRow{
			Type: t.Type, Label: t.Label, Output: t.Output.Default, Summary: t.Summary, Source: engine.Steps.Source(t.Type),
		})
	}
	return list
}

func (l moduleList) table(t *table) error {
	t.head("METHOD", "PATH", "AUTH", "ID", "SOURCE", "ALIASES")
	for _, r := range l.Routes {
		t.row(r.Method, r.Path, r.Auth, r.ID, r.Source, strings.Join(r.Aliases, " "))
	}
	t.row()
	t.head("STEP TYPE", "LABEL", "OUTPUT", "SOURCE")
	for _, s := range l.StepTypes {
		t.row(s.Type, s.Label, s.Output, s.Source)
	}
	return t.flush()
}
