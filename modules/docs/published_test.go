package docs_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/core/workflows"
	"github.com/orchestrix/orchestrix/modules/modulestest"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/openapi/openapitest"
)

func serve(t *testing.T) *modulestest.Host {
	t.Helper()
	return modulestest.Start(t, "docs.published", "execution.published", "workflow.save", "workflow.delete")
}

// publish saves steps, as JSON, and returns the path of their API.
func publish(t *testing.T, host *modulestest.Host, id, steps string) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"workflowId": id, "ownerId": "o", "apiName": "My API", "steps": json.RawMessage(steps)})
	require.NoError(t, err)
	got := host.Call(http.MethodPost, "/workflows/save", string(body))
	require.Equal(t, http.StatusOK, got.Status, got.Body)
	var saved struct{ APIPath string }
	require.NoError(t, json.Unmarshal([]byte(got.Body), &saved))
	return saved.APIPath
}

// api is the document of a published API, and what it says of the call.
type api struct {
	*openapitest.Document
	path string // as the document has it
	call map[string]any
}

func describe(t *testing.T, host *modulestest.Host, path string) *api {
	t.Helper()
	got := host.Call(http.MethodGet, strings.ReplaceAll(path, " ", "%20")+"/openapi.json", "")
	require.Equal(t, http.StatusOK, got.Status, got.Body)
	d := &api{Document: openapitest.Parse(t, []byte(got.Body))}
	paths := d.Get("#/paths").(map[string]any)
	require.Len(t, paths, 1)
	for p, item := range paths {
		d.path, d.call = p, item.(map[string]any)["post"].(map[string]any)
	}
	return d
}

func (d *api) input(t *testing.T) string {
	t.Helper()
	return asJSON(t, d.Get("#/components/schemas/Input"))
}

func (d *api) answer(t *testing.T, status string) string {
	t.Helper()
	return asJSON(t, d.Get(d.Response(http.MethodPost, d.path, status)))
}

func (d *api) takes(t *testing.T, body string) error {
	t.Helper()
	at := "#/paths/" + strings.ReplaceAll(d.path, "/", "~1") + "/post/requestBody/content/application~1json/schema"
	return d.Validate(t, at, []byte(body))
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return string(text)
}

func TestADocumentSaysWhatTheStepsSay(t *testing.T) {
	host := serve(t)
	d := describe(t, host, publish(t, host, "w", `[
		{"type":"input","variables":[{"name":"email","type":"string"},{"name":"age","type":"number","required":true},{"name":"plan","type":"string","default":"free"},{"name":"apiToken","default":"hidden-default"}]},
		{"type":"inputValidation","rules":[{"field":"{{email}}","required":true,"type":"email","maxLength":80},{"field":"input.age","min":18,"max":150},
			{"field":"plan","enum":["free","pro","pro"]},{"field":"address.city","required":true,"type":"string"},{"field":"tags","type":"array","minLength":1},{"field":"input.tags","type":"array","minLength":1}]},
		{"type":"authMiddleware"},
		{"type":"dbInsert","collection":"things","data":{"email":"{{email}}","password":"{{email}}","n":1}},
		{"type":"response","status":"201","body":{"id":"{{created._id}}","age":"{{age}}","text":"hi {{email}}","user":"{{created}}","nope":"{{nope}}","len":"{{email.length}}","who":"{{currentUser.role}}"}}]`))
	assert.JSONEq(t, `{"type":"object","required":["email","age"],"properties":{
		"email":{"type":"string","format":"email","maxLength":80,"minLength":1},
		"age":{"type":"number","minimum":18,"maximum":150},
		"plan":{"type":"string","enum":["free","pro"],"default":"free"},
		"apiToken":{},
		"tags":{"type":"array","minItems":1}}}`, d.input(t))
	assert.JSONEq(t, `{"type":"object","required":["id","age","text","user","nope","len","who"],"properties":{
		"id":{"type":"string"},"age":{"type":"number","minimum":18,"maximum":150},"text":{"type":"string"},
		"user":{"type":"object","required":["_id","email","n"],"properties":{"_id":{"type":"string"},"email":{"type":"string","format":"email","maxLength":80,"minLength":1},"n":{"type":"number","const":1}}},
		"nope":{"type":"string","const":"{{nope}}"},"len":{"type":"integer","minimum":0},"who":{}}}`, d.answer(t, "201"))
	assert.JSONEq(t, `[{"bearer":[]}]`, asJSON(t, d.call["security"]))
	for _, status := range []string{"400", "401", "404", "413", "415", "422", "500", "503", "504", "default"} {
		assert.Contains(t, d.call["responses"], status)
	}
	assert.NotContains(t, d.call["responses"], "200")
	assert.NotContains(t, asJSON(t, d.Root), "hidden-default")
	assert.NotContains(t, asJSON(t, d.Root), "things", "nothing of what the steps do")
	for body, fits := range map[string]bool{
		`{"email":"a@b.cd","age":20,"x":1}`: true, `{"input":{"email":"a@b.cd","age":20}}`: true, `{}`: false, `{"email":"a@b.cd","age":2}`: false, `{"input":{"age":20}}`: false,
	} {
		assert.Equal(t, fits, d.takes(t, body) == nil, body)
	}
}

