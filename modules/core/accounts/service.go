// Package accounts is who may use the platform: it registers users and logs them
// in, keeps their sessions, and says who calls and what they own. It also gives
// workflows their tokens and the logins of their own users.
package accounts

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/modules/core/notices"
	"github.com/orchestrix/orchestrix/platform/auth"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/session"
	"github.com/orchestrix/orchestrix/platform/users"
)

// Options of a Service.
type Options struct {
	LoginRequired bool          // everything has an owner who must be logged in (AUTH_MODE)
	Secret        []byte        // signs tokens
	SessionLife   time.Duration // of sessions and their tokens
	MinPassword   int           // characters of a new password; 0 is any
	PerAddress    int           // registrations, and failed logins, in a minute; 0 is no limit
	PerAccount    int           // failed logins in a minute; 0 is no limit
	Passwords     *auth.Passwords
	Notices       *notices.Notices     // nil: nobody gets mail
	Logins        func(outcome string) // hears of each login; nil: nobody does
	Clock         func() time.Time
	Logger        *zap.Logger
}

// Service keeps the accounts.
type Service struct {
	opts     Options
	accounts mongo.Collection
	users    *users.Directory
	sessions *session.Store
	tokens   *auth.Tokens
	limits   *limits
	ended    func(sessions ...string)
	log      *zap.Logger

	stop  context.CancelFunc
	owned sync.WaitGroup
}

// NewService returns a service on the accounts of a store.
func NewService(store mongo.Store, opts Options) *Service {
	accounts := store.Collection(users.Collection)
	return &Service{
		opts:     opts,
		accounts: accounts,
		users:    users.NewDirectory(users.In(accounts), opts.Passwords, opts.Clock),
		sessions: session.NewStore(store, session.Options{Life: opts.SessionLife, Clock: opts.Clock}),
		tokens:   auth.NewTokens(opts.Secret, opts.Clock),
		limits:   newLimits(opts),
		ended:    func(...string) {},
		log:      opts.Logger,
	}
}

// OnEnd has f told of the sessions that end before their time. It is called once,
// before anything else.
func (s *Service) OnEnd(f func(sessions ...string)) { s.ended = f }

// LoginRequired reports whether everything has an owner who must be logged in.
func (s *Service) LoginRequired() bool { return s.opts.LoginRequired }

// EnsureIndexes makes the indexes of accounts and sessions (models.md).
func (s *Service) EnsureIndexes(ctx context.Context) error {
	return errors.Join(users.EnsureIndexes(ctx, s.accounts), s.sessions.EnsureIndexes(ctx))
}

// Start begins to clean up sessions, and completes the accounts of an old
// database.
func (s *Service) Start() {
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.owned.Go(func() { s.sessions.Keep(ctx, s.log) })
	s.owned.Go(func() {
		count, err := s.users.Backfill(ctx)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			s.log.Warn("completing the accounts of an old database; the next start goes on", zap.Int64("completed", count), zap.Error(err))
		case count > 0:
			s.log.Info("completed the accounts of an old database", zap.Int64("accounts", count))
		}
	})
}

// Close ends what Start began.
func (s *Service) Close() {
	if s.stop != nil {
		s.stop()
	}
	s.owned.Wait()
}
