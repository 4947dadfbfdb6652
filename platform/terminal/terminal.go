// Package terminal tells whether somebody watches what is written.
package terminal

import (
	"io"
	"os"

	"github.com/mattn/go-isatty"
)

// Watched reports whether w is a terminal that can move its cursor.
func Watched(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd()) && os.Getenv("TERM") != "dumb"
}

// Coloured reports whether w is a terminal whose user wants colours
// (https://no-color.org).
func Coloured(w io.Writer) bool { return os.Getenv("NO_COLOR") == "" && Watched(w) }
