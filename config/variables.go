package config

import (
	"net/netip"
	"strings"
	"time"

	"github.com/orchestrix/orchestrix/platform/logging"
)

// variable declares one setting. Its name is that of the environment variable
// and, in any case, of the key in a file.
type variable struct {
	name     string
	older    []string // names that still work; name wins
	flag     string   // command-line flag, optional
	standard string   // the default
	about    string
	secret   bool
	set      setter
}

// names are the ones that a variable goes by, the first first.
func (v variable) names() []string { return append([]string{v.name}, v.older...) }

// maxWait bounds every timeout.
const maxWait = time.Hour

// maxSpan bounds what may last longer than a request.
const maxSpan = 365 * 24 * time.Hour

var variables = []variable{
	{name: "NODE_ENV", standard: development, about: "development, production or test",
		set: oneOf(func(s *Settings) *string { return &s.Environment }, development, production, "test")},
	{name: "APP_NAME", standard: "Orchestrix", about: "name of this installation, shown in answers and mails",
		set: line(func(s *Settings) *string { return &s.AppName })},
	{name: "LOG_LEVEL", flag: "log-level", standard: "info", about: "least severe lines to log: " + strings.Join(logging.Levels, ", "),
		set: oneOf(func(s *Settings) *string { return &s.LogLevel }, logging.Levels...)},

	{name: "HOST", flag: "host", about: "address to listen on; empty is every address",
		set: host(func(s *Settings) *string { return &s.Host })},
	{name: "PORT", flag: "port", standard: "4000", about: "port to listen on; 0 is any free one",
		set: number(func(s *Settings) *int { return &s.Port }, 0, 65535)},
	{name: "FRONTEND_URL", about: "origins that browsers may call from, separated by commas; empty is any local one in development, none in production",
		set: origins(func(s *Settings) *[]string { return &s.FrontendURLs })},
	{name: "SHUTDOWN_TIMEOUT", standard: "10s", about: "how long a shutdown waits for what is under way",
		set: wait(func(s *Settings) *time.Duration { return &s.ShutdownTimeout })},
	{name: "SHUTDOWN_DELAY", standard: "0s", about: "how long a server that shall stop goes on serving while /readyz says that it goes away",
		set: delay(func(s *Settings) *time.Duration { return &s.ShutdownDelay })},
	{name: "METRICS_ADDR", about: "address and port to serve metrics for Prometheus on, such as 127.0.0.1:9464, for trusted networks only; empty is nowhere",
		set: address(func(s *Settings) *string { return &s.MetricsAddr })},

	{name: "DATA_DIR", flag: "data-dir", standard: "./data", about: "directory of the embedded store and of a made JWT secret",
		set: line(func(s *Settings) *string { return &s.DataDir })},
	{name: "MONGODB_URI", about: "mongodb:// or mongodb+srv:// connection string; empty is the embedded store in DATA_DIR",
		set: mongoURI(func(s *Settings) *string { return &s.MongoURI })},

	{name: "ENCRYPTION_KEY", secret: true, about: "key that seals the connection strings of people's own databases: 32 bytes as 64 hexadecimal digits or in base64; empty lets nobody connect one",
		set: key(func(s *Settings) *[]byte { return &s.EncryptionKey })},
	{name: "ALLOW_PRIVATE_DB", standard: "false", about: "true lets people connect databases at private and local addresses",
		set: yesNo(func(s *Settings) *bool { return &s.AllowPrivateDB })},

	{name: "JWT_SECRET", secret: true, about: "secret that signs tokens; required in production, else made and kept in DATA_DIR",
		set: anything(func(s *Settings) *string { return &s.JWTSecret })},
	{name: "AUTH_MODE", standard: open, about: "who owns workflows and runs: open, the ownerId of the request; required, the account that is logged in",
		set: oneOf(func(s *Settings) *string { return &s.AuthMode }, open, required)},
	{name: "SESSION_TTL", standard: "168h", about: "how long a login lasts",
		set: span(func(s *Settings) *time.Duration { return &s.SessionLife })},
	{name: "PASSWORD_MIN_LENGTH", standard: "0", about: "characters that a new password of an account must have; 0 is any, 8 is a good choice",
		set: number(func(s *Settings) *int { return &s.PasswordMin }, 0, 72)},
	{name: "LOGIN_LIMIT_ADDRESS", standard: "200", about: "registrations, and failed logins, in a minute from one address; 0 is no limit",
		set: number(func(s *Settings) *int { return &s.AddressLimit }, 0, 1_000_000)},
	{name: "LOGIN_LIMIT_ACCOUNT", standard: "10", about: "failed logins in a minute to one account; 0 is no limit",
		set: number(func(s *Settings) *int { return &s.AccountLimit }, 0, 1_000_000)},
	{name: "RATE_LIMIT", standard: "0", about: "requests in a minute from one address; 0 is no limit",
		set: number(func(s *Settings) *int { return &s.RateLimit }, 0, 10_000_000)},
	{name: "MAX_IN_FLIGHT", standard: "512", about: "requests that are worked on at a time; more wait for a second at most, or are turned away with a 503",
		set: number(func(s *Settings) *int { return &s.MaxInFlight }, 1, 1_000_000)},
	{name: "TRUSTED_PROXIES", about: "addresses or networks (10.0.0.0/8) of proxies whose X-Forwarded-For counts, separated by commas; empty is none",
		set: networks(func(s *Settings) *[]netip.Prefix { return &s.TrustedProxies })},

	{name: "PUBLISHED_STATUS", standard: "real", about: "status of published endpoints: real, or legacy for 200 always",
		set: oneOf(func(s *Settings) *string { return &s.PublishedStatus }, "real", legacy)},
	{name: "RUN_TIMEOUT", standard: "30s", about: "how long one call of a published API may take",
		set: wait(func(s *Settings) *time.Duration { return &s.RunTimeout })},
	{name: "STEP_TIMEOUT", standard: "30s", about: "how long one step of a run may take",
		set: wait(func(s *Settings) *time.Duration { return &s.StepTimeout })},

	{name: "BACKGROUND_TIMEOUT", standard: "15m", about: "how long one background run may take",
		set: wait(func(s *Settings) *time.Duration { return &s.BackgroundTimeout })},
	{name: "RUN_WORKERS", standard: "64", about: "background runs at the same time",
		set: number(func(s *Settings) *int { return &s.RunWorkers }, 1, 10_000)},
	{name: "RUN_QUEUE", standard: "1000", about: "background runs that may wait; more are turned away with a 503",
		set: number(func(s *Settings) *int { return &s.RunQueue }, 1, 1_000_000)},
	{name: "RUN_HISTORY", standard: "all", about: "published calls that are recorded: all, failed or none; background runs always are",
		set: oneOf(func(s *Settings) *string { return &s.RunHistory }, "all", "failed", "none")},
	{name: "RUN_RETENTION_DAYS", standard: "30", about: "days that executions and their logs are kept",
		set: number(func(s *Settings) *int { return &s.RetentionDays }, 1, 36_500)},
	{name: "RUN_RETENTION_COUNT", standard: "200000", about: "executions that are kept, with their logs; older ones go first",
		set: number(func(s *Settings) *int { return &s.RetentionCount }, 1, 1_000_000_000)},
	{name: "AI_PROVIDER", about: "generation of workflows: groq, openai, gemini, huggingface, ollama or builtin; empty is the first with a key",
		set: oneOf(func(s *Settings) *string { return &s.AIProvider }, "groq", "openai", "gemini", "huggingface", "ollama", "builtin")},
	{name: "AI_MODEL", about: "generation of workflows: the model; empty is the provider's default",
		set: line(func(s *Settings) *string { return &s.AIModel })},
	{name: "GROQ_API_KEY", secret: true, about: "generation of workflows: key for Groq",
		set: header(func(s *Settings) *string { return &s.GroqKey })},
	{name: "OPENAI_API_KEY", older: []string{"OPENAI_KEY"}, secret: true, about: "generation of workflows: key for OpenAI",
		set: header(func(s *Settings) *string { return &s.OpenAIKey })},
	{name: "GEMINI_API_KEY", secret: true, about: "generation of workflows: key for Gemini",
		set: header(func(s *Settings) *string { return &s.GeminiKey })},
	{name: "HUGGINGFACE_API_KEY", older: []string{"HF_API_KEY"}, secret: true, about: "generation of workflows: key for Hugging Face",
		set: header(func(s *Settings) *string { return &s.HuggingFaceKey })},
	{name: "GROQ_BASE_URL", about: "generation of workflows: URL of the API of Groq; empty is its own",
		set: baseURL(func(s *Settings) *string { return &s.GroqURL })},
	{name: "OPENAI_BASE_URL", about: "generation of workflows: URL of the API of OpenAI; empty is its own",
		set: baseURL(func(s *Settings) *string { return &s.OpenAIURL })},
	{name: "GEMINI_BASE_URL", about: "generation of workflows: URL of the API of Gemini; empty is its own",
		set: baseURL(func(s *Settings) *string { return &s.GeminiURL })},
	{name: "HUGGINGFACE_BASE_URL", about: "generation of workflows: URL of the API of Hugging Face; empty is its own",
		set: baseURL(func(s *Settings) *string { return &s.HuggingFaceURL })},
	{name: "OLLAMA_BASE_URL", about: "generation of workflows: URL of the API of Ollama; empty is http://localhost:11434/v1",
		set: baseURL(func(s *Settings) *string { return &s.OllamaURL })},

	{name: "SMTP_HOST", about: "step emailSend: mail server",
		set: host(func(s *Settings) *string { return &s.SMTPHost })},
	{name: "SMTP_PORT", standard: "587", about: "step emailSend: port of the mail server; 465 is implicit TLS",
		set: number(func(s *Settings) *int { return &s.SMTPPort }, 1, 65535)},
	{name: "SMTP_TLS", standard: "auto", about: "step emailSend: implicit, starttls, off for plain text, or auto for implicit on port 465 and starttls on others",
		set: oneOf(func(s *Settings) *string { return &s.SMTPTLS }, "auto", "implicit", "starttls", "off")},
	{name: "SMTP_USER", about: "step emailSend: user at the mail server",
		set: line(func(s *Settings) *string { return &s.SMTPUser })},
	{name: "SMTP_PASS", secret: true, about: "step emailSend: password at the mail server",
		set: anything(func(s *Settings) *string { return &s.SMTPPass })},
	{name: "FROM_EMAIL", about: "step emailSend: address that mail comes from",
		set: mailbox(func(s *Settings) *string { return &s.FromEmail })},
	{name: "MAIL_OUTBOX", about: "directory that mails are written to instead of being sent, for trying it out",
		set: line(func(s *Settings) *string { return &s.MailOutbox })},
	{name: "NOTIFY_USERS", standard: "false", about: "true sends accounts a mail when they are made and when their password changes",
		set: yesNo(func(s *Settings) *bool { return &s.NotifyUsers })},
}
