// Package contributing_test keeps CONTRIBUTING.md true: what it shows is built,
// started and called.
package contributing_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "github.com/orchestrix/orchestrix/modules" // so that a change of the program is a change of this test
)

const root = "../.."

func TestExamplesOfContributing(t *testing.T) {
	page := read(t, filepath.Join(root, "CONTRIBUTING.md"))
	overlay := overlayOf(t, map[string]string{
		"modules/system/echo.go":     example(t, page, "Add an endpoint"),
		"modules/steps/upperCase.go": example(t, page, "Add a step type"),
	})
	url := serve(t, binary(t, overlay))

	assert.Equal(t, `200 {"name":"x","text":"hello"}`, post(t, url+"/echo/x", `{"text":"hello"}`))
	assert.Contains(t, post(t, url+"/echo/x", `{}`), `400 {"error":"text is required"`)
	saved := post(t, url+"/workflows", `{"workflowId":"w","ownerId":"user_default","apiName":"Shout","steps":[
		{"type":"input","variables":[{"name":"name"}]},{"type":"upperCase","text":"{{name}}"},{"type":"response","body":{"loud":"{{upper}}"}}]}`)
	assert.Contains(t, saved, `"apiPath":"/workflow/run/w/shout"`)
	assert.Equal(t, `200 {"loud":"ADA"}`, post(t, url+"/workflow/run/w/shout", `{"name":"ada"}`))

	// The suite that every step type passes finds the new one by itself.
	suite := goTool(t, "test", overlay, "-count=1", "-v", "-run", "^TestConformance$/^upperCase$", "./modules/steps")
	assert.Contains(t, suite, "--- PASS: TestConformance/upperCase")
}

// example is the Go code under a heading of the page.
func example(t *testing.T, page, heading string) string {
	t.Helper()
	_, section, found := strings.Cut(page, "\n## "+heading+"\n")
	require.True(t, found, heading)
	section, _, _ = strings.Cut(section, "\n## ")
	_, code, found := strings.Cut(section, "```go\n")
	require.True(t, found, heading)
	code, _, _ = strings.Cut(code, "```")
	return code
}

// overlayOf is the flag that builds the repository as if it had these files
// too. Unlike a copy it finds everything else in the build cache.
func overlayOf(t *testing.T, files map[string]string) string {
	t.Helper()
	dir, err := filepath.Abs(root)
	require.NoError(t, err)
	var overlay struct{ Replace map[string]string }
	overlay.Replace = map[string]string{}
	for path, text := range files {
		require.NoFileExists(t, filepath.Join(dir, path), "the example adds a file")
		stand := filepath.Join(t.TempDir(), filepath.Base(path))
		require.NoError(t, os.WriteFile(stand, []byte(text), 0o600))
		overlay.Replace[filepath.Join(dir, path)] = stand
	}
	text, err := json.Marshal(overlay)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "overlay.json")
	require.NoError(t, os.WriteFile(path, text, 0o600))
	return "-overlay=" + path
}

// binary builds the program.
func binary(t *testing.T, flags ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "orchestrix")
	goTool(t, append(append([]string{"build", "-buildvcs=false", "-o", path}, flags...), ".")...)
	return path
}

func goTool(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, "go", args...)
	command.Dir = root
	output, err := command.CombinedOutput()
	require.NoError(t, err, "%s", output)
	return string(output)
}

var listening = regexp.MustCompile(`listening.*?"address": ?"[^"]*:(\d+)"`)

// serve runs a binary on a free port and an empty store until the test ends,
// and returns its address.
func serve(t *testing.T, binary string) string {
	t.Helper()
	command := exec.Command(binary, "--port", "0", "--host", "127.0.0.1", "--data-dir", t.TempDir())
	command.Dir = t.TempDir() // where there is no .env
	command.Env = []string{"PATH=" + os.Getenv("PATH")}
	log, err := command.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	lines, ports := make(chan string, 1000), make(chan string, 1)
	go func() {
		defer close(lines)
		scanner := bufio.NewScanner(log)
		for scanner.Scan() {
			if found := listening.FindStringSubmatch(scanner.Text()); found != nil {
				ports <- found[1]
			}
			select {
			case lines <- scanner.Text():
			default: // more than anyone will read
			}
		}
	}()
	t.Cleanup(func() {
		assert.NoError(t, command.Process.Signal(syscall.SIGTERM))
		var said []string
		for line := range lines { // until it has ended
			said = append(said, line)
		}
		assert.NoError(t, command.Wait(), "%s", strings.Join(said, "\n"))
	})
	select {
	case port := <-ports:
		return "http://127.0.0.1:" + port
	case <-time.After(30 * time.Second):
		require.Fail(t, "the program does not listen")
		return ""
	}
}

// post returns the status and the body of the answer.
func post(t *testing.T, url, body string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return strconv.Itoa(res.StatusCode) + " " + string(text)
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}
