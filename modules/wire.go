package modules

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/config"
	"github.com/orchestrix/orchestrix/modules/ai/builtin"
	"github.com/orchestrix/orchestrix/modules/core/accounts"
	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/modules/core/connections"
	"github.com/orchestrix/orchestrix/modules/core/runs"
	"github.com/orchestrix/orchestrix/modules/core/schemas"
	"github.com/orchestrix/orchestrix/modules/core/workflows"
	"github.com/orchestrix/orchestrix/platform/assets"
	"github.com/orchestrix/orchestrix/platform/auth"
	"github.com/orchestrix/orchestrix/platform/background"
	"github.com/orchestrix/orchestrix/platform/data"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/limit"
	"github.com/orchestrix/orchestrix/platform/llm"
	"github.com/orchestrix/orchestrix/platform/mail"
	"github.com/orchestrix/orchestrix/platform/metrics"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/mongo/embedded"
	"github.com/orchestrix/orchestrix/platform/mongo/remote"
	"github.com/orchestrix/orchestrix/platform/openapi"
	"github.com/orchestrix/orchestrix/platform/realtime"
	"github.com/orchestrix/orchestrix/platform/server"
)

const (
	maxBackground = 1000             // background tasks at a time
	startLimit    = 30 * time.Second // for indexes and the like
)

// Program is everything that runs: the services, the store under them and the
// host in front of them.
type Program struct {
	App     *app.App
	Server  *server.Server[*app.App]
	Store   mongo.Store
	Metrics *metrics.Listener // nil: nothing is measured

	hub      *realtime.Hub
	mailer   *mail.Mailer
	model    *llm.Model
	probes   probes
	draining atomic.Bool
}

// Build opens the store that the settings name and puts the program together
// on it. What a half-failed build has opened is closed again.
func Build(ctx context.Context, s *config.Settings, log *zap.Logger) (*Program, error) {
	if err := check(); err != nil {
		return nil, err
	}
	store, err := openStore(ctx, s, log)
	if err != nil {
		return nil, err
	}
	p, err := BuildOn(ctx, s, log, store)
	if err != nil {
		return nil, errors.Join(err, store.Close(ctx))
	}
	return p, nil
}

// BuildOn checks the registries and wires the services on an open store, which
// the program closes with itself.
func BuildOn(ctx context.Context, s *config.Settings, log *zap.Logger, store mongo.Store) (*Program, error) {
	if err := check(); err != nil {
		return nil, err
	}
	return wire(ctx, s, log, store)
}

// check reports every conflict among routes and step types, before anything is
// opened.
func check() error { return errors.Join(app.Routes.Check(), engine.Steps.Check()) }

func openStore(ctx context.Context, s *config.Settings, log *zap.Logger) (mongo.Store, error) {
	if s.MongoURI != "" {
		return remote.Connect(ctx, remote.Options{URI: s.MongoURI, Logger: log})
	}
	return embedded.Open(ctx, embedded.Options{Dir: s.DataDir, Logger: log})
}

func wire(ctx context.Context, s *config.Settings, log *zap.Logger, store mongo.Store) (*Program, error) {
	own, err := connections.New(store, connectionOptions(s, log))
	if err != nil {
		return nil, err
	}
	model, err := llm.New(modelSettings(s, log), builtin.New())
	if err != nil {
		return nil, err
	}
	probes := newProbes(s)
	store = probes.store(store)
	a := &app.App{
		Settings:    s,
		Log:         log,
		Now:         time.Now,
		Background:  background.NewGroup(maxBackground, log),
		Connections: own,
		Model:       probes.model(model),
		Workflows:   workflows.NewService(store, engine.Steps, log, time.Now),
	}
	a.OpenAPI = sync.OnceValue(func() *assets.File {
		return assets.NewFile("openapi.json", openapi.FromRoutes(app.Routes, openapiOptions(s)).JSON())
	})
	mailer := mail.New(mailOptions(s, log))
	passwords := auth.NewPasswords()
	a.Accounts = accounts.NewService(store, accountOptions(s, passwords, userNotices(s, mailer, a.Background, log), probes, log))
	records := runs.NewRecords(store)
	hub := realtime.NewHub(records, log, s.MongoURI != "")
	a.Gateway = realtime.NewGateway(hub, realtime.GatewayOptions{
		AllowOrigin: server.AllowOrigin(s.FrontendURLs, s.Production()),
		Rules:       followRules(a.Accounts, records),
		Logger:      log,
	})
	a.Accounts.OnEnd(a.Gateway.EndSessions)
	a.Schemas = schemas.NewService(store, schemaOptions(s, a.Workflows, log))
	a.Workflows.OnSave(a.Schemas.Mentioned)
	a.Data = data.NewProvider(store, data.Options{Mode: dataMode(s), Passwords: passwords, Own: own, Shapes: a.Schemas, Clock: time.Now})
	services := workflowServices(a.Accounts, a.Data, mailer)
	a.Runs, err = runs.New(records, services, engine.Steps, hub, runOptions(s, probes, log))
	p := &Program{App: a, Store: store, hub: hub, mailer: mailer, model: model, probes: probes}
	a.Health = p.checks()
	if err == nil {
		err = p.begin(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, a.Gateway.Close(ctx), p.closeServices(ctx))
	}
	return p, nil
}