func TestAnswersOfEveryKind(t *testing.T) {
	host := serve(t)
	for name, row := range map[string]struct{ steps, status, schema string }{
		"nothing":            {`[{"type":"response"}]`, "200", `{"type":"object"}`},
		"the last one":       {`[{"type":"response","status":201,"body":1},{"type":"response","body":[true,"x"]}]`, "200", `{"type":"array","minItems":2,"maxItems":2,"prefixItems":[{"type":"boolean","const":true},{"type":"string","const":"x"}]}`},
		"no status is that":  {`[{"type":"response","status":99,"body":null}]`, "200", `{"type":"object"}`},
		"a variable":         {`[{"type":"response","status":"{{input.code}}","body":"{{input.text}}"}]`, "200", `{}`},
		"a variable's null":  {`[{"type":"input","variables":[{"name":"n","type":"number"}]},{"type":"response","body":"{{n}}"}]`, "200", `{"type":["number","null"]}`},
		"another's default":  {`[{"type":"input","variables":[{"name":"m","type":"number","default":""}]},{"type":"response","body":"{{m}}"}]`, "200", `{}`},
		"a default":          {`[{"type":"input","variables":[{"name":"m","type":"number","default":2}]},{"type":"response","body":"{{m}}"}]`, "200", `{"type":"number","default":2}`},
		"of the request":     {`[{"type":"input","variables":[{"name":"n","type":"number"}]},{"type":"response","body":"{{input.n}}"}]`, "200", `{"type":["number","null"]}`},
		"called input":       {`[{"type":"input","variables":[{"name":"input","type":"number","required":true}]},{"type":"response","body":"{{input.input}}"}]`, "200", `{"type":"number"}`},
		"found one":          {`[{"type":"dbFind","collection":"c"},{"type":"response","body":"{{foundData}}"}]`, "200", `{"type":["object","null"]}`},
		"found many":         {`[{"type":"dbFind","collection":"c","findType":"many","output":"all"},{"type":"response","body":"{{all.length}}"}]`, "200", `{"type":"integer","minimum":0}`},
		"a failure's status": {`[{"type":"response","status":422,"body":"no"}]`, "422", ``},
		"one of the host's":  {`[{"type":"response","status":404,"body":"no"}]`, "404", ``},
		"a token":            {`[{"type":"jwtGenerate","payload":{}},{"type":"response","body":"{{token}}"}]`, "200", `{"type":"string"}`},
		"a bare word":        {`[{"type":"response","body":"token"}]`, "200", `{"type":"string","const":"token"}`},
	} {
		t.Run(name, func(t *testing.T) {
			d := describe(t, host, publish(t, host, "w", row.steps))
			if row.schema != "" {
				assert.JSONEq(t, row.schema, d.answer(t, row.status))
			}
			got := host.Call(http.MethodPost, d.path, `{"input":{"input":5},"n":7}`)
			schema := d.Response(http.MethodPost, d.path, row.status)
			assert.NoError(t, d.Validate(t, schema, []byte(got.Body)), got.Body)
		})
	}
	d := describe(t, host, publish(t, host, "w", `[{"type":"response","status":204,"body":{"a":1}}]`))
	assert.Empty(t, d.Response(http.MethodPost, d.path, "204"), "it has no body")
}

