package command_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const canary = "canary-5f1e"

func TestVersion(t *testing.T) {
	got := run(t, t.Context(), "", "version")
	require.NoError(t, got.failed)
	assert.Regexp(t, `^orchestrix +\S+\ncommit .*\ndate .*\ngo +go1\.\S+ \w+/\w+\n$`, got.out)
	var info map[string]string
	require.NoError(t, json.Unmarshal([]byte(run(t, t.Context(), "", "version", "--json").out), &info))
	assert.Contains(t, got.out, info["version"])
	assert.Equal(t, "orchestrix "+info["version"]+"\n", run(t, t.Context(), "", "--version").out)
}

func TestModules(t *testing.T) {
	got := run(t, t.Context(), "", "modules")
	require.NoError(t, got.failed)
	assert.Regexp(t, `(?m)^METHOD +PATH +AUTH +ID +SOURCE +ALIASES$`, got.out)
	assert.Regexp(t, `(?m)^POST +/workflows/save +owned +workflow\.save +modules/workflow/save\.go:\d+ +/workflows /workflow$`, got.out)
	assert.Regexp(t, `(?m)^STEP TYPE +LABEL +OUTPUT +SOURCE$`, got.out)
	assert.Regexp(t, `(?m)^dbFind +\S.* +found +modules/steps/db_find\.go:\d+$`, got.out)

	var list struct {
		Routes []struct {
			ID, Method, Path, Auth, Summary, Source string
			Aliases                                 []string
		}
		StepTypes []struct{ Type, Label, Output, Summary, Source string }
	}
	text := run(t, t.Context(), "", "modules", "--json").out
	require.NoError(t, json.Unmarshal([]byte(text), &list))
	assert.NotContains(t, text, "null")
	for _, r := range list.Routes {
		assert.True(t, r.ID != "" && r.Method != "" && strings.HasPrefix(r.Path, "/") && r.Auth != "" && r.Summary != "", "%+v", r)
		assert.Regexp(t, `^modules/\w+/\w+\.go:\d+$`, r.Source)
		assert.Contains(t, got.out, r.Path)
	}
	for _, s := range list.StepTypes {
		assert.True(t, s.Type != "" && s.Label != "" && s.Summary != "", "%+v", s)
		assert.Regexp(t, `^modules/steps/\w+\.go:\d+$`, s.Source)
	}
	assert.NotEmpty(t, list.Routes)
	assert.NotEmpty(t, list.StepTypes)
}

func TestConfig(t *testing.T) {
	alone(t)
	write(t, ".env", "APP_NAME=Acme\nSMTP_PASS="+canary+"\n")
	t.Setenv("JWT_SECRET", canary)
	t.Setenv("MONGODB_URI", "mongodb://ann:"+canary+"@db:27017/x?tlsCertificateKeyFilePassword="+canary)
	got := run(t, t.Context(), "", "config", "--port", "0")
	require.NoError(t, got.failed)
	for _, want := range []string{
		`NAME +VALUE +FROM`, `APP_NAME +Acme +file \.env`, `SMTP_PASS +\*\*\* +file \.env`, `JWT_SECRET +\*\*\* +environment JWT_SECRET`,
		`MONGODB_URI +mongodb://\*\*\*@db:27017/x +environment MONGODB_URI`, `PORT +0 +flag --port`, `RUN_TIMEOUT +30s +default`, `HOST +default`,
	} {
		assert.Regexp(t, `(?m)^`+want+`$`, got.out)
	}
	assert.NotContains(t, got.out+got.err, canary)
	assert.Empty(t, got.err)

	t.Setenv("NODE_ENV", "production")
	got = run(t, t.Context(), "", "config", "--json")
	require.NoError(t, got.failed)
	assert.Contains(t, got.err, "warning: AUTH_MODE is open")
	var values []struct{ Name, Value, Source string }
	require.NoError(t, json.Unmarshal([]byte(got.out), &values))
	assert.Equal(t, "NODE_ENV", values[0].Name)
	assert.NotContains(t, got.out, canary)

	t.Setenv("JWT_SECRET", "")
	assert.ErrorContains(t, run(t, t.Context(), "", "config").failed, "JWT_SECRET must be set")
}
