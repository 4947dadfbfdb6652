package modules

import (
	"context"
	"time"

	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/config"
	"github.com/orchestrix/orchestrix/modules/core/accounts"
	"github.com/orchestrix/orchestrix/modules/core/connections"
	"github.com/orchestrix/orchestrix/modules/core/notices"
	"github.com/orchestrix/orchestrix/modules/core/runs"
	"github.com/orchestrix/orchestrix/modules/core/schemas"
	"github.com/orchestrix/orchestrix/modules/core/workflows"
	"github.com/orchestrix/orchestrix/platform/auth"
	"github.com/orchestrix/orchestrix/platform/background"
	"github.com/orchestrix/orchestrix/platform/buildinfo"
	"github.com/orchestrix/orchestrix/platform/data"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/llm"
	"github.com/orchestrix/orchestrix/platform/mail"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/mongo/remote"
	"github.com/orchestrix/orchestrix/platform/openapi"
	"github.com/orchestrix/orchestrix/platform/outbound"
)

// workflowServices are what the runs of an owner's workflows may use.
func workflowServices(a *accounts.Service, provider *data.Provider, mailer engine.Mailer) runs.Services {
	return func(owner string) engine.Env {
		return engine.Env{
			Data:        provider.For(owner),
			Tokens:      a.Tokens(owner),
			Credentials: a.Credentials(owner, provider.Users(owner)),
			Mailer:      mailer,
		}
	}
}

// dataMode keeps the data of owners apart where they must be logged in.
func dataMode(s *config.Settings) data.Mode {
	if s.LoginRequired() {
		return data.Isolated
	}
	return data.Shared
}

func schemaOptions(s *config.Settings, w *workflows.Service, log *zap.Logger) schemas.Options {
	return schemas.Options{
		Mode:     dataMode(s),
		Shared:   s.MongoURI != "",
		Mentions: w.Collections,
		Clock:    time.Now,
		Logger:   log,
	}
}

// ownPool bounds the connections to one server of somebody's own database.
const ownPool = 5

func connectionOptions(s *config.Settings, log *zap.Logger) connections.Options {
	dialer := &outbound.Dialer{AllowPrivate: s.AllowPrivateDB}
	return connections.Options{
		Key: s.EncryptionKey,
		Open: func(ctx context.Context, uri string) (mongo.Store, error) {
			store, err := remote.Connect(ctx, remote.Options{URI: uri, Dialer: dialer, MaxPool: ownPool})
			if err != nil {
				return nil, err // a nil *remote.Store is no nil Store
			}
			return store, nil
		},
		Shared: s.MongoURI != "",
		Clock:  time.Now,
		Logger: log,
	}
}

func modelSettings(s *config.Settings, log *zap.Logger) llm.Settings {
	return llm.Settings{
		Provider: s.AIProvider,
		Model:    s.AIModel,
		Keys:     map[string]string{"groq": s.GroqKey, "openai": s.OpenAIKey, "gemini": s.GeminiKey, "huggingface": s.HuggingFaceKey},
		BaseURLs: map[string]string{"groq": s.GroqURL, "openai": s.OpenAIURL, "gemini": s.GeminiURL, "huggingface": s.HuggingFaceURL, "ollama": s.OllamaURL},
		Logger:   log,
	}
}

func mailOptions(s *config.Settings, log *zap.Logger) mail.Options {
	return mail.Options{
		Host: s.SMTPHost, Port: s.SMTPPort, User: s.SMTPUser, Pass: s.SMTPPass, TLS: s.SMTPTLS,
		From:   s.FromEmail,
		Outbox: s.MailOutbox,
		Logger: log,
	}
}

// userNotices are nil when nobody shall get any.
func userNotices(s *config.Settings, mailer *mail.Mailer, tasks *background.Group, log *zap.Logger) *notices.Notices {
	if !s.NotifyUsers || !mailer.Enabled() {
		return nil
	}
	return notices.New(mailer, tasks, s.AppName, log)
}

func accountOptions(s *config.Settings, passwords *auth.Passwords, mails *notices.Notices, probes probes, log *zap.Logger) accounts.Options {
	return accounts.Options{
		LoginRequired: s.LoginRequired(),
		Secret:        []byte(s.JWTSecret),
		SessionLife:   s.SessionLife,
		MinPassword:   s.PasswordMin,
		PerAddress:    s.AddressLimit,
		PerAccount:    s.AccountLimit,
		Passwords:     passwords,
		Notices:       mails,
		Logins:        probes.logins,
		Clock:         time.Now,
		Logger:        log,
	}
}

func openapiOptions(s *config.Settings) openapi.Options {
	return openapi.Options{
		Info: openapi.Info{
			Title: s.AppName, Version: buildinfo.Get().Version, Cookie: accounts.Cookie,
			Description: "Turns plain words into workflows and serves saved workflows as live REST endpoints. " +
				"Each published workflow has a document of its own at its path with /openapi.json behind it.",
		},
		LoginRequired: s.LoginRequired(),
		RateLimited:   s.RateLimit > 0,
	}
}

func runOptions(s *config.Settings, probes probes, log *zap.Logger) runs.Options {
	return runs.Options{
		Limits:   runs.Limits{Published: s.RunTimeout, Background: s.BackgroundTimeout, Step: s.StepTimeout},
		History:  runs.History(s.RunHistory),
		Workers:  s.RunWorkers,
		Queue:    s.RunQueue,
		Shared:   s.MongoURI != "",
		KeepDays: s.RetentionDays,
		KeepMost: s.RetentionCount,
		Secret:   []byte(s.JWTSecret),
		Masked:   s.Secrets(),
		Observer: probes.runs,
		Clock:    time.Now,
		Logger:   log,
	}
}