// Whatever was saved is described: each step type with its own example, nothing at
// all, and what can never run.
func TestWhateverWasSavedIsDescribed(t *testing.T) {
	host := serve(t)
	all := map[string]string{
		"no steps": `[]`, "unknown type": `[{"type":"nope"}]`, "wrong fields": `[{"type":"input","variables":7},{"type":"response","body":1}]`,
		"half filled": `[{"type":"input","data":{"fields":{"variables":[{"name":""},{"name":"a","type":"?"},{"type":"x"}]}}},{"type":"inputValidation","data":{"fields":{"rules":[{"field":"a"}]}}}]`,
		"odd names":   `[{"type":"input","variables":[{"name":"a/b~c %25"},{"name":"input"},{"name":"$ref"},{"name":"é"}]},{"type":"inputValidation","rules":[{"field":"input.x..y","required":true},{"field":"$ref","type":"string","pattern":"(?i)^\\pL+$"}]},{"type":"response","body":"{{input}}"}]`,
		"report":      `[{"type":"input","variables":[{"name":"a","type":"string"}]},{"type":"delay","seconds":0}]`,
	}
	for _, stepType := range engine.Steps.All() {
		step := doc.Object{{"type", stepType.Type}}
		for _, f := range stepType.Fields {
			step = append(step, doc.Field{Key: f.Name, Value: f.Example})
		}
		all[stepType.Type] = "[" + string(doc.MarshalJSON(step)) + "]"
	}
	for name, steps := range all {
		t.Run(name, func(t *testing.T) {
			d := describe(t, host, publish(t, host, "w", steps))
			if strings.Contains("unknown type wrong fields half filled", name) {
				assert.Contains(t, d.call["description"], "No call can succeed")
				assert.NotContains(t, d.call["responses"], "200")
			} else {
				assert.Contains(t, d.call["responses"], "200")
			}
		})
	}
}

func TestOddIdsAreCalledAsDescribed(t *testing.T) {
	host := serve(t)
	for _, id := range []string{"plain", "a{b}", ":id", "имя 1", "a/b?c#d%", `"<x>`} {
		path := publish(t, host, id, `[{"type":"response","body":{"ok":true}}]`)
		got := host.Call(http.MethodGet, strings.NewReplacer(" ", "%20", "{", "%7B", "}", "%7D", `"`, "%22", "<", "%3C", ">", "%3E").Replace(path)+"/openapi.json", "")
		require.Equal(t, http.StatusOK, got.Status, "%s: %s", path, got.Body)
		for described := range openapitest.Parse(t, []byte(got.Body)).Get("#/paths").(map[string]any) {
			assert.Equal(t, `{"ok":true}`, host.Call(http.MethodPost, described, "").Body, described)
		}
	}
}

func TestWhatIsNotPublishedIsNotDescribed(t *testing.T) {
	host := serve(t)
	path := publish(t, host, "w", `[{"type":"response"}]`)
	for _, other := range []string{"/workflow/run/w/other", "/workflow/run/other/my-api", "/workflow/run/w/My%20API"} {
		got := host.Call(http.MethodGet, other+"/openapi.json", "")
		assert.Equal(t, http.StatusNotFound, got.Status, other)
		assert.Contains(t, got.Body, `"error":"API not published"`)
	}
	first := host.Call(http.MethodGet, path+"/openapi.json", "")
	assert.Equal(t, http.StatusNotModified, host.Call(http.MethodGet, path+"/openapi.json", "", "If-None-Match", first.Header.Get("ETag")).Status)
	require.Equal(t, http.StatusOK, host.Call(http.MethodDelete, "/workflows/w?ownerId=o", "").Status)
	assert.Equal(t, http.StatusNotFound, host.Call(http.MethodGet, path+"/openapi.json", "").Status)
}

// A workflow of the old backend may be one that is refused today.
func TestAStoredCycleIsDescribed(t *testing.T) {
	host := serve(t)
	_, err := host.Store.Collection("workflows").InsertOne(t.Context(), doc.Object{
		{"workflowId", "old"}, {"ownerId", "o"}, {"apiPath", workflows.Path("old", "api")}, {"edges", doc.Array{doc.Object{{"source", "a"}, {"target", "a"}}}},
		{"steps", doc.Array{doc.Object{{"id", "a"}, {"type", "response"}}}},
	})
	require.NoError(t, err)
	assert.Contains(t, describe(t, host, "/workflow/run/old/api").call["responses"], "200")
}

// Values that hold others twice, and again, do not make the document grow with them.
func TestADocumentStaysSmall(t *testing.T) {
	host := serve(t)
	steps := `{"type":"dbInsert","collection":"c","data":{"a":1},"output":"v0"}`
	for i := range 40 {
		n, next := string(rune('0'+i/10))+string(rune('0'+i%10)), string(rune('0'+(i+1)/10))+string(rune('0'+(i+1)%10))
		if i == 0 {
			steps = strings.Replace(steps, `"v0"`, `"v00"`, 1)
		}
		steps += `,{"type":"dbInsert","collection":"c","data":{"a":"{{v` + n + `}}","b":"{{v` + n + `}}"},"output":"v` + next + `"}`
	}
	path := publish(t, host, "w", `[`+steps+`,{"type":"response","body":["{{v40}}","{{v40}}"]}]`)
	got := host.Call(http.MethodGet, path+"/openapi.json", "")
	require.Equal(t, http.StatusOK, got.Status)
	assert.Less(t, len(got.Body), 1<<20)
}
