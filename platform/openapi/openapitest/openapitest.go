// Package openapitest holds OpenAPI documents against the official schema, and
// answers against the schemas of a document.
package openapitest

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

const place = "https://document.example/openapi.json"

// The schemas that every document is held against, compiled once.
var (
	official = known{url: "https://spec.openapis.org/oas/3.1/schema/2022-10-07"}
	dialect  = known{url: "https://json-schema.org/draft/2020-12/schema"}
)

type known struct {
	url    string
	once   sync.Once
	schema *jsonschema.Schema
	err    error
}

// Document is a document that is valid.
type Document struct {
	Root map[string]any

	compiler *jsonschema.Compiler
	compiled map[string]*jsonschema.Schema
}

// Parse reads a document, which must be as the official schema of OpenAPI 3.1 and
// JSON Schema demand it.
func Parse(t testing.TB, text []byte) *Document {
	t.Helper()
	root := decode(t, text)
	require.NoError(t, compiledOf(t, &official, readOfficial).Validate(root), "%s", text)
	d := &Document{Root: root.(map[string]any), compiler: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{}}
	d.compiler.DefaultDraft(jsonschema.Draft2020)
	d.compiler.AssertFormat()
	require.NoError(t, d.compiler.AddResource(place, root))
	meta := compiledOf(t, &dialect, nil)
	eachSchema(root, "#", func(at string, schema any) {
		require.NoError(t, meta.Validate(schema), at)
		d.schema(t, at)
	})
	return d
}

// Validate says what is wrong with a JSON value by the schema at a pointer
// ("#/components/schemas/Error"), or nil.
func (d *Document) Validate(t testing.TB, pointer string, value []byte) error {
	t.Helper()
	return d.schema(t, pointer).Validate(decode(t, value))
}

// Response is the pointer to the JSON schema of an answer, "" when the operation
// declares none for its status. The path is one of the document's.
func (d *Document) Response(method, path, status string) string {
	at := "#/paths/" + escape(path) + "/" + strings.ToLower(method) + "/responses/" + status
	response, _ := d.Get(at).(map[string]any)
	if to, ok := response["$ref"].(string); ok {
		at = to
	}
	at += "/content/" + escape("application/json") + "/schema"
	if d.Get(at) == nil {
		return ""
	}
	return at
}

// Get is what stands at a pointer, or nil.
func (d *Document) Get(pointer string) any {
	var v any = d.Root
	for _, part := range strings.Split(strings.TrimPrefix(pointer, "#/"), "/") {
		o, _ := v.(map[string]any)
		v = o[strings.NewReplacer("~1", "/", "~0", "~").Replace(part)]
	}
	return v
}

func (d *Document) schema(t testing.TB, pointer string) *jsonschema.Schema {
	t.Helper()
	if s := d.compiled[pointer]; s != nil {
		return s
	}
	s, err := d.compiler.Compile(place + strings.NewReplacer("{", "%7B", "}", "%7D", "%", "%25").Replace(pointer))
	require.NoError(t, err)
	d.compiled[pointer] = s
	return s
}

// eachSchema visits what stands under "schema" and in components.
func eachSchema(v any, at string, visit func(at string, schema any)) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			here := at + "/" + escape(key)
			switch {
			case key == "schema", at == "#/components/schemas":
				visit(here, value)
			case key != "example":
				eachSchema(value, here, visit)
			}
		}
	case []any: // of parameters, whose schemas are small
		for _, item := range v {
			if o, ok := item.(map[string]any); ok && o["schema"] != nil {
				continue
			}
			eachSchema(item, at, visit)
		}
	}
}

func escape(part string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(part) }

func decode(t testing.TB, text []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err, "%s", text)
	return v
}

func compiledOf(t testing.TB, k *known, read func(*jsonschema.Compiler, string) error) *jsonschema.Schema {
	t.Helper()
	k.once.Do(func() {
		c := jsonschema.NewCompiler()
		if read != nil {
			k.err = read(c, k.url)
		}
		if k.err == nil {
			k.schema, k.err = c.Compile(k.url)
		}
	})
	require.NoError(t, k.err)
	return k.schema
}

func readOfficial(c *jsonschema.Compiler, url string) error {
	_, file, _, _ := runtime.Caller(0)
	text, err := os.ReadFile(filepath.Join(filepath.Dir(file), "../../../tests/fixtures/openapi/schema-3.1-2022-10-07.json"))
	if err != nil {
		return err
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return c.AddResource(url, v)
}
