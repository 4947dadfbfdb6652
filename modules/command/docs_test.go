package command_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/command"
)

var (
	shellBlock = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")
	shellWord  = regexp.MustCompile(`'[^']*'|\S+`)
)

// TestThePageNamesEveryCommand walks the program's own tree.
func TestThePageNamesEveryCommand(t *testing.T) {
	page := page(t)
	each(tree(), func(path string, cmd *cobra.Command) {
		if cmd.Parent().Name() == "completion" {
			assert.Contains(t, page, "`"+cmd.Name()+"`")
		} else if !cmd.HasSubCommands() {
			assert.Contains(t, page, "\n## "+path+"\n")
		}
	})
}

// TestThePageIsTrue runs what the page shows, where that ends by itself and
// changes nothing; the flags of the rest are parsed.
func TestThePageIsTrue(t *testing.T) {
	page := page(t)
	alone(t)
	t.Chdir(repository)
	ran := 0
	for _, block := range shellBlock.FindAllStringSubmatch(page, -1) {
		lines := strings.Split(strings.TrimSpace(block[1]), "\n")
		for i, line := range lines {
			line, _, _ = strings.Cut(strings.Replace(line, "go run .", "orchestrix", 1), " | ")
			line, _, _ = strings.Cut(line, " > ")
			text, isCommand := strings.CutPrefix(line, "orchestrix ")
			if !isCommand {
				continue
			}
			args := shellWord.FindAllString(text, -1)
			for i := range args {
				args[i] = strings.Trim(args[i], "'")
			}
			cmd, rest, err := tree().Find(args)
			require.NoError(t, err, line)
			require.NoError(t, cmd.ParseFlags(rest), line)
			if slices.Contains([]string{"orchestrix", "serve", "endpoint", "step", "healthcheck"}, cmd.Name()) {
				continue
			}
			got := run(t, t.Context(), "", args...)
			require.NoError(t, got.failed, "%s: %s", line, got.err)
			ran++
			for _, shown := range lines[i+1:] {
				shown, isOutput := strings.CutPrefix(shown, "# ")
				if !isOutput {
					break
				}
				pattern := strings.ReplaceAll(strings.ReplaceAll(regexp.QuoteMeta(shown), `\.\.\.`, `.*`), " ", " +")
				assert.Regexp(t, "(?m)^"+pattern+"$", got.err+got.out, line)
			}
		}
	}
	assert.Equal(t, 7, ran)
}

// tree is that of all commands, with the one that is made when it is used.
func tree() *cobra.Command {
	root := command.Root()
	root.InitDefaultCompletionCmd()
	return root
}

var repository = func() string {
	dir, err := filepath.Abs("../..")
	if err != nil {
		panic(err)
	}
	return dir
}()

func page(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, "docs", "command-line.md"))
	require.NoError(t, err)
	return string(text)
}
