// Package contributing_test keeps CONTRIBUTING.md true: what it shows is built,
// started and called.
package contributing_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/command" // also: a change of the program is a change of this test
)

var root = func() string {
	dir, err := filepath.Abs("../..")
	if err != nil {
		panic(err)
	}
	return dir
}()

// made are the files that the page's commands write or change.
var made = []string{"modules/modules.go", "modules/orders/list.go", "modules/orders/list_test.go", "modules/steps/upper_case.go",
	"modules/steps/upper_case_test.go", "modules/system/echo.go", "modules/system/echo_test.go"}

func TestExamplesOfContributing(t *testing.T) {
	page := read(t, filepath.Join(root, "CONTRIBUTING.md"))
	files := scaffolded(t, page)
	assert.Equal(t, made, slices.Sorted(maps.Keys(files)))
	assert.Equal(t, example(t, page, "Add an endpoint"), files["modules/system/echo.go"], "the page shows what comes out")
	assert.Equal(t, example(t, page, "Add a step type"), files["modules/steps/upper_case.go"], "the page shows what comes out")

	overlay := overlayOf(t, files)
	program := binary(t, overlay)
	listed := output(t, program, "modules")
	for _, want := range []string{`POST +/system/echo/:name +owned +system\.echo +modules/system/echo\.go`, `POST +/orders/list/:name +owned +orders\.list +modules/orders/list\.go`,
		`upperCase +Upper Case +upperCaseResult +modules/steps/upper_case\.go`} {
		assert.Regexp(t, `(?m)^`+want+`:\d+`, listed)
	}

	url := serve(t, program)
	assert.Equal(t, `200 {"name":"x","ownerId":"user_default","text":"hello"}`, post(t, url+"/system/echo/x", `{"text":"hello"}`))
	assert.Equal(t, `200 {"name":"y","ownerId":"user_default","text":"tea"}`, post(t, url+"/orders/list/y", `{"text":"tea"}`))
	assert.Contains(t, post(t, url+"/system/echo/x", `{}`), `400 {"error":"text is required"`)
	saved := post(t, url+"/workflows", `{"workflowId":"w","ownerId":"user_default","apiName":"Shout","steps":[
		{"type":"input","variables":[{"name":"name"}]},{"type":"upperCase","text":"{{name}}"},{"type":"response","body":{"loud":"{{upperCaseResult}}"}}]}`)
	assert.Contains(t, saved, `"apiPath":"/workflow/run/w/shout"`)
	document := call(t, http.MethodGet, url+"/openapi.json", "")
	assert.Contains(t, document, `"/system/echo/{name}"`)
	assert.Contains(t, document, `"/orders/list/{name}"`)
	assert.Equal(t, `200 {"loud":"ADA"}`, post(t, url+"/workflow/run/w/shout", `{"name":"ada"}`))

	// Their own tests pass, and so does the suite that finds every step type by itself.
	// Vet, and a test that is run where it is, want the directory of the new domain.
	tests := goTool(t, "test", overlay, "-vet=off", "-count=1", "-v", "-run", "^(TestEcho|TestUpperCase|TestConformance)$/^(upperCase)?$", "./modules/system", "./modules/steps")
	for _, name := range []string{"TestEcho", "TestUpperCase", "TestConformance/upperCase"} {
		assert.Contains(t, tests, "--- PASS: "+name+" ")
	}
	test := filepath.Join(t.TempDir(), "orders.test")
	goTool(t, "test", overlay, "-c", "-vet=off", "-o", test, "./modules/orders")
	assert.Contains(t, output(t, test, "-test.v"), "--- PASS: TestList ")
}

var newCommand = regexp.MustCompile("`?go run \\. (new [^`\n]+)`?")

// scaffolded runs every "go run . new" of the page in as much of a copy of the
// repository as the command looks at, and returns the files that it changed.
func scaffolded(t *testing.T, page string) map[string]string {
	t.Helper()
	copied := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(copied, "modules"), os.DirFS(filepath.Join(root, "modules"))))
	require.NoError(t, os.WriteFile(filepath.Join(copied, "go.mod"), []byte(read(t, filepath.Join(root, "go.mod"))), 0o600))
	unmake(t, copied)
	before := tree(t, copied)
	t.Chdir(copied)
	for _, found := range newCommand.FindAllStringSubmatch(page, -1) {
		var out strings.Builder
		require.NoError(t, command.Run(t.Context(), strings.Fields(found[1]), command.Streams{Out: &out, Err: &out}))
		assert.Contains(t, out.String(), "wrote modules/")
	}
	t.Chdir(root)
	files := tree(t, copied)
	maps.DeleteFunc(files, func(path, text string) bool { return before[path] == text })
	return files
}

// unmake takes a copy of the repository, whose owner may have followed the page
// already, back to before that.
func unmake(t *testing.T, copied string) {
	t.Helper()
	list, rest := made[0], made[1:]
	for _, path := range rest {
		if err := os.Remove(filepath.Join(copied, path)); err != nil {
			require.ErrorIs(t, err, os.ErrNotExist)
		}
	}
	path := filepath.Join(copied, list)
	text := regexp.MustCompile(`(?m)^.*/modules/orders".*\n`).ReplaceAllString(read(t, path), "")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
}

// tree is every file under modules, by its path.
func tree(t *testing.T, copied string) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(filepath.Join(copied, "modules"), func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		relative, err := filepath.Rel(copied, path)
		files[filepath.ToSlash(relative)] = read(t, path)
		return err
	}))
	return files
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

// overlayOf is the flag that builds the repository as if it had these files.
// Unlike a copy it finds everything else in the build cache.
func overlayOf(t *testing.T, files map[string]string) string {
	t.Helper()
	var overlay struct{ Replace map[string]string }
	overlay.Replace = map[string]string{}
	for path, text := range files {
		stand := filepath.Join(t.TempDir(), filepath.Base(path))
		require.NoError(t, os.WriteFile(stand, []byte(text), 0o600))
		overlay.Replace[filepath.Join(root, path)] = stand
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

func goTool(t *testing.T, args ...string) string { return output(t, "go", args...) }

// output is what a program says in the repository.
func output(t *testing.T, program string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	process := exec.CommandContext(ctx, program, args...)
	process.Dir = root
	said, err := process.CombinedOutput()
	require.NoError(t, err, "%s", said)
	return string(said)
}

var listening = regexp.MustCompile(`listening.*?"address": ?"[^"]*:(\d+)"`)

// serve runs a binary on a free port and an empty store until the test ends,
// and returns its address.
func serve(t *testing.T, binary string) string {
	t.Helper()
	process := exec.Command(binary, "--port", "0", "--host", "127.0.0.1", "--data-dir", t.TempDir())
	process.Dir = t.TempDir() // where there is no .env
	process.Env = []string{"PATH=" + os.Getenv("PATH")}
	log, err := process.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, process.Start())
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
		assert.NoError(t, process.Process.Signal(syscall.SIGTERM))
		var said []string
		for line := range lines { // until it has ended
			said = append(said, line)
		}
		assert.NoError(t, process.Wait(), "%s", strings.Join(said, "\n"))
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
	return call(t, http.MethodPost, url, body)
}

func call(t *testing.T, method, url, body string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
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
