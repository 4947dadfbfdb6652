package command

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/orchestrix/orchestrix/platform/terminal"
)

func jsonFlag(cmd *cobra.Command) *bool {
	return cmd.Flags().Bool("json", false, "write JSON instead of a table")
}

func writeJSON(cmd *cobra.Command, v any) error {
	encoder := json.NewEncoder(cmd.OutOrStdout())
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}

// table writes aligned columns.
type table struct {
	out   *tabwriter.Writer
	paint palette
	err   error
}

func newTable(cmd *cobra.Command) *table {
	return newTableTo(cmd.OutOrStdout(), paletteFor(cmd.OutOrStdout()))
}

func newTableTo(w io.Writer, paint palette) *table {
	return &table{out: tabwriter.NewWriter(w, 0, 0, 2, ' ', 0), paint: paint}
}

// row and head begin with codes of the same length, which the columns count as
// text.
func (t *table) row(cells ...string) { t.line(t.paint.plain(strings.Join(cells, "\t"))) }

func (t *table) head(cells ...string) { t.line(t.paint.bold(strings.Join(cells, "\t"))) }

func (t *table) line(text string) {
	if _, err := fmt.Fprintln(t.out, text); err != nil && t.err == nil {
		t.err = err
	}
}

func (t *table) flush() error {
	if t.err != nil {
		return t.err
	}
	return t.out.Flush()
}

// palette colours text on a terminal, and leaves it alone elsewhere.
type palette struct{ coloured bool }

func paletteFor(w io.Writer) palette { return palette{coloured: terminal.Coloured(w)} }

func (p palette) plain(s string) string { return p.paint("0", s) }
func (p palette) bold(s string) string  { return p.paint("1", s) }
func (p palette) faint(s string) string { return p.paint("2", s) }
func (p palette) red(s string) string   { return p.paint("31", s) }
func (p palette) green(s string) string { return p.paint("32", s) }

func (p palette) paint(code, s string) string {
	if !p.coloured {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}
