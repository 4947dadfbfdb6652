package contract_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/config"
	"github.com/orchestrix/orchestrix/platform/openapi/openapitest"
)

// What the document of an API lets pass, its rules let pass, and the answer is as
// the document says.
func TestRulesAreAsDescribed(t *testing.T) {
	url := start(t)
	rules := []string{
		`"type":"string"`, `"type":"number"`, `"type":"boolean"`, `"type":"array"`, `"type":"object"`, `"type":"email"`,
		`"required":true`, `"required":true,"type":"string"`, `"required":true,"type":"number"`, `"required":true,"type":"array"`,
		`"minLength":2`, `"maxLength":1,"type":"array"`, `"minLength":1.5,"maxLength":3.5,"type":"string"`, `"maxLength":-1,"type":"string"`,
		`"min":2,"type":"number"`, `"max":2.5,"type":"number"`, `"min":"0x2"`, `"pattern":"^a","type":"string"`, `"pattern":"(?i)^A","type":"string"`,
		`"enum":["a",1,null]`, `"enum":[],"type":"string"`, `"enum":["a","ab","abc"],"type":"string","minLength":2`,
	}
	values := []string{
		`null`, `true`, `0`, `1`, `2`, `2.5`, `-3`, `1e300`, `""`, `"a"`, `"ab"`, `"abc"`, `"Abcd"`, `" 7 "`, `"a@b.cd"`, `"a@b"`, `"é"`,
		`[]`, `[1]`, `[1,2]`, `{}`, `{"a":1}`,
	}
	for i, rule := range rules {
		t.Run(rule, func(t *testing.T) {
			path := save(t, url, workflow(fmt.Sprint("w", i), "user_default", "api", `[{"type":"input","variables":[{"name":"v"}]},
				{"type":"inputValidation","rules":[{"field":"v",`+rule+`}]},{"type":"response","body":"{{v}}"}]`))
			d := openapitest.Parse(t, []byte(send(t, http.MethodGet, url+path+"/openapi.json", "").body))
			for _, value := range values {
				body := `{"v":` + value + `}`
				described := d.Validate(t, "#/components/schemas/Input", []byte(body)) == nil
				got := send(t, http.MethodPost, url+path, body)
				if !described {
					continue
				}
				if strings.Contains(rule, "(?i)") || rule == `"min":"0x2"` || strings.Contains(rule, "email") && value == `"a@b"` {
					continue // said in words, never to be satisfied, without a dot
				}
				require.Equal(t, http.StatusOK, got.status, "%s: %s", body, got.body)
				assert.NoError(t, d.Validate(t, d.Response(http.MethodPost, path, "200"), []byte(got.body)), got.body)
			}
		})
	}
}

// The settings that change how published APIs answer are in their documents.
func TestDocumentsFollowTheSettings(t *testing.T) {
	legacy := start(t, func(s *config.Settings) { s.PublishedStatus = "legacy"; s.RateLimit = 1000 })
	for name, steps := range map[string]string{
		"fails":    `[{"type":"inputValidation","rules":[{"field":"input.v","required":true}]},{"type":"response","body":{"a":1}}]`,
		"answers":  `[{"type":"response","status":404,"body":{"a":1}}]`,
		"is wrong": `[{"type":"nope"}]`,
	} {
		path := save(t, legacy, workflow(name, "user_default", "api", steps))
		got := send(t, http.MethodGet, legacy+path+"/openapi.json", "")
		d := openapitest.Parse(t, []byte(got.body))
		call := send(t, http.MethodPost, legacy+path, `{}`)
		require.Equal(t, http.StatusOK, call.status)
		for described := range d.Get("#/paths").(map[string]any) {
			assert.NoError(t, d.Validate(t, d.Response(http.MethodPost, described, "200"), []byte(call.body)), call.body)
			assert.NotEmpty(t, d.Response(http.MethodPost, described, "429"))
			assert.Empty(t, d.Response(http.MethodPost, described, "422"))
		}
	}
	assert.NotEmpty(t, document(t, legacy).Response(http.MethodGet, "/health", "429"))

	// Where a login is required, the documents are still for those who call the APIs.
	server, ann, _ := startWithTwo(t, loginRequired)
	path := ann.publish(t, "w", `[{"type":"response","body":"hello"}]`)
	got := send(t, http.MethodGet, server+path+"/openapi.json", "")
	require.Equal(t, http.StatusOK, got.status, "%s", got.body)
	openapitest.Parse(t, []byte(got.body))
}
