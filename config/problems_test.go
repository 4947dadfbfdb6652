package config_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/config"
)

func TestChecks(t *testing.T) {
	tests := []struct{ name, value string }{
		{"PORT", "70000"}, {"PORT", "-1"}, {"PORT", "x"}, {"PORT", "40.5"},
		{"HOST", "a:80"}, {"HOST", "http://a"}, {"HOST", "a b"},
		{"NODE_ENV", "prod"}, {"LOG_LEVEL", "loud"}, {"PUBLISHED_STATUS", "old"}, {"AI_PROVIDER", "other"},
		{"MONGODB_URI", "localhost:27017"}, {"MONGODB_URI", "mongodb://"},
		{"FRONTEND_URL", "*"}, {"FRONTEND_URL", "example.com"}, {"FRONTEND_URL", "https://a.b/path"},
		{"FRONTEND_URL", "https://a.b,ftp://c"}, {"FRONTEND_URL", "https://u:p@a.b"},
		{"RUN_TIMEOUT", "0s"}, {"STEP_TIMEOUT", "30"}, {"SHUTDOWN_TIMEOUT", "25h"}, {"RUN_TIMEOUT", "-1s"},
		{"SHUTDOWN_DELAY", "-1s"}, {"SHUTDOWN_DELAY", "2h"}, {"SHUTDOWN_DELAY", "5"},
		{"METRICS_ADDR", "9464"}, {"METRICS_ADDR", "localhost"}, {"METRICS_ADDR", ":70000"}, {"METRICS_ADDR", "http://a:1"}, {"METRICS_ADDR", "a b:1"}, {"METRICS_ADDR", ":http"},
		{"SMTP_PORT", "0"}, {"SMTP_HOST", "mail:25"}, {"FROM_EMAIL", "nobody"},
		{"AUTH_MODE", "closed"}, {"SESSION_TTL", "7d"}, {"SESSION_TTL", "9000h"}, {"PASSWORD_MIN_LENGTH", "73"},
		{"LOGIN_LIMIT_ACCOUNT", "-1"}, {"RATE_LIMIT", "many"}, {"TRUSTED_PROXIES", "proxy.local"}, {"TRUSTED_PROXIES", "10.0.0.0/33"},
		{"SMTP_TLS", "on"}, {"NOTIFY_USERS", "yes"}, {"ENCRYPTION_KEY", canary}, {"ENCRYPTION_KEY", canary + "0123456789abcdef0123456789abcde"}, {"ALLOW_PRIVATE_DB", "1"},
		{"APP_NAME", "two\nlines"}, {"GROQ_API_KEY", canary + " \n"},
		{"GROQ_BASE_URL", "api.groq.com"}, {"OPENAI_BASE_URL", "ftp://a.b/" + canary}, {"GEMINI_BASE_URL", "https://"}, {"HUGGINGFACE_BASE_URL", "https://u:" + canary + "@a.b"},
		{"OLLAMA_BASE_URL", "http://a.b?key=" + canary}, {"OLLAMA_BASE_URL", "http://a.b#x"}, {"OLLAMA_BASE_URL", "http://a b"},
	}
	for _, tt := range tests {
		t.Run(tt.name+"="+tt.value, func(t *testing.T) {
			clean(t)
			t.Setenv(tt.name, tt.value)
			_, err := config.Load(nil)
			require.ErrorContains(t, err, tt.name+" must be ")
			assert.NotContains(t, err.Error(), canary)
		})
	}
}

func TestEveryProblemAtOnce(t *testing.T) {
	clean(t)
	write(t, "c.yaml", "prot: 1\njwt_secret: 12345678\nmongodb_uri: [a]\n")
	t.Setenv("NODE_ENV", "production")
	t.Setenv("PORT", "x")
	t.Setenv("RUN_TIMEOUT", "soon")
	t.Setenv("OPENAI_API_KEY", "bad "+canary)
	_, err := load(t, "--config", "c.yaml")
	require.EqualError(t, err, `settings:
  c.yaml: MONGODB_URI must be one text or whole number; put it in quotes
  c.yaml: JWT_SECRET must be one text or whole number; put it in quotes
  c.yaml: unknown key "prot"
  PORT must be a whole number from 0 to 65535
  RUN_TIMEOUT must be a duration such as 30s, from 1ms to 1h
  OPENAI_API_KEY must be a key without spaces or line breaks
  JWT_SECRET must be set when NODE_ENV is production`)
}

func TestFilesThatCannotBeRead(t *testing.T) {
	tests := []struct{ name, file, text, want string }{
		{"missing", "c.yaml", "", "c.yaml: no such file"},
		{"bad YAML", "c.yaml", "jwt_secret: '" + canary, "c.yaml: cannot be parsed"},
		{"bad JSON", "c.json", `{"JWT_SECRET": "` + canary, "c.json: cannot be parsed"},
		{"bad lines", "c.env", canary + "\n", "c.env: cannot be parsed"},
		{"bad .env", ".env", "JWT_SECRET " + canary + "\n", ".env: cannot be parsed"},
		{"other kind", "c.ini2", "x", "c.ini2: must be a .yaml"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			clean(t)
			var args []string
			if tt.text != "" {
				write(t, tt.file, tt.text)
			}
			if tt.file != ".env" {
				args = []string{"--config", tt.file}
			}
			_, err := load(t, args...)
			require.ErrorContains(t, err, tt.want)
			assert.NotContains(t, err.Error(), canary)
		})
	}
	t.Run(".env is a directory", func(t *testing.T) {
		clean(t)
		require.NoError(t, os.Mkdir(".env", 0o700))
		_, err := config.Load(nil)
		require.ErrorContains(t, err, ".env: is a directory")
	})
}