// begin makes the host and takes up what an earlier process has left.
func (p *Program) begin(ctx context.Context) (err error) {
	s := p.App.Settings
	p.Server, err = server.New(server.Options[*app.App]{
		Registry:   app.Routes,
		App:        p.App,
		Logger:     p.App.Log,
		Production: s.Production(),
		Origins:    s.FrontendURLs,
		InFlight:   s.MaxInFlight,
		// A published call ends itself, with an answer that says how far it came.
		RequestTimeout: s.RunTimeout + 5*time.Second,
		Guard:          p.App.Accounts,
		Requests:       limit.New(s.RateLimit, limit.Options{}),
		TrustedProxies: s.TrustedProxies,
		Observe:        p.probes.requests,
	})
	if err != nil {
		return err
	}
	if p.Metrics, err = p.probes.listen(ctx, p); err != nil {
		return err
	}
	if err := p.App.Connections.Start(ctx); err != nil { // before anything is changed
		return err
	}
	if err := ensureIndexes(ctx, p.App); err != nil {
		return err
	}
	p.App.Accounts.Start()
	if err := p.App.Runs.Start(ctx); err != nil {
		return fmt.Errorf("taking up runs: %w", err)
	}
	return nil
}

// ensureIndexes makes the indexes of models.md. An old database that breaks a
// unique rule is reported, value by value, and served all the same.
func ensureIndexes(ctx context.Context, a *app.App) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for _, ensure := range []func(context.Context) error{a.Workflows.EnsureIndexes, a.Runs.EnsureIndexes, a.Accounts.EnsureIndexes, a.Schemas.EnsureIndexes, a.Connections.EnsureIndexes} {
		err := ensure(ctx)
		var broken *mongo.IndexError
		if errors.As(err, &broken) {
			a.Log.Error("the database breaks a unique rule; serving without that index", zap.Error(err))
		} else if err != nil {
			return fmt.Errorf("making indexes: %w", err)
		}
	}
	return nil
}

// Close stops taking requests, lets those under way finish, and releases
// everything, in the reverse order of Build.
func (p *Program) Close(ctx context.Context) error {
	p.draining.Store(true)
	err := errors.Join(p.App.Gateway.Close(ctx), p.Server.Shutdown(ctx), p.closeServices(ctx))
	ctx, cancel := withTimeLeft(ctx)
	defer cancel()
	return errors.Join(err, p.Store.Close(ctx))
}

func (p *Program) closeServices(ctx context.Context) error {
	var err error
	if p.App.Runs != nil { // nil when it could not even be made
		err = p.App.Runs.Close(ctx)
	}
	ctx, cancel := withTimeLeft(ctx)
	defer cancel()
	err = errors.Join(err, p.App.Background.Close(ctx), p.App.Connections.Close(ctx))
	p.App.Accounts.Close()
	p.App.Schemas.Close()
	p.hub.Close()
	return errors.Join(err, p.mailer.Close(ctx), p.model.Close(), p.Metrics.Close(ctx))
}

// closeTime is what there is to close what has nothing to wait for, even when runs
// that were under way have used up the time of a shutdown: that is orderly.
const closeTime = 2 * time.Second

// withTimeLeft is ctx, or one that lasts for closeTime when ctx ends before.
func withTimeLeft(ctx context.Context) (context.Context, context.CancelFunc) {
	end, limited := ctx.Deadline()
	if ctx.Err() == nil && (!limited || time.Until(end) >= closeTime) {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(context.WithoutCancel(ctx), closeTime)
}
