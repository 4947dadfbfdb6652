package config

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// variable declares one setting. Loading, checking, the listing at start and
// the test of .env.example all come from the table below.
type variable struct {
	name     string
	older    []string // names that earlier backends used
	fallback string
	about    string
	secret   bool // its value is never shown
	check    func(string) error
}

var variables = []variable{
	{name: "PORT", fallback: "4000", about: "port to listen on", check: port},
	{name: "HOST", about: "address to listen on; empty: all"},
	{name: "NODE_ENV", fallback: "development", about: "development, production or test", check: oneOf("development", "production", "test")},
	{name: "LOG_LEVEL", fallback: "info", about: "debug, info, warn or error", check: oneOf("debug", "info", "warn", "error")},
	{name: "APP_NAME", fallback: "Orchestrix", about: "name in greetings and mails"},
	{name: "DATA_DIR", fallback: "./data", about: "directory of the embedded store and of what is made at the first start"},
	{name: "MONGODB_URI", secret: true, about: "MongoDB to use; empty: the embedded store", check: mongoURI},
	{name: "JWT_SECRET", secret: true, about: "signs tokens; needed in production, made in development"},
	{name: "FRONTEND_URL", about: "origins that browsers may call from, separated by commas; empty: any localhost in development, none in production", check: origins},
	{name: "PUBLISHED_STATUS", fallback: "real", about: "real, or legacy: published APIs answer 200 always", check: oneOf("real", "legacy")},
	{name: "RUN_TIMEOUT", fallback: "30s", about: "longest published call", check: duration},
	{name: "STEP_TIMEOUT", fallback: "30s", about: "longest step", check: duration},
	{name: "SHUTDOWN_TIMEOUT", fallback: "10s", about: "longest wait for requests under way at the end", check: duration},
	{name: "AI_PROVIDER", about: "model provider of the generator: groq, openai, gemini, huggingface, ollama or builtin; empty: the first with a key", check: oneOf("", "groq", "openai", "gemini", "huggingface", "ollama", "builtin")},
	{name: "AI_MODEL", about: "model of the generator; empty: the provider's default"},
	{name: "GROQ_API_KEY", secret: true, about: "key for the generator"},
	{name: "OPENAI_API_KEY", older: []string{"OPENAI_KEY"}, secret: true, about: "key for the generator"},
	{name: "GEMINI_API_KEY", secret: true, about: "key for the generator"},
	{name: "HUGGINGFACE_API_KEY", older: []string{"HF_API_KEY"}, secret: true, about: "key for the generator"},
	{name: "SMTP_HOST", about: "mail server of the emailSend step"},
	{name: "SMTP_PORT", fallback: "587", about: "its port; 465 is implicit TLS", check: port},
	{name: "SMTP_USER", about: "its user"},
	{name: "SMTP_PASS", secret: true, about: "its password"},
	{name: "FROM_EMAIL", about: "sender of mails that name none"},
}

func port(s string) error {
	if n, err := strconv.Atoi(s); err != nil || n < 0 || n > 65535 {
		return fmt.Errorf("must be a port number")
	}
	return nil
}

func oneOf(allowed ...string) func(string) error {
	return func(s string) error {
		if !slices.Contains(allowed, s) {
			return fmt.Errorf("must be one of %s", strings.TrimPrefix(strings.Join(allowed, ", "), ", "))
		}
		return nil
	}
}

func duration(s string) error {
	if d, err := time.ParseDuration(s); err != nil || d <= 0 {
		return fmt.Errorf("must be a duration like 30s")
	}
	return nil
}

func mongoURI(s string) error {
	if s != "" && !strings.HasPrefix(s, "mongodb://") && !strings.HasPrefix(s, "mongodb+srv://") {
		return fmt.Errorf("must begin with mongodb:// or mongodb+srv://")
	}
	return nil
}

func origins(s string) error {
	for _, origin := range split(s) {
		u, err := url.Parse(origin)
		if err != nil || u.Scheme == "" || u.Host == "" {
			return fmt.Errorf("must be origins like https://app.example.com, separated by commas")
		}
	}
	return nil
}

// split cuts a list at its commas. A trailing slash is not part of an origin.
func split(s string) []string {
	var items []string
	for item := range strings.SplitSeq(s, ",") {
		if item = strings.TrimRight(strings.TrimSpace(item), "/"); item != "" {
			items = append(items, item)
		}
	}
	return items
}
