package steps_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/modules/core/accounts"
	_ "github.com/orchestrix/orchestrix/modules/steps"
	"github.com/orchestrix/orchestrix/platform/auth"
	"github.com/orchestrix/orchestrix/platform/data"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/mongo/embedded"
)

// environment is a run's world on an empty embedded store.
func environment(t testing.TB) *engine.Env {
	t.Helper()
	store, err := embedded.Open(context.Background(), embedded.Options{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close(context.Background())) })
	service := accounts.NewService(store, accounts.Options{Secret: []byte("a secret for tests"), Passwords: auth.NewPasswords(), Clock: time.Now, Logger: zap.NewNop()})
	provider := data.NewProvider(store, data.Options{Passwords: auth.NewPasswords(), Clock: time.Now})
	return &engine.Env{
		Data:        provider.For("owner"),
		Tokens:      service.Tokens("owner"),
		Credentials: service.Credentials("owner", provider.Users("owner")),
		MaxDelay:    25 * time.Second,
	}
}

func decode(t testing.TB, text string) any {
	t.Helper()
	v, err := doc.Decode([]byte(text))
	require.NoError(t, err, text)
	return v
}

func run(t testing.TB, env *engine.Env, steps, input string) *engine.Result {
	t.Helper()
	program, err := engine.Steps.Compile(engine.Workflow{Steps: decode(t, steps).(doc.Array)})
	require.NoError(t, err)
	return program.Run(t.Context(), env, decode(t, input).(doc.Object))
}

// answer is what a caller gets, as JSON.
func answer(t testing.TB, env *engine.Env, steps, input string) string {
	t.Helper()
	return string(doc.MarshalJSON(run(t, env, steps, input).Body(func(v any) any { return v })))
}

// failure is the message with which a run fails.
func failure(t testing.TB, env *engine.Env, steps, input string) string {
	t.Helper()
	failed := run(t, env, steps, input).Failed()
	require.NotNil(t, failed, "%s with %s should fail", steps, input)
	return failed.Err.Message
}

func TestValidationMessages(t *testing.T) {
	env := &engine.Env{}
	for _, tc := range []struct{ rule, value, message string }{
		{`"type":"email"`, `"a@b.c"`, ""}, {`"type":"email"`, `"a b@c.d"`, "Expected email"}, {`"type":"email"`, `"Ann <a@b.c>"`, "Expected email"}, {`"type":"email"`, `"a@b"`, "Expected email"},
		{`"type":"array"`, `[]`, ""}, {`"type":"array"`, `{}`, "Expected array"}, {`"type":"object"`, `[]`, "Expected object"},
		{`"type":"number"`, `"1e3"`, ""}, {`"type":"number"`, `[]`, "Expected number"}, {`"type":"number"`, `"0x1g"`, "Expected number"}, {`"type":"number"`, `"Infinity"`, "Expected number"},
		{`"minLength":3`, `"ab"`, "Expected at least 3 characters"}, {`"minLength":3`, `"äöü"`, ""}, {`"maxLength":2`, `"abc"`, "Expected at most 2 characters"},
		{`"min":1`, `0`, "Expected at least 1"}, {`"max":1`, `"2"`, "Expected at most 1"}, {`"min":1`, `"x"`, "Expected at least 1"},
		{`"pattern":"^a+$"`, `"ab"`, "Expected to match ^a+$"}, {`"enum":["a",1]`, `1.0`, ""}, {`"enum":["a",1]`, `"1"`, "Expected one of a, 1"},
		{`"min":1`, `null`, ""}, {`"required":"true"`, `""`, "Field is required"},
	} {
		result := run(t, env, `[{"type":"input","variables":[{"name":"v"}]},{"type":"inputValidation","rules":[{"field":"{{v}}",`+tc.rule+`}]}]`, `{"v":`+tc.value+`}`)
		if tc.message == "" {
			assert.Nil(t, result.Failed(), "%s %s", tc.rule, tc.value)
			continue
		}
		require.NotNil(t, result.Failed(), "%s %s", tc.rule, tc.value)
		assert.JSONEq(t, `{"{{v}}":["`+tc.message+`"]}`, string(doc.MarshalJSON(result.Failed().Err.Details)), "%s %s", tc.rule, tc.value)
	}
}

