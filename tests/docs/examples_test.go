package docs_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/config"
	"github.com/orchestrix/orchestrix/modules"
)

// pages are the README and everything under docs/.
func pages(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	require.NoError(t, err)
	return append(found, filepath.Join(root, "README.md"))
}

// TestExamples makes the calls of each page, from the top, to a program that was
// just started, and holds the answers against those that the page shows.
func TestExamples(t *testing.T) {
	require.NotEmpty(t, commandsOf(read(t, filepath.Join(root, "README.md"))), "it shows how the program is called")
	for _, page := range pages(t) {
		commands := commandsOf(read(t, page))
		if len(commands) == 0 {
			continue
		}
		t.Run(filepath.Base(page), func(t *testing.T) {
			server := start(t)
			known := placeholders{}
			for _, c := range commands {
				status, body := call(t, known.fill(c.text), server)
				c.check(t, known, status, body)
			}
		})
	}
}

// command is a call, and what the page says that it answers.
type command struct {
	text   string
	status string // as in "201 Created"; "" when the page does not say
	answer string // "" when the page shows none
}

var block = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")

// commandsOf finds the calls of the program in the shell blocks of a page. All
// else in them is for the reader's machine: builds, services, other tools.
func commandsOf(page string) (all []command) {
	for _, found := range block.FindAllStringSubmatch(page, -1) {
		var current *command
		lines := strings.Split(strings.ReplaceAll(found[1], "\\\n", " "), "\n")
		for _, line := range lines {
			shown, isComment := strings.CutPrefix(line, "# ")
			switch {
			case strings.HasPrefix(line, "curl ") && strings.Contains(line, host):
				all = append(all, command{text: line})
				current = &all[len(all)-1]
			case !isComment:
				current = nil
			case current == nil:
			case strings.HasPrefix(shown, "HTTP/1.1 "):
				current.status = strings.TrimPrefix(shown, "HTTP/1.1 ")
			case strings.HasPrefix(shown, "{"), strings.HasPrefix(shown, "["), current.answer != "":
				current.answer += shown
			}
		}
	}
	return all
}

func (c command) check(t *testing.T, known placeholders, status, body string) {
	t.Helper()
	failed := status[0] >= '4'
	switch {
	case c.status != "":
		assert.Equal(t, c.status, status, "%s\nsaid: %s", c.text, body)
	case !strings.Contains(c.answer, `"error"`):
		assert.False(t, failed, "%s\nsaid: %s %s", c.text, status, body)
	}
	if c.answer != "" {
		assert.True(t, known.match(c.answer, body), "%s\nshown: %s\nsaid:  %s", c.text, c.answer, body)
	}
}

func call(t *testing.T, command, server string) (status, body string) {
	t.Helper()
	req, err := parseCurl(command, server)
	require.NoError(t, err, command)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	res, err := http.DefaultClient.Do(req.WithContext(ctx))
	require.NoError(t, err, command)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(t, err, command)
	return res.Status, strings.TrimSpace(string(text))
}

// start runs the program with its defaults on an empty store.
func start(t *testing.T) (url string) {
	t.Helper()
	t.Setenv("DATA_DIR", t.TempDir())
	t.Setenv("JWT_SECRET", "a secret for the examples")
	settings, err := config.Load(nil)
	require.NoError(t, err)
	program, err := modules.Build(t.Context(), settings, zap.NewNop())
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- program.Server.Serve(listener) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		require.NoError(t, program.Close(ctx))
		require.NoError(t, <-served)
	})
	return "http://" + listener.Addr().String()
}
