package engine_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// sample is the input of the recorded cases.
const sample = `{"s":"str","n":42,"f":1.5,"b":true,"z":0,"e":"","nul":null,"uni":"añ🚀",
	"arr":[1,"two",{"three":3}],"obj":{"a":{"b":"deep"},"list":[{"x":1},{"x":2}]}}`

func TestResolve(t *testing.T) {
	for written, want := range map[string]string{
		// exactly one path keeps its type
		`"{{n}}"`: `42`, `"{{b}}"`: `true`, `"{{nul}}"`: `null`, `"{{arr}}"`: `[1,"two",{"three":3}]`, `"{{ s }}"`: `"str"`,
		`"{{\ns\n}}"`: `"str"`, `"{{obj.a.b}}"`: `"deep"`, `"{{input.n}}"`: `42`,
		// inside a text everything becomes text
		`"[{{e}}]"`: `"[]"`, `"x {{n}} {{b}} {{nul}} {{f}}"`: `"x 42 true null 1.5"`, `"v: {{obj.a}}"`: `"v: {\"b\":\"deep\"}"`,
		`"{{s}}{{s}}"`: `"strstr"`, `"{{s}} {{"`: `"str {{"`, `"x {{nope}} y {{s}}"`: `"x {{nope}} y str"`,
		// bare paths
		`"s"`: `"str"`, `"input.obj.list.1.x"`: `2`, `"arr.1"`: `"two"`, `"arr"`: `[1,"two",{"three":3}]`,
		// what is missing stays as written
		`"{{nope}}"`: `"{{nope}}"`, `"input.nope"`: `"input.nope"`, `"nul.x"`: `"nul.x"`, `"arr.9"`: `"arr.9"`, `"arr.-1"`: `"arr.-1"`, `"plain words"`: `"plain words"`,
		// malformed templates are text
		`"{{}}"`: `"{{}}"`, `"{{s}"`: `"{{s}"`, `"{{{s}}}"`: `"{{{s}}}"`, `"{s}"`: `"{s}"`, `"{{ }}"`: `"{{ }}"`, `"}}{{s"`: `"}}{{s"`,
		`"{{s.}}"`: `"{{s.}}"`, `"{{.s}}"`: `"{{.s}}"`, `"{{s..x}}"`: `"{{s..x}}"`, `"{{{{s}}}}"`: `"{{{{s}}}}"`, `"{{a{b}}"`: `"{{a{b}}"`,
		// lengths, in characters
		`"{{arr.length}}"`: `3`, `"{{uni.length}}"`: `3`, `"{{obj.length}}"`: `"{{obj.length}}"`,
		// structures resolve element by element
		`["s",{"k":"{{n}}","s":[null,true,1.5]}]`: `["str",{"k":42,"s":[null,true,1.5]}]`,
	} {
		t.Run(written, func(t *testing.T) {
			assert.Equal(t, want, resolve(t, written))
		})
	}
}

// resolve answers with one expression, with every field of sample a variable.
func resolve(t *testing.T, written string) string {
	t.Helper()
	return string(doc.MarshalJSON(run(t, `[{"type":"vars"},{"type":"echo","value":`+written+`}]`, sample).Response.Body))
}

func TestTextCannotGrowWithoutBound(t *testing.T) {
	huge := `{"s":"` + strings.Repeat("x", 1<<20) + `"}`
	result := run(t, `[{"type":"vars"},{"type":"echo","value":"`+strings.Repeat("{{s}}", 30)+`"}]`, huge)
	require.NotNil(t, result.Failed())
	assert.Contains(t, result.Failed().Err.Message, "larger than")
}

// Each text is within its bound.
func TestWhatARunHoldsIsBounded(t *testing.T) {
	huge := `{"s":"` + strings.Repeat("x", 1<<20) + `"}`
	texts := strings.TrimSuffix(strings.Repeat(`"`+strings.Repeat("{{s}}", 10)+`",`, 20), ",")
	many := strings.TrimSuffix(strings.Repeat(`{"type":"make","value":"{{input}}"},`, 200), ",")
	for _, steps := range []string{
		`[{"type":"vars"},{"type":"echo","value":[` + texts + `]}]`,
		`[{"type":"vars"},{"type":"echo","value":{"a":{"b":[` + texts + `]}}}]`,
		`[` + many + `]`,
	} {
		result := run(t, steps, huge)
		require.NotNil(t, result.Failed())
		assert.Equal(t, "The values of the run are larger than 128 MB together", result.Failed().Err.Message)
	}
	assert.Nil(t, run(t, `[{"type":"vars"},{"type":"echo","value":"`+strings.Repeat("{{s}}", 10)+`"},`+many[:50*len(many)/200]+`]`, huge).Failed())
}

func TestNestedInputResolvesLikeFlatInput(t *testing.T) {
	for _, input := range []string{`{"email":"a@b.c"}`, `{"input":{"email":"a@b.c"}}`} {
		result := compile(t, `[{"type":"echo","value":["{{email}}","input.email","email"]}]`, `[{"name":"email"}]`).
			Run(t.Context(), &engine.Env{}, object(t, input))
		assert.Equal(t, `["a@b.c","a@b.c","a@b.c"]`, string(doc.MarshalJSON(result.Response.Body)))
	}
}

func TestDeclaredInputVariablesHaveDefaults(t *testing.T) {
	result := compile(t, `[{"type":"echo","value":["{{n}}","{{input.n}}","{{m}}"]}]`, `[{"name":"n","default":7},{"name":"m"}]`).
		Run(t.Context(), &engine.Env{}, nil)
	assert.Equal(t, `[7,7,"{{m}}"]`, string(doc.MarshalJSON(result.Response.Body)))
}

func TestDefaultOutputNamesMeanTheLastOutputOfTheType(t *testing.T) {
	body := run(t, `[{"type":"make","value":1,"output":"mine"},{"type":"make","value":2},
		{"type":"echo","value":["mine","made","product","{{product}}","nothing"]}]`, `{}`).Response.Body
	assert.Equal(t, `[1,2,2,2,"nothing"]`, string(doc.MarshalJSON(body)))
}

func FuzzTemplate(f *testing.F) {
	for _, s := range []string{"{{s}}", "{{{s}}}", "a {{obj.a.b}} {{", "arr.0", "{{}}}}{{s}}", "{{arr.length}}{{\n}}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		program, err := types.Compile(engine.Workflow{Steps: doc.Array{
			doc.Object{{"type", "vars"}}, doc.Object{{"type", "echo"}, {"value", s}},
		}})
		require.NoError(t, err)
		require.Nil(t, program.Run(t.Context(), &engine.Env{}, object(t, sample)).Failed())
	})
}

func FuzzPath(f *testing.F) {
	for _, p := range []string{"obj.a.b", "arr.1", "arr.length", "input.s", "..", "arr.99999999999999999999", "s.", "{{ obj.list.0.x }}"} {
		f.Add(p, sample)
	}
	f.Fuzz(func(t *testing.T, written, input string) {
		v, err := doc.Decode([]byte(input))
		o, ok := v.(doc.Object)
		if err != nil || !ok {
			return
		}
		program, err := types.Compile(engine.Workflow{Steps: doc.Array{
			doc.Object{{"type", "vars"}}, doc.Object{{"type", "echo"}, {"value", doc.Array{"{{" + written + "}}", "input." + written, written}}},
		}})
		require.NoError(t, err)
		require.Nil(t, program.Run(t.Context(), &engine.Env{}, o).Failed())
	})
}
