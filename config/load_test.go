package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/config"
)

const canary = "canary-5f1e"

// clean gives the test an empty working directory and no variable of ours.
func clean(t *testing.T) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, ".env.example"))
	require.NoError(t, err)
	for line := range strings.SplitSeq(string(text), "\n") {
		if name, _, ok := strings.Cut(line, "="); ok && !strings.HasPrefix(line, "#") {
			t.Setenv(name, "")
		}
	}
	t.Setenv("OPENAI_KEY", "")
	t.Setenv("HF_API_KEY", "")
	t.Chdir(t.TempDir())
}

var root = func() string {
	dir, err := filepath.Abs("..")
	if err != nil {
		panic(err)
	}
	return dir
}()

// load loads with the flags of a command line.
func load(t *testing.T, args ...string) (*config.Settings, error) {
	t.Helper()
	flags := config.Flags()
	require.NoError(t, flags.Parse(args))
	return config.Load(flags)
}

func write(t *testing.T, name, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
}

func TestDefaults(t *testing.T) {
	clean(t)
	s, err := config.Load(nil)
	require.NoError(t, err)
	assert.Equal(t, "development", s.Environment)
	assert.Equal(t, "Orchestrix", s.AppName)
	assert.Equal(t, ":4000", s.Addr())
	assert.Equal(t, "./data", s.DataDir)
	assert.Equal(t, "info", s.LogLevel)
	assert.Equal(t, 587, s.SMTPPort)
	assert.Equal(t, []time.Duration{30 * time.Second, 30 * time.Second, 10 * time.Second},
		[]time.Duration{s.RunTimeout, s.StepTimeout, s.ShutdownTimeout})
	assert.Zero(t, s.ShutdownDelay)
	assert.Empty(t, s.MetricsAddr)
	assert.Empty(t, s.MongoURI)
	assert.Empty(t, s.JWTSecret)
	assert.Empty(t, s.FrontendURLs)
	assert.Empty(t, s.Secrets())
	assert.Empty(t, s.Warnings())
	assert.False(t, s.LegacyStatus())
	assert.False(t, s.Production())
}

func TestPrecedence(t *testing.T) {
	tests := []struct {
		name             string
		config, dot, env string
		args             []string
		want             int
		configName       string
	}{
		{name: "file", config: "port: 1\n", want: 1},
		{name: ".env beats file", config: "port: 1\n", dot: "PORT=2\n", want: 2},
		{name: "environment beats .env", config: "port: 1\n", dot: "PORT=2\n", env: "3", want: 3},
		{name: "flag beats environment", config: "port: 1\n", dot: "PORT=2\n", env: "3", args: []string{"--port", "4"}, want: 4},
		{name: "empty .env entry is none", config: "port: 1\n", dot: "PORT=\n", want: 1},
		{name: "empty everywhere is the default", dot: "PORT=\n", want: 4000},
		{name: "upper case", config: "PORT: 5\n", want: 5},
		{name: "null is none", config: "port:\n", want: 4000},
		{name: "JSON", configName: "c.json", config: `{"PORT": 6}`, want: 6},
		{name: "TOML", configName: "c.toml", config: "PORT = 7\n", want: 7},
		{name: "lines without ending", configName: "settings", config: "PORT=8\n", want: 8},
		{name: "lines in .env file", configName: "prod.env", config: "PORT=9\n", want: 9},
		{name: ".env of other programs", dot: "PORT=10\nOTHER=x\n", want: 10},
		{name: "spaces around", env: " 11 ", want: 11},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			clean(t)
			args := tt.args
			if tt.config != "" {
				name := tt.configName
				if name == "" {
					name = "c.yaml"
				}
				write(t, name, tt.config)
				args = append([]string{"--config", name}, args...)
			}
			if tt.dot != "" {
				write(t, ".env", tt.dot)
			}
			t.Setenv("PORT", tt.env)
			s, err := load(t, args...)
			require.NoError(t, err)
			assert.Equal(t, tt.want, s.Port)
		})
	}
}

