// Package config reads the settings: defaults, then a file, then the
// environment and .env, then flags. .env.example documents each of them.
package config

import (
	"net"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"
)

// weakSecret is the length, in bytes, below which a JWT_SECRET can be guessed.
const weakSecret = 16

// Settings are the settings, checked. See the table in variables.go.
type Settings struct {
	Host, Environment, LogLevel, AppName, DataDir, MongoURI, JWTSecret string

	Port         int
	FrontendURLs []string

	RunTimeout, StepTimeout, ShutdownTimeout time.Duration

	AIProvider, AIModel                           string
	GroqKey, OpenAIKey, GeminiKey, HuggingFaceKey string
	SMTPHost, SMTPUser, SMTPPass, FromEmail       string
	SMTPPort                                      int

	publishedStatus string
	values          map[string]string // as they were read, for Fields
}

// Production reports whether this is a production server.
func (s *Settings) Production() bool { return s.Environment == "production" }

// LegacyStatus reports whether published APIs answer 200 always.
func (s *Settings) LegacyStatus() bool { return s.publishedStatus == "legacy" }

// Addr is the address to listen on.
func (s *Settings) Addr() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// Secrets are the values that must never be shown.
func (s *Settings) Secrets() []string {
	secrets := []string{s.JWTSecret}
	for _, v := range variables {
		if v.secret && s.values[v.name] != "" {
			secrets = append(secrets, s.values[v.name])
		}
	}
	return secrets
}

// Warnings says what is allowed but probably not meant.
func (s *Settings) Warnings() []string {
	var warnings []string
	if s.Production() && len(s.FrontendURLs) == 0 {
		warnings = append(warnings, "FRONTEND_URL is not set: no browser may call this server")
	}
	if s.Production() && len(s.JWTSecret) < weakSecret {
		warnings = append(warnings, "JWT_SECRET is short enough to be guessed")
	}
	return warnings
}

// Fields lists the settings for the log, with secrets masked.
func (s *Settings) Fields() []zap.Field {
	var fields []zap.Field
	for _, v := range variables {
		value := s.values[v.name]
		if value == "" {
			continue
		}
		if v.secret {
			value = "***"
		}
		fields = append(fields, zap.String(strings.ToLower(v.name), value))
	}
	return fields
}