func TestWrongFieldsNameStepAndField(t *testing.T) {
	for step, want := range map[string]string{
		`{"type":"inputValidation","name":"V","rules":[{"field":"a","type":"date"}]}`: `Step "V" (inputValidation): rules[0].type must be string, number`,
		`{"type":"inputValidation","name":"V","rules":[{"field":"a","pattern":"("}]}`: `rules[0].pattern must be a regular expression`,
		`{"type":"inputValidation","name":"V","rules":{}}`:                            `rules must be a list`,
		`{"type":"input","variables":[{"type":"string"}]}`:                            `variables[0].name is required`,
		`{"type":"dbFind","filters":{}}`:                                              `collection is required`,
		`{"type":"dbFind","collection":"{{c}}"}`:                                      `collection must be fixed text`,
		`{"type":"dbFind","collection":"c","findType":"all"}`:                         `findType must be one of one, findOne, many`,
		`{"type":"dbFind","collection":"c","filters":{"$where":"1"}}`:                 `filters may not use the operator $where`,
		`{"type":"dbFind","collection":"c","filters":{"a":{"$expr":1}}}`:              `$expr`,
		`{"type":"dbFind","collection":"c","sort":{"a":2}}`:                           `sort must be 1 or -1`,
		`{"type":"dbInsert","collection":"c"}`:                                        `data is required`,
		`{"type":"dbInsert","collection":"c","data":{"a":{"$b":1}}}`:                  `data must not hold the key "$b"`,
		`{"type":"dbUpdate","collection":"c","filter":{"a":1},"data":{"_id":1}}`:      `data must not change _id`,
		`{"type":"dbUpdate","collection":"c","filter":{"a":1},"data":{}}`:             `data must name at least one field`,
		`{"type":"dbUpdate","collection":"c","filter":{},"data":{"a":1}}`:             `filter must not be empty`,
		`{"type":"dbDelete","collection":"c","filter":{"$or":[{},{"a":1}]}}`:          `filter must not be empty`,
		`{"type":"dbDelete","collection":"c","filter":{"a":"{{nul}}"}}`:               `filter.a has no value`,
		`{"type":"jwtGenerate","expiresIn":"soon"}`:                                   `expiresIn must be seconds`,
		`{"type":"jwtGenerate","algorithm":"none"}`:                                   `algorithm must be one of`,
		`{"type":"jwtGenerate","payload":"x"}`:                                        `payload must be an object`,
		`{"type":"delay","seconds":-1}`:                                               `seconds must be a number of seconds`,
		`{"type":"delay","duration":"60s"}`:                                           `duration must be at most 25 s`,
		`{"type":"response","status":"x"}`:                                            `status must be a number`,
		`{"type":"dbFind","collection":"c","limit":0,"findType":"many"}`:              `limit must be at least 1`,
	} {
		message := failure(t, environment(t), `[{"type":"input","variables":[{"name":"nul"}]},`+step+`]`, `{}`)
		assert.Contains(t, message, want, step)
	}
}

func TestPlatformCollectionsAreOutOfReach(t *testing.T) {
	env := environment(t)
	for _, name := range []string{"workflows", "publishedapis", "sessions", "executions", "execution_logs", "userdbconnections", "collectiondefinitions", "dynamicdatas",
		"system.users", "a$b", `a\u0000b`, strings.Repeat("x", 121)} {
		for _, step := range []string{
			`{"type":"dbFind","collection":"%"}`, `{"type":"dbInsert","collection":"%","data":{"a":1}}`,
			`{"type":"dbUpdate","collection":"%","filter":{"a":1},"data":{"a":2}}`, `{"type":"dbDelete","collection":"%","filter":{"a":1}}`,
		} {
			message := failure(t, env, "["+strings.ReplaceAll(step, "%", name)+"]", `{}`)
			assert.Contains(t, message, "collection", name)
		}
	}
}

// What a variable holds is data (engine.md, security.md 1).
func TestVariablesCannotBecomeQueries(t *testing.T) {
	env := environment(t)
	require.Nil(t, run(t, env, `[{"type":"dbInsert","collection":"people","data":{"email":"a@b.c","tags":["x"]}}]`, `{}`).Failed())
	find := `[{"type":"input","variables":[{"name":"email"}]},{"type":"dbFind","collection":"people","filters":{"email":"{{email}}"}},{"type":"response","body":{"hit":"{{found}}"}}]`
	for _, hostile := range []string{`{"$ne":null}`, `{"$gt":""}`, `["a@b.c"]`, `{"$where":"1"}`, `{"a.b":1}`, `{"x":{"$gt":1}}`, `{"$expr":{}}`} {
		assert.Contains(t, failure(t, env, find, `{"email":`+hostile+`}`), "email", hostile)
	}
	assert.Equal(t, `{"hit":null}`, answer(t, env, find, `{"email":"{\"$ne\":null}"}`), "text stays text")

	whole := `[{"type":"dbFind","collection":"people","filters":"input"}]`
	for _, hostile := range []string{`{"$or":[{}]}`, `{"email":{"$ne":1}}`, `{"a.b":1}`} {
		failure(t, env, whole, hostile)
	}
	failure(t, env, `[{"type":"dbUpdate","collection":"people","filter":{"email":"a@b.c"},"data":{"name":"{{input.name}}"}}]`, `{"name":{"$inc":1}}`)
	failure(t, env, `[{"type":"dbInsert","collection":"people","data":"input"}]`, `{"a":{"$x":1}}`)
	failure(t, env, `[{"type":"dbDelete","collection":"people","filter":"input"}]`, `{}`)

	operators := `[{"type":"dbFind","collection":"people","filters":{"tags":{"$in":"{{input.tags}}"}}},{"type":"response","body":{"hit":"found.email"}}]`
	assert.Equal(t, `{"hit":"a@b.c"}`, answer(t, env, operators, `{"tags":["x"]}`), "an operator that the author wrote takes a list")
	failure(t, env, operators, `{"tags":[{"$gt":""}]}`)
}
