package command

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/orchestrix/orchestrix/config"
	"github.com/orchestrix/orchestrix/platform/logging"
)

// settingsFlags gives a command the flags for settings, all or those of these
// names.
func settingsFlags(cmd *cobra.Command, names ...string) *pflag.FlagSet {
	flags := config.Flags(names...)
	cmd.Flags().SortFlags = false
	cmd.Flags().AddFlagSet(flags)
	return flags
}

// logger logs to the command's standard error.
func logger(cmd *cobra.Command, s *config.Settings) (*zap.Logger, error) {
	return logging.New(logging.Options{
		Level: s.LogLevel, Production: s.Production(), Secrets: s.Secrets(), Output: zapcore.AddSync(cmd.ErrOrStderr()),
	})
}
