// Package config reads the settings of the program. The table in variables.go
// declares each once; loading, checking, logging and .env.example follow it.
package config

import (
	"cmp"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/logging"
)

const (
	development = "development"
	production  = "production"
	legacy      = "legacy"
	open        = "open"
	required    = "required"
)

// minJWTSecret is the length in bytes under which production warns.
const minJWTSecret = 16

// Settings are all settings, checked. See .env.example for what each means.
type Settings struct {
	Environment string
	AppName     string

	Host            string
	Port            int
	FrontendURLs    []string // origins without a trailing slash
	ShutdownTimeout time.Duration
	ShutdownDelay   time.Duration
	MetricsAddr     string // "" is no metrics

	DataDir  string
	MongoURI string // "" is the embedded store

	EncryptionKey  []byte // 32 bytes, or none
	AllowPrivateDB bool

	JWTSecret string
	LogLevel  string

	AuthMode       string
	SessionLife    time.Duration
	PasswordMin    int // characters; 0 is any
	AddressLimit   int // in a minute; 0 is none
	AccountLimit   int // the same
	RateLimit      int // the same
	MaxInFlight    int // requests
	TrustedProxies []netip.Prefix

	PublishedStatus string
	RunTimeout      time.Duration
	StepTimeout     time.Duration

	BackgroundTimeout time.Duration
	RunWorkers        int
	RunQueue          int
	RunHistory        string
	RetentionDays     int
	RetentionCount    int

	AIProvider, AIModel       string
	GroqKey, OpenAIKey        string
	GeminiKey, HuggingFaceKey string
	GroqURL, OpenAIURL        string // of the APIs; "" is the provider's own
	GeminiURL, HuggingFaceURL string
	OllamaURL                 string

	SMTPHost           string
	SMTPPort           int
	SMTPTLS            string
	SMTPUser, SMTPPass string
	FromEmail          string
	MailOutbox         string
	NotifyUsers        bool

	values  map[string]string // what was loaded, by the variable's name
	origins map[string]string // where that comes from, unless it is the default
}

// Production reports whether the program serves real users.
func (s *Settings) Production() bool { return s.Environment == production }

// LegacyStatus reports whether published endpoints always answer 200.
func (s *Settings) LegacyStatus() bool { return s.PublishedStatus == legacy }

// LoginRequired reports whether all but published APIs needs a login.
func (s *Settings) LoginRequired() bool { return s.AuthMode == required }

// Addr is the address to listen on. Port 0 is any free port.
func (s *Settings) Addr() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// Secrets are the values that must not reach a log.
func (s *Settings) Secrets() []string {
	var secrets []string
	add := func(value string) {
		if value != "" {
			secrets = append(secrets, value)
		}
	}
	add(s.JWTSecret)
	for _, v := range variables {
		if v.secret && s.values[v.name] != s.JWTSecret {
			add(s.values[v.name])
		}
	}
	password := logging.PasswordIn(s.MongoURI)
	add(password)
	if plain, err := url.PathUnescape(password); err == nil && plain != password {
		add(plain)
	}
	return secrets
}

// Warnings are sentences about settings that work but are unwise.
func (s *Settings) Warnings() []string {
	if !s.Production() {
		return nil
	}
	var warnings []string
	if len(s.FrontendURLs) == 0 {
		warnings = append(warnings, "FRONTEND_URL is not set: browsers may not call from any other origin")
	}
	if len(s.JWTSecret) < minJWTSecret {
		warnings = append(warnings, "JWT_SECRET is under 16 bytes: tokens can be forged by guessing it")
	}
	if !s.LoginRequired() {
		warnings = append(warnings, "AUTH_MODE is open: anyone may read, change and run every workflow")
	}
	return warnings
}

// Value is a setting as it is in force, for people: of a secret only that it is set.
type Value struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Source string `json:"source"` // a flag, the environment, a file, or the default
}

// Values are all settings, in the order of .env.example.
func (s *Settings) Values() []Value {
	all := make([]Value, len(variables))
	for i, v := range variables {
		value := s.values[v.name]
		switch {
		case value == "":
		case v.secret:
			value = "***"
		default:
			value, _, _ = strings.Cut(logging.Mask(value), "?") // options may be secret too
		}
		all[i] = Value{Name: v.name, Value: value, Source: cmp.Or(s.origins[v.name], "default")}
	}
	return all
}

// Fields are name and value of every variable that has one, for the log.
func (s *Settings) Fields() []zap.Field {
	fields := make([]zap.Field, 0, len(variables))
	for _, v := range s.Values() {
		if v.Value != "" {
			fields = append(fields, zap.String(v.Name, v.Value))
		}
	}
	return fields
}
