// Package logging makes the one logger. Whatever is logged passes a Masker, so
// that no secret reaches a log line because somebody forgot about it.
package logging

import (
	"fmt"
	"os"
	"strings"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/orchestrix/orchestrix/platform/terminal"
)

// Levels are the accepted values of Options.Level.
var Levels = []string{"debug", "info", "warn", "error"}

// Options say how to log.
type Options struct {
	Level      string              // one of Levels; "" is info
	Production bool                // JSON lines instead of readable ones
	Output     zapcore.WriteSyncer // nil is standard error
	Secrets    []string            // values that are masked wherever they appear
}

// New makes a logger. It fails when the level is unknown.
func New(o Options) (*zap.Logger, error) {
	level, err := parseLevel(o.Level)
	if err != nil {
		return nil, err
	}
	out := o.Output
	if out == nil {
		out = os.Stderr
	}
	colour := terminal.Coloured(out)
	enc, gathered := encoder(o.Production, colour), &gatherer{out: out}
	lines := direct{gathered}
	all := &core{
		Core: zapcore.NewCore(enc, lines, level), gathered: zapcore.NewCore(enc, gathered, level),
		mask: NewMasker(o.Secrets...),
	}
	return zap.New(all, zap.ErrorOutput(lines)), nil
}

func parseLevel(s string) (zapcore.Level, error) {
	switch s {
	case "", "info":
		return zapcore.InfoLevel, nil
	case "debug":
		return zapcore.DebugLevel, nil
	case "warn":
		return zapcore.WarnLevel, nil
	case "error":
		return zapcore.ErrorLevel, nil
	}
	return 0, fmt.Errorf("log level must be one of %s", strings.Join(Levels, ", "))
}

func encoder(production, colour bool) zapcore.Encoder {
	c := zap.NewProductionEncoderConfig()
	c.TimeKey, c.MessageKey, c.StacktraceKey = "time", "message", "stack"
	c.EncodeDuration = zapcore.StringDurationEncoder
	if production {
		c.EncodeTime = zapcore.RFC3339NanoTimeEncoder
		return zapcore.NewJSONEncoder(c)
	}
	c.EncodeTime = zapcore.ISO8601TimeEncoder
	c.ConsoleSeparator = "  "
	c.EncodeLevel = zapcore.CapitalLevelEncoder
	if colour {
		c.EncodeLevel = zapcore.CapitalColorLevelEncoder
	}
	return zapcore.NewConsoleEncoder(c)
}
