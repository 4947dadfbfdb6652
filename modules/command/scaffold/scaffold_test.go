package scaffold_test

import (
	"go/format"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/command/scaffold"
)

const list = `// Package modules puts the program together.
package modules

import (
	_ "example.com/fork/modules/auth"     // /auth
	_ "example.com/fork/modules/steps"    // step types
	_ "example.com/fork/modules/workflow" // /workflows
)
`

// repository is as much of one as the scaffolds look at. That what they write
// compiles and works is tests/contributing's.
func repository(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for path, text := range map[string]string{
		"go.mod":                    "module example.com/fork\n\ngo 1.26.0\n",
		"modules/modules.go":        list,
		"modules/auth/login.go":     "// Package auth is one.\npackage auth\n\nfunc login() {}\n\ntype meRequest struct{}\n",
		"modules/auth/auth_test.go": "package auth_test\n\nimport \"testing\"\n\nfunc TestLogout(*testing.T) {}\n",
		"modules/steps/delay.go":    "package steps\n\nvar compileWait, x = 1, 2\n",
	} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(root, path)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(root, path), []byte(text), 0o600))
	}
	return root
}

// tree is every file of a repository.
func tree(t *testing.T, root string) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		relative, _ := filepath.Rel(root, path)
		files[filepath.ToSlash(relative)] = string(text)
		return err
	}))
	return files
}

func TestEndpointOfANewDomain(t *testing.T) {
	root := repository(t)
	before := tree(t, root)
	written, err := scaffold.Endpoint(root, "shop", "listOrders")
	require.NoError(t, err)
	assert.Equal(t, scaffold.Written{
		Files:   []string{"modules/shop/list_orders.go", "modules/shop/list_orders_test.go", "modules/modules.go"},
		Package: "./modules/shop", Test: "TestListOrders",
	}, written)

	after := tree(t, root)
	assert.Equal(t, strings.Replace(list, "\t_ \"example.com/fork/modules/steps\"", "\t_ \"example.com/fork/modules/shop\"     // /shop\n\t_ \"example.com/fork/modules/steps\"", 1),
		after["modules/modules.go"], "sorted and aligned")
	source := after["modules/shop/list_orders.go"]
	for _, want := range []string{
		"// Package shop has the endpoints under /shop.\npackage shop\n", `ID:      "shop.listOrders"`, `Path:    "/shop/list-orders/:name"`, `Tag:     "Shop"`,
		`"example.com/fork/modules/core/app"`, "func listOrders(_ context.Context, _ *app.App, req *listOrdersRequest)",
	} {
		assert.Contains(t, source, want)
	}
	formatted(t, source, after["modules/shop/list_orders_test.go"])
	for path, text := range before {
		if path != "modules/modules.go" {
			assert.Equal(t, text, after[path])
		}
	}

	written, err = scaffold.Endpoint(root, "shop", "delete")
	require.NoError(t, err)
	assert.Equal(t, []string{"modules/shop/delete.go", "modules/shop/delete_test.go"}, written.Files, "the domain is listed")
	source = tree(t, root)["modules/shop/delete.go"]
	assert.True(t, strings.HasPrefix(source, "package shop\n"), "one file has the comment")
	assert.Contains(t, source, "func handleDelete(", "a name of Go's own stays what it is")
}

func TestStep(t *testing.T) {
	root := repository(t)
	written, err := scaffold.Step(root, "sendText2All")
	require.NoError(t, err)
	assert.Equal(t, []string{"modules/steps/send_text2_all.go", "modules/steps/send_text2_all_test.go"}, written.Files)
	after := tree(t, root)
	assert.Equal(t, list, after["modules/modules.go"])
	source := after["modules/steps/send_text2_all.go"]
	for _, want := range []string{`Type:    "sendText2All"`, `Label:   "Send Text2 All"`, `Default: "sendText2AllResult"`, "func compileSendText2All("} {
		assert.Contains(t, source, want)
	}
	formatted(t, source, after["modules/steps/send_text2_all_test.go"])
}

