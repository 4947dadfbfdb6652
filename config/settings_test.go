package config_test

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zapcore"

	"github.com/orchestrix/orchestrix/config"
	"github.com/orchestrix/orchestrix/platform/logging"
)

func TestProduction(t *testing.T) {
	tests := []struct {
		name, secret, frontend, mode string
		warnings                     []string
	}{
		{"all set", "0123456789abcdef", "https://a.b", "required", nil},
		{"no origin", "0123456789abcdef", "", "required", []string{"FRONTEND_URL"}},
		{"short secret", "0123456789abcde", "https://a.b", "required", []string{"JWT_SECRET"}},
		{"open to all", "0123456789abcdef", "https://a.b", "", []string{"AUTH_MODE"}},
		{"all", "short", "", "open", []string{"FRONTEND_URL", "JWT_SECRET", "AUTH_MODE"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			clean(t)
			t.Setenv("NODE_ENV", "production")
			t.Setenv("JWT_SECRET", tt.secret)
			t.Setenv("FRONTEND_URL", tt.frontend)
			t.Setenv("AUTH_MODE", tt.mode)
			s, err := config.Load(nil)
			require.NoError(t, err)
			assert.True(t, s.Production())
			warnings := s.Warnings()
			require.Len(t, warnings, len(tt.warnings))
			for i, name := range tt.warnings {
				assert.Contains(t, warnings[i], name)
				assert.NotContains(t, warnings[i], tt.secret)
			}
		})
	}
}

func TestSecretsStayOutOfTheLog(t *testing.T) {
	clean(t)
	t.Setenv("JWT_SECRET", "jwt-"+canary)
	t.Setenv("SMTP_PASS", "smtp-"+canary)
	t.Setenv("OPENAI_KEY", "openai-"+canary)
	t.Setenv("PUBLISHED_STATUS", "legacy")
	t.Setenv("MONGODB_URI", "mongodb://ann:mongo%2F"+canary+"@h1:27017,h2:27018/db")
	s, err := config.Load(nil)
	require.NoError(t, err)
	assert.True(t, s.LegacyStatus())
	assert.ElementsMatch(t, []string{"jwt-" + canary, "smtp-" + canary, "openai-" + canary, "mongo%2F" + canary, "mongo/" + canary}, s.Secrets())

	var direct = map[string]string{}
	for _, f := range s.Fields() {
		direct[f.Key] = f.String
		assert.NotContains(t, f.String, canary)
	}
	assert.Equal(t, "***", direct["JWT_SECRET"])
	assert.Equal(t, "***", direct["OPENAI_API_KEY"])
	assert.Equal(t, "4000", direct["PORT"])
	assert.Equal(t, "mongodb://***@h1:27017,h2:27018/db", direct["MONGODB_URI"])
	assert.NotContains(t, direct, "GROQ_API_KEY")

	var out bytes.Buffer
	log, err := logging.New(logging.Options{Output: zapcore.AddSync(&out), Secrets: s.Secrets()})
	require.NoError(t, err)
	log.Info("settings", s.Fields()...)
	log.Info("dial mongo/" + canary + " failed")
	assert.NotContains(t, out.String(), canary)
	assert.Contains(t, out.String(), "legacy")
}

func TestMadeSecret(t *testing.T) {
	clean(t)
	start := func() *config.Settings {
		s, err := load(t, "--data-dir", "a/b")
		require.NoError(t, err)
		return s
	}
	first := start()
	made, err := first.EnsureJWTSecret()
	require.NoError(t, err)
	assert.True(t, made)
	assert.Len(t, first.JWTSecret, 64)
	assert.Equal(t, []string{first.JWTSecret}, first.Secrets())

	second := start()
	made, err = second.EnsureJWTSecret()
	require.NoError(t, err)
	assert.True(t, made)
	assert.Equal(t, first.JWTSecret, second.JWTSecret)

	for name, mode := range map[string]os.FileMode{"a/b/jwt_secret": 0o600, "a/b": 0o700} {
		info, err := os.Stat(name)
		require.NoError(t, err)
		assert.Equal(t, mode, info.Mode().Perm(), name)
	}
	names, err := filepath.Glob("a/b/*")
	require.NoError(t, err)
	assert.Equal(t, []string{"a/b/jwt_secret"}, names, "no draft is left")

	write(t, "a/b/jwt_secret", canary)
	_, err = start().EnsureJWTSecret()
	require.ErrorContains(t, err, "64 hexadecimal digits")
	assert.NotContains(t, err.Error(), canary)

	t.Setenv("JWT_SECRET", canary)
	third := start()
	made, err = third.EnsureJWTSecret()
	require.NoError(t, err)
	assert.False(t, made)
	assert.Equal(t, canary, third.JWTSecret)
}

func TestSecretIsNeverMadeInProduction(t *testing.T) {
	s := &config.Settings{Environment: "production", DataDir: t.TempDir()}
	_, err := s.EnsureJWTSecret()
	require.ErrorContains(t, err, "JWT_SECRET must be set")
	names, err := os.ReadDir(s.DataDir)
	require.NoError(t, err)
	assert.Empty(t, names)
}

func TestProcessesThatStartTogetherAgree(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	all := make([]config.Settings, 8)
	var wg sync.WaitGroup
	for i := range all {
		all[i].DataDir = dir
		wg.Go(func() {
			_, err := all[i].EnsureJWTSecret()
			assert.NoError(t, err)
		})
	}
	wg.Wait()
	for i := range all {
		assert.Equal(t, all[0].JWTSecret, all[i].JWTSecret)
	}
}

func TestValuesSayWhereTheyComeFrom(t *testing.T) {
	clean(t)
	write(t, "c.yaml", "app_name: Acme\nlog_level: debug\nport: 1\nrun_workers: 3\n")
	write(t, ".env", "PORT=2\nLOG_LEVEL=warn\nHF_API_KEY="+canary+"\n")
	t.Setenv("LOG_LEVEL", "error")
	t.Setenv("OPENAI_KEY", canary)
	t.Setenv("RUN_WORKERS", " ")
	s, err := load(t, "--config", "c.yaml", "--data-dir", "d")
	require.NoError(t, err)
	got := map[string]config.Value{}
	for _, v := range s.Values() {
		got[v.Name] = v
		assert.NotContains(t, v.Value, canary)
	}
	for _, want := range []config.Value{
		{"APP_NAME", "Acme", "file c.yaml"},
		{"PORT", "2", "file .env"},
		{"LOG_LEVEL", "error", "environment LOG_LEVEL"},
		{"OPENAI_API_KEY", "***", "environment OPENAI_KEY"},
		{"HUGGINGFACE_API_KEY", "***", "file .env"},
		{"DATA_DIR", "d", "flag --data-dir"},
		{"RUN_TIMEOUT", "30s", "default"},
		{"GROQ_API_KEY", "", "default"},
		{"RUN_WORKERS", "64", "default"},
	} {
		assert.Equal(t, want, got[want.Name])
	}
}