// A number and a truth are written as each kind of file writes them.
func TestScalarsOfFiles(t *testing.T) {
	for name, text := range map[string]string{
		"c.json": `{"RUN_RETENTION_COUNT": 1000000, "ALLOW_PRIVATE_DB": true}`,
		"c.yaml": "RUN_RETENTION_COUNT: 1000000\nALLOW_PRIVATE_DB: true\n",
		"c.toml": "RUN_RETENTION_COUNT = 1_000_000\nALLOW_PRIVATE_DB = true\n",
		"c.env":  "RUN_RETENTION_COUNT=1000000\nALLOW_PRIVATE_DB=true\n",
	} {
		t.Run(name, func(t *testing.T) {
			clean(t)
			write(t, name, text)
			s, err := load(t, "--config", name)
			require.NoError(t, err)
			assert.Equal(t, 1_000_000, s.RetentionCount)
			assert.True(t, s.AllowPrivateDB)
		})
	}
}

func TestFlags(t *testing.T) {
	clean(t)
	s, err := load(t, "--host=::1", "--port=0", "--data-dir", "d", "--log-level", "debug")
	require.NoError(t, err)
	assert.Equal(t, "[::1]:0", s.Addr())
	assert.Equal(t, "d", s.DataDir)
	assert.Equal(t, "debug", s.LogLevel)

	names := func(flags *pflag.FlagSet) (all []string) {
		flags.VisitAll(func(f *pflag.Flag) { all = append(all, f.Name) })
		return all
	}
	assert.Equal(t, []string{"config", "log-level", "host", "port", "data-dir"}, names(config.Flags()))
	few := config.Flags("config", "port")
	assert.Equal(t, []string{"config", "port"}, names(few))
	require.NoError(t, few.Parse([]string{"--port", "7"}))
	s, err = config.Load(few)
	require.NoError(t, err)
	assert.Equal(t, ":7", s.Addr())
}

func TestOlderNames(t *testing.T) {
	clean(t)
	t.Setenv("OPENAI_KEY", "old-openai")
	t.Setenv("HF_API_KEY", "old-hf")
	write(t, ".env", "HF_API_KEY=from-file\nOPENAI_KEY=from-file\n")
	s, err := config.Load(nil)
	require.NoError(t, err)
	assert.Equal(t, "old-openai", s.OpenAIKey)
	assert.Equal(t, "old-hf", s.HuggingFaceKey)

	t.Setenv("OPENAI_API_KEY", "new-openai")
	t.Setenv("HF_API_KEY", "")
	s, err = config.Load(nil)
	require.NoError(t, err)
	assert.Equal(t, "new-openai", s.OpenAIKey)
	assert.Equal(t, "from-file", s.HuggingFaceKey)
}

func TestSecretsKeepTheirBytes(t *testing.T) {
	clean(t)
	write(t, ".env", `JWT_SECRET='a$b#c d'`+"\n")
	s, err := config.Load(nil)
	require.NoError(t, err)
	assert.Equal(t, "a$b#c d", s.JWTSecret)
	t.Setenv("JWT_SECRET", " spaces around ")
	s, err = config.Load(nil)
	require.NoError(t, err)
	assert.Equal(t, " spaces around ", s.JWTSecret)
}

func TestOrigins(t *testing.T) {
	for value, want := range map[string][]string{
		"http://localhost:3000":                            {"http://localhost:3000"},
		" https://a.example.com/ , https://b.example.com ": {"https://a.example.com", "https://b.example.com"},
		"https://a.example.com,,":                          {"https://a.example.com"},
		",":                                                nil,
	} {
		clean(t)
		t.Setenv("FRONTEND_URL", value)
		s, err := config.Load(nil)
		require.NoError(t, err, value)
		assert.Equal(t, want, s.FrontendURLs, value)
	}
}

func TestMetricsAddr(t *testing.T) {
	for _, value := range []string{":0", "127.0.0.1:9464", "[::1]:9464", "localhost:65535"} {
		clean(t)
		t.Setenv("METRICS_ADDR", value)
		s, err := config.Load(nil)
		require.NoError(t, err, value)
		assert.Equal(t, value, s.MetricsAddr)
	}
}