func formatted(t *testing.T, sources ...string) {
	t.Helper()
	for _, source := range sources {
		text, err := format.Source([]byte(source))
		require.NoError(t, err, source)
		assert.Equal(t, string(text), source)
	}
}

func TestWhatIsRefused(t *testing.T) {
	endpoint := func(domain, action string) func(string) error {
		return func(root string) error { _, err := scaffold.Endpoint(root, domain, action); return err }
	}
	step := func(kind string) func(string) error {
		return func(root string) error { _, err := scaffold.Step(root, kind); return err }
	}
	for want, make := range map[string]func(string) error{
		`a domain is named in small letters and digits, such as orders; "Shop" is not`:                    endpoint("Shop", "list"),
		`a domain is named in small letters and digits, such as orders; "../shop" is not`:                 endpoint("../shop", "list"),
		`a domain is named in small letters and digits, such as orders; "" is not`:                        endpoint("", "list"),
		`a domain cannot be named "func"`:                                                                 endpoint("func", "list"),
		`a domain cannot be named "core"`:                                                                 endpoint("core", "list"),
		`a domain cannot be named "steps"`:                                                                endpoint("steps", "list"),
		`an action is named like listOrders, in letters and digits; "list-orders" is not`:                 endpoint("shop", "list-orders"),
		`an action is named like listOrders, in letters and digits; "../../main" is not`:                  endpoint("shop", "../../main"),
		`an action is named like listOrders, in letters and digits; "List" is not`:                        endpoint("shop", "List"),
		`an action cannot be named "runTest": a file called run_test.go means something else to Go`:       endpoint("shop", "runTest"),
		`an action cannot be named "forWindows": a file called for_windows.go means something else to Go`: endpoint("shop", "forWindows"),
		`modules/auth/login.go exists already`:                                                            endpoint("auth", "login"),
		`modules/auth/login.go has a meRequest already; choose another name`:                              endpoint("auth", "me"),
		`modules/auth/auth_test.go has a TestLogout already; choose another name`:                         endpoint("auth", "logout"),
		`a step type is named like listOrders, in letters and digits; "upper case" is not`:                step("upper case"),
		`a step type is named like listOrders, in letters and digits; "9" is not`:                         step("9"),
		`a step type is named like listOrders, in letters and digits; "` + strings.Repeat("x", 61):        step(strings.Repeat("x", 61)),
		`modules/steps/delay.go exists already`:                                                           step("delay"),
		`modules/steps/delay.go has a compileWait already; choose another name`:                           step("wait"),
	} {
		t.Run(want, func(t *testing.T) {
			root := repository(t)
			before := tree(t, root)
			require.ErrorContains(t, make(root), want)
			assert.Equal(t, before, tree(t, root), "nothing is written")
		})
	}
}

func TestOnlyInARepository(t *testing.T) {
	for _, missing := range []string{"go.mod", "modules/modules.go"} {
		root := repository(t)
		require.NoError(t, os.Remove(filepath.Join(root, missing)))
		before := tree(t, root)
		_, endpoint := scaffold.Endpoint(root, "shop", "list")
		_, step := scaffold.Step(root, "upperCase")
		for _, err := range []error{endpoint, step} {
			require.ErrorContains(t, err, "run it in the root of the repository")
		}
		assert.Equal(t, before, tree(t, root))
	}
}

// A list of domains that cannot be changed leaves nothing half done.
func TestAllOrNothing(t *testing.T) {
	root := repository(t)
	for _, text := range []string{"package modules\n", "package modules\n\nimport (\n\tnonsense(\n"} {
		require.NoError(t, os.WriteFile(filepath.Join(root, "modules/modules.go"), []byte(text), 0o600))
		_, err := scaffold.Endpoint(root, "shop", "list")
		require.ErrorContains(t, err, "modules/modules.go")
		assert.NotContains(t, tree(t, root), "modules/shop/list.go")
	}
}
